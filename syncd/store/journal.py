"""The journal: every write to a vendor is noted before it is sent and settled with its outcome after (S-41)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, and_, cast, insert, select, update

from syncd.ports.clock import stamp
from syncd.ports.records import IntentInfo
from syncd.store.dialect import chunks
from syncd.store.tables import Intent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.records import Intended


class Journal:
    """Reads and writes intents."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def intend(self, connection_id: int, run_id: int, writes: Sequence[Intended]) -> list[int]:
        """Note writes that are about to be sent; returns their ids. A create that is sent again was lost before."""
        created = {write.customer_id for write in writes if write.kind == "create"}
        if created:
            sought = [one.id for one in self.sought(connection_id) if one.customer_id in created]
            lost = update(Intent).where(Intent.id.in_(sought)).values(state="lost", settled_at=stamp(self._clock()))
            self._session.execute(lost)
        common = {"connection_id": connection_id, "run_id": run_id, "created_at": stamp(self._clock())}
        rows = [
            {
                **common,
                "kind": write.kind,
                "customer_id": write.customer_id,
                "remote_id": write.remote_id,
                "number": write.number,
                "sent": dict(write.sent),
            }
            for write in writes
        ]
        noted = insert(Intent).returning(Intent.id, sort_by_parameter_order=True)
        return list(self._session.scalars(noted, rows)) if rows else []

    def settle(self, intents: Iterable[int], outcome: str) -> None:
        """The outcome of these is known: ``done``, ``not_done`` or ``refused``."""
        settled = {"state": "settled", "outcome": outcome, "settled_at": stamp(self._clock())}
        for part in chunks(intents):
            statement = update(Intent).where(Intent.id.in_(part)).values(**settled)
            self._session.execute(statement.execution_options(synchronize_session=False))

    def forget(self, before: str, most: int) -> bool:
        """Forget what was sent by writes that were settled before then: at most so many; whether there may be more."""
        old = and_(Intent.settled_at < before, cast(Intent.sent, Text) != "{}")
        ids = list(self._session.scalars(select(Intent.id).where(old).limit(most)))
        blank = update(Intent).where(Intent.id.in_(ids)).values(sent={})
        self._session.execute(blank.execution_options(synchronize_session=False))
        return len(ids) == most

    def seek(self, intent_id: int) -> None:
        """A create was not found by its number: from now on it is looked for by what was sent."""
        self._session.execute(update(Intent).where(Intent.id == intent_id).values(state="sought", settled_at=None))

    def seek_again(self, connection_id: int, customer_id: int) -> bool:
        """The latest lost create of this customer may have arrived after all; returns whether there is one."""
        latest = self._of_customer(connection_id, customer_id, "lost")[-1:]
        for intent_id in latest:
            self.seek(intent_id)
        return bool(latest)

    def _of_customer(self, connection_id: int, customer_id: int | None, state: str) -> list[int]:
        return [one.id for one in self._in(connection_id, state) if one.customer_id == customer_id]

    def open(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Intents whose outcome is not known yet, oldest first."""
        return self._in(connection_id, "open")

    def sought(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Creates that were not found by their number and not sent again, oldest first."""
        return self._in(connection_id, "sought")

    def lost(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Creates that were not found and were sent again, oldest first."""
        return self._in(connection_id, "lost")

    def _in(self, connection_id: int, state: str) -> tuple[IntentInfo, ...]:
        statement = select(Intent).where(
            Intent.connection_id == connection_id, Intent.state != "settled", Intent.state == state
        )
        rows = self._session.scalars(statement.order_by(Intent.id))
        return tuple(
            IntentInfo(row.id, row.run_id, row.kind, row.customer_id, row.remote_id, row.number, dict(row.sent))
            for row in rows
        )
