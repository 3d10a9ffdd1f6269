"""What the history tells: when, who, which field, from what to what (R-14).

Values only; the store appends them in the same transaction as the change itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from syncd.register.fields import Value


class EventKind(StrEnum):
    """What happened to a customer."""

    CREATED = "created"
    CHANGED = "changed"
    RENUMBERED = "renumbered"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    DELETED = "deleted"
    ORDERED = "ordered"
    LINKED = "linked"
    UNLINKED = "unlinked"
    FILE_ADDED = "file_added"
    FILE_DELETED = "file_deleted"
    USER_ADDED = "customer_user_added"
    USER_CHANGED = "customer_user_changed"
    USER_DELETED = "customer_user_deleted"
    SENT = "sent"
    EXPORTED = "exported"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a customer's history. ``run_id`` names the sync run that did it, if one did."""

    when: datetime
    who: str
    kind: EventKind
    run_id: int | None = None
    field: str | None = None
    before: Value = None
    after: Value = None

    def __post_init__(self) -> None:
        if self.when.utcoffset() is None:
            msg = "an event needs a time with its zone"
            raise ValueError(msg)

    def erased(self) -> Event:
        """Return the event with its values blanked: personal data law takes values, not events."""
        return replace(self, before=None, after=None)


class Author(Protocol):
    """Whoever changes a customer: a person or a sync run."""

    @property
    def login(self) -> str:
        """The name that the history shows."""
        ...

    @property
    def run_id(self) -> int | None:
        """The sync run, None for a person."""
        ...


def kind_of(change: Change) -> EventKind:
    """Return what a change of this field is called."""
    if change.field == "number":
        return EventKind.RENUMBERED
    if change.field == "active":
        return EventKind.REACTIVATED if change.after else EventKind.DEACTIVATED
    return EventKind.CHANGED


def event(kind: EventKind, *, by: Author, when: datetime, change: Change | None = None) -> Event:
    """Return the event of something done to the whole customer, or to one value of it."""
    if change is None:
        return Event(when, by.login, kind, by.run_id)
    return Event(when, by.login, kind, by.run_id, change.field, change.before, change.after)


def events(changes: Iterable[Change], *, by: Author, when: datetime) -> tuple[Event, ...]:
    """Return one event per change."""
    return tuple(event(kind_of(change), by=by, when=when, change=change) for change in changes)
