"""The journal: every write to a vendor is noted before it is sent and settled with its outcome after (S-41)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, cast, select, update

from syncd.ports.clock import stamp
from syncd.ports.records import IntentInfo
from syncd.store.tables import Intent

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock


class Journal:
    """Reads and writes intents."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def intend(self, connection_id: int, run_id: int, kind: str, **columns: Any) -> int:
        """Note a write: ``customer_id``, ``remote_id``, ``number``, ``sent``. Returns its id."""
        row = Intent(connection_id=connection_id, run_id=run_id, kind=kind, created_at=stamp(self._clock()), **columns)
        self._session.add(row)
        self._session.flush()
        return row.id

    def settle(self, intent_id: int, outcome: str) -> None:
        """The outcome is known: ``done``, ``not_done`` or ``refused``."""
        values = {"state": "settled", "outcome": outcome, "settled_at": stamp(self._clock())}
        self._session.execute(update(Intent).where(Intent.id == intent_id).values(**values))

    def forget(self, before: str, most: int) -> bool:
        """Forget what was sent by writes that were settled before then: at most so many; whether there may be more."""
        old = and_(Intent.settled_at < before, cast(Intent.sent, Text) != "{}")
        ids = list(self._session.scalars(select(Intent.id).where(old).limit(most)))
        blank = update(Intent).where(Intent.id.in_(ids)).values(sent={})
        self._session.execute(blank.execution_options(synchronize_session=False))
        return len(ids) == most

    def was_lost(self, connection_id: int, customer_id: int) -> bool:
        """Whether a create of this customer was once sent without an answer and not found afterwards."""
        statement = select(Intent.id).where(
            Intent.connection_id == connection_id,
            Intent.customer_id == customer_id,
            Intent.kind == "create",
            Intent.outcome == "not_done",
        )
        return self._session.scalar(statement.limit(1)) is not None

    def open(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Intents whose outcome is not known yet, oldest first."""
        statement = select(Intent).where(Intent.connection_id == connection_id, Intent.state == "open")
        rows = self._session.scalars(statement.order_by(Intent.id))
        return tuple(
            IntentInfo(row.id, row.run_id, row.kind, row.customer_id, row.remote_id, row.number, dict(row.sent or {}))
            for row in rows
        )
