"""What users are told inside the program (R-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, select, update

from syncd.ports.clock import stamp
from syncd.ports.notices import Notice
from syncd.store.tables import Notification

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock


class Notifications:
    """Reads and writes the notifications of all users."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, group_id: int, user_id: int, kind: str, who: str, data: Mapping[str, Any]) -> int:
        """Tell a user; returns the notification's id."""
        now = stamp(self._clock())
        row = {"group_id": group_id, "user_id": user_id, "kind": kind, "who": who, "data": dict(data)}
        return self._session.scalars(
            insert(Notification).returning(Notification.id), [{**row, "created_at": now}]
        ).one()

    def list(self, user_id: int, *, unread: bool, limit: int) -> tuple[Notice, ...]:
        """A user's notifications, newest first."""
        columns = ("id", "kind", "who", "data", "created_at", "read_at")
        statement = select(*(getattr(Notification, name) for name in columns)).where(Notification.user_id == user_id)
        if unread:
            statement = statement.where(Notification.read_at.is_(None))
        rows = self._session.execute(statement.order_by(Notification.id.desc()).limit(limit))
        return tuple(Notice(*row) for row in rows)

    def mark_read(self, user_id: int, ids: Iterable[int] | None) -> int:
        """Mark a user's notifications (None: all of them) as read; returns how many were unread."""
        chosen = and_(Notification.user_id == user_id, Notification.read_at.is_(None))
        if ids is not None:
            chosen = and_(chosen, Notification.id.in_(list(ids)))
        statement = update(Notification).where(chosen).values(read_at=stamp(self._clock()))
        done: CursorResult[Any] = self._session.execute(statement)  # type: ignore[assignment]  # an update has a count
        return done.rowcount
