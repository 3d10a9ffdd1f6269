"""The users assigned to a customer, in order: the first is the responsible technician (R-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

User = TypeVar("User", bound="Hashable")
"""A user however the caller names one: by id or by login."""


@dataclass(frozen=True, slots=True)
class Difference(Generic[User]):
    """Who came and who went: each of them is told (R-18)."""

    assigned: tuple[User, ...]
    unassigned: tuple[User, ...]


def assign(current: Sequence[User], add: Iterable[User]) -> tuple[User, ...]:
    """Add users at the end; who is assigned already keeps the place."""
    return tuple(dict.fromkeys((*current, *add)))


def unassign(current: Sequence[User], remove: Iterable[User]) -> tuple[User, ...]:
    """Take users away; the next in order becomes responsible when the first one goes."""
    gone = set(remove)
    return tuple(user for user in current if user not in gone)


def responsible(assigned: Sequence[User]) -> User | None:
    """Return the responsible technician, None when nobody is assigned."""
    return assigned[0] if assigned else None


def difference(before: Sequence[User], after: Sequence[User]) -> Difference[User]:
    """Return who is newly assigned and who no longer is."""
    return Difference(unassign(after, before), unassign(before, after))
