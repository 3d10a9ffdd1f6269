"""Notifications as services see them. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.engine.matters import Matter


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification as stored. ``who`` did what it tells; ``data`` names customers by id and number."""

    id: int
    kind: str
    who: str
    data: Mapping[str, Any]
    created_at: str
    read_at: str | None


class ToldPort(Protocol):
    """What the administrators of a group were told."""

    def read(self, group_id: int) -> dict[str, str]:
        """The marks under which matters were told, by key."""
        ...

    def note(self, group_id: int, matters: Iterable[Matter]) -> int:
        """Remember that these were told; returns a number that no other telling has."""
        ...

    def forget(self, group_id: int, keys: Iterable[str]) -> None:
        """These have gone: they are news when they come back."""
        ...


class NotificationsPort(Protocol):
    """What users are told inside the program."""

    def add(self, group_id: int, user_id: int, kind: str, who: str, data: Mapping[str, Any]) -> int:
        """Tell a user; returns the notification's id."""
        ...

    def list(self, user_id: int, *, unread: bool, limit: int) -> tuple[Notice, ...]:
        """A user's notifications, newest first."""
        ...

    def mark_read(self, user_id: int, ids: Iterable[int] | None) -> int:
        """Mark a user's notifications (None: all of them) as read; returns how many were unread."""
        ...
