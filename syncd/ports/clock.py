"""Time as an argument: nobody but bootstrap looks at the wall."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time, UTC."""

    def __call__(self) -> datetime:
        """The time now, with time zone."""
        ...


def stamp(moment: datetime) -> str:
    """A moment as the database and JSON hold it: ISO 8601, UTC, whole microseconds, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
