"""What every change to a customer leaves behind: its history and an entry on each connection's work list.

Written in the transaction of the change itself, so that neither can be missed (R-14, S-51).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from syncd.ports.clock import stamp
from syncd.ports.customers import HistoryEntry
from syncd.register.history import kind_of
from syncd.store.dialect import append, chunks
from syncd.store.tables import Connection, History, Touched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.records import Author
    from syncd.register.history import Change


_SHOWN = (
    History.id,
    History.at,
    History.who,
    History.run_id,
    History.kind,
    History.field,
    History.before,
    History.after,
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line for the history."""

    customer_id: int
    kind: str
    field: str | None = None
    before: Any = None
    after: Any = None


class Trail:
    """Appends to the history and to the work lists. Nothing here is ever changed."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def changed(self, group_id: int, changes: Mapping[int, Iterable[Change]], by: Author) -> None:
        """Leave one line per changed field of these customers, and tell the connections."""
        lines = [Happening(id_, kind_of(c), c.field, c.before, c.after) for id_, done in changes.items() for c in done]
        self.noted(group_id, lines, by)
        self.touch(group_id, changes, by)

    def happened(self, group_id: int, lines: list[Happening], by: Author) -> None:
        """Leave these lines, and tell the connections which customers may have moved."""
        self.noted(group_id, lines, by)
        self.touch(group_id, dict.fromkeys(line.customer_id for line in lines), by)

    def noted(self, group_id: int, lines: list[Happening], by: Author) -> None:
        """Leave these lines alone: nothing moved."""
        at = stamp(self._clock())
        common = {"group_id": group_id, "at": at, "who": by.who, "run_id": by.run_id}
        rows = [
            {
                **common,
                "customer_id": line.customer_id,
                "kind": str(line.kind),
                "field": line.field,
                "before": line.before,
                "after": line.after,
            }
            for line in lines
        ]
        append(self._session, History, rows)

    def touch(self, group_id: int, customer_ids: Iterable[int], by: Author) -> None:
        """Put customers on the work list of every connection of the group but the author's own."""
        ids = list(customer_ids)
        connections = self._session.scalars(select(Connection.id).where(Connection.group_id == group_id))
        rows = [
            {"connection_id": connection, "kind": "customer", "ref": str(customer_id)}
            for connection in connections
            if connection != by.connection_id
            for customer_id in ids
        ]
        append(self._session, Touched, rows)

    def of_many(self, customer_ids: Iterable[int]) -> dict[int, list[HistoryEntry]]:
        """Read the histories of customers, oldest entry first."""
        found: dict[int, list[HistoryEntry]] = {}
        for part in chunks(customer_ids):
            statement = select(History.customer_id, *_SHOWN).where(History.customer_id.in_(part))
            for customer_id, *rest in self._session.execute(statement.order_by(History.id)):
                found.setdefault(customer_id, []).append(HistoryEntry(*rest))
        return found

    def read(self, customer_id: int, field: str | None, limit: int | None, offset: int) -> list[HistoryEntry]:
        """Read a customer's history, newest first."""
        statement = select(*_SHOWN).where(History.customer_id == customer_id)
        if field is not None:
            statement = statement.where(History.field == field)
        statement = statement.order_by(History.id.desc()).limit(limit).offset(offset)
        return [HistoryEntry(*row) for row in self._session.execute(statement)]
