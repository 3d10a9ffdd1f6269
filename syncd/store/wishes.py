"""What programs asked for once: one row per user and key is a unique index, not a hope."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from syncd.ports.clock import stamp
from syncd.ports.wishes import Granted
from syncd.store.dialect import insert
from syncd.store.tables.api import WishRow as Row

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.wishes import Wish

KEPT = timedelta(days=1)
"""How long a repeated request is recognised."""


class Wishes:
    """Reads and writes the wishes of all users."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def claim(self, user_id: int, wish: Wish) -> Granted | None:
        """Take up a wish that is new; else return what was granted before. Who comes at the same moment waits."""
        now = self._clock()
        self._session.execute(delete(Row).where(Row.created_at < stamp(now - KEPT)))
        values = {"user_id": user_id, "key": wish.key, "mark": wish.mark, "created_at": stamp(now)}
        adding = insert(self._session, Row).values(values)
        once = adding.on_conflict_do_nothing(index_elements=["user_id", "key"]).returning(Row.id)
        if self._session.scalar(once) is not None:
            return None
        row = self._session.execute(select(Row.mark, Row.made).where(Row.user_id == user_id, Row.key == wish.key)).one()
        return Granted(row.mark, row.made)

    def grant(self, user_id: int, wish: Wish, made: str) -> None:
        """Note what came of a wish that was taken up."""
        self._session.execute(update(Row).where(Row.user_id == user_id, Row.key == wish.key).values(made=made))
