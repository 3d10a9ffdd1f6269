"""What personal data law asks of the database, as services see it. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from syncd.ports.records import Author


@dataclass(frozen=True, slots=True)
class Remote:
    """A record of accounting that is, or was, the customer's. ``linked``: the two are still kept in step."""

    connection_id: int
    connection: str
    remote_id: str
    number: str | None
    linked: bool
    active: bool
    """Whether accounting last showed it as one to do business with."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose personal data is meant: a customer, of the register or deleted from it, with its records in accounting."""

    group_id: int
    customer_id: int
    number: str
    active: bool
    deleted_at: str | None
    erased_at: str | None
    remotes: tuple[Remote, ...] = ()
    open_writes: int = 0
    """Writes to accounting about the customer of which nobody knows what became of them."""


class PersonalPort(Protocol):
    """Everything that is held on a customer, wherever it lies."""

    def find(self, group_id: int, number: str) -> tuple[Subject, ...]:
        """The customer of this number, else every deleted one whose last number it was."""
        ...

    def deleted(self, group_id: int, before: str) -> tuple[Subject, ...]:
        """Customers that were deleted before then and are not erased yet."""
        ...

    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        """Every row about the customer, by the name of what it is."""
        ...

    def note(self, subject: Subject, kind: str, by: Author) -> None:
        """Write an event into the customer's history, also of a deleted one."""
        ...

    def erase(self, subject: Subject, name: str, by: Author) -> None:
        """Take every personal value; what stays says ``name`` where a name has to be. The link ends."""
        ...

    def erase_gone(self, connection_id: int, before: str, most: int) -> int:
        """Take what accounting showed of records that it no longer has: at most so many, whose link ended before then.

        Returns how many.
        """
        ...
