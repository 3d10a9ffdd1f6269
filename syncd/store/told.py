"""What the administrators of a group were told (S-84)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, insert, select
from sqlalchemy import delete as delete_from

from syncd.store.dialect import chunks
from syncd.store.tables import Told as Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from syncd.engine.matters import Matter


class Told:
    """Reads and writes what was told."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, group_id: int) -> dict[str, str]:
        """The marks under which matters were told, by key."""
        rows = self._session.execute(select(Row.key, Row.mark).where(Row.group_id == group_id))
        return {row.key: row.mark for row in rows}

    def note(self, group_id: int, matters: Iterable[Matter]) -> int:
        """Remember that these were told; returns a number that no other telling has."""
        told = list(matters)
        self.forget(group_id, [matter.key for matter in told])
        rows = [{"group_id": group_id, "key": matter.key, "mark": matter.mark} for matter in told]
        self._session.execute(insert(Row), rows)
        return self._session.scalar(select(func.max(Row.id)).where(Row.group_id == group_id)) or 0

    def forget(self, group_id: int, keys: Iterable[str]) -> None:
        """These have gone: they are news when they come back."""
        for part in chunks(keys):
            self._session.execute(delete_from(Row).where(and_(Row.group_id == group_id, Row.key.in_(part))))
