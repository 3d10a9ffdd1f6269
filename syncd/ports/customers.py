"""The customers of the register as services see them. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.engine.state import Local
    from syncd.ports.records import Author
    from syncd.register.assignment import Difference
    from syncd.register.contacts import Contact
    from syncd.register.facilities import Facility
    from syncd.register.fields import Value
    from syncd.register.items import Item

HEADINGS = ("number", "name", "type", "organisation_number", "invoice_city", "phone", "email", "assigned", "active")
"""What a list of customers can be sorted by. ``assigned`` is the responsible technician's name."""

Sort = str
"""How a list is ordered: a heading; a leading dash turns it round."""

SORTS = (*HEADINGS, *(f"-{heading}" for heading in HEADINGS))
"""Every way to sort a list of customers."""

NewRow = tuple["Mapping[str, Value]", "frozenset[str]"]
"""A customer of an import: its fields (a missing number asks for the next one) and those nobody gave."""

Place = tuple[str, int]
"""Where a customer stands in a sorted list: what it is sorted by, and its id."""


@dataclass(frozen=True, slots=True)
class AssignedUser:
    """A user assigned to a customer; the first one is responsible (R-17)."""

    user_id: int
    login: str
    name: str
    email: str | None
    phone: str | None
    employee_number: str | None
    responsible: bool


@dataclass(frozen=True, slots=True)
class CustomerLink:
    """Where a customer stands in one accounting system. ``number`` is the one that system last showed."""

    connection: str
    remote_id: str
    number: str | None
    state: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a customer's history (R-14). ``at`` is UTC, ISO 8601."""

    id: int
    at: str
    who: str
    run_id: int | None
    kind: str
    field: str | None
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """What narrows a list of customers; None leaves a question open."""

    active: bool | None = None
    assigned_to: str | None = None
    assigned: bool | None = None
    in_conflict: bool | None = None
    in_accounting: bool | None = None


class CustomersPort(Protocol):
    """The register. Every change writes its history and its work-list entries in the same transaction."""

    def load(self, customer_id: int) -> Local | None:
        """Read one customer; its fields hold every name, the accounting contact included."""
        ...

    def load_many(self, ids: Iterable[int]) -> list[Local]:
        """Read customers in the order of ``ids``; unknown ones are left out."""
        ...

    def find(self, group_id: int, number: str) -> Local | None:
        """Read a customer by number, compared as text after trimming (R-01)."""
        ...

    def look_up(self, group_id: int, customer_id: int) -> Local | None:
        """Read a customer of the group by id, where somebody from outside names it; a hidden one is not there."""
        ...

    def find_many(self, group_id: int, numbers: Iterable[str]) -> dict[str, Local]:
        """Read customers by number; unknown numbers are left out."""
        ...

    def insert(
        self,
        group_id: int,
        fields: Mapping[str, Value],
        defaulted: Iterable[str],
        by: Author,
        number: str | None = None,
    ) -> Local:
        """Add a customer. Without a number it gets the next one (R-04). Raises ``NumberTakenError``."""
        ...

    def insert_many(self, group_id: int, rows: Sequence[NewRow], by: Author) -> list[Local]:
        """Add many customers at once, all or none. Raises ``NumberTakenError`` for the first taken number."""
        ...

    def hold(self, customer_id: int) -> Local:
        """Keep a customer from everybody else until the transaction ends. Raises ``UnknownCustomerError``."""
        ...

    def hold_many(self, customer_ids: Iterable[int]) -> dict[int, int]:
        """Keep customers from everybody else until the transaction ends; returns the versions of those there are."""
        ...

    def write(self, customer_id: int, expected_version: int | None, changes: Mapping[str, Value], by: Author) -> Local:
        """Change fields of the customer as seen (None: as it is now).

        Raises ``ChangedMeanwhileError``, ``NumberTakenError``, ``UnknownCustomerError``.
        """
        ...

    def write_many(self, group_id: int, rows: Sequence[tuple[Local, Mapping[str, Value]]], by: Author) -> list[Local]:
        """Change fields of customers as read while held, all or none. Raises ``NumberTakenError``."""
        ...

    def delete(self, customer_id: int, by: Author, expected_version: int | None = None) -> None:
        """Take a customer out of the register, as seen (None: as it is now); its history stays.

        Raises ``ChangedMeanwhileError``, ``UnknownCustomerError``.
        """
        ...

    def assign(self, customer_id: int, user_ids: Iterable[int], by: Author) -> Difference[int]:
        """Assign users after those assigned already (R-17)."""
        ...

    def unassign(self, customer_id: int, user_ids: Iterable[int], by: Author) -> Difference[int]:
        """Take users away; the next in order becomes responsible."""
        ...

    def assign_many(
        self, customer_ids: Iterable[int], user_ids: Iterable[int], by: Author
    ) -> dict[int, Difference[int]]:
        """Assign users to many customers, all or none."""
        ...

    def unassign_many(
        self, customer_ids: Iterable[int], user_ids: Iterable[int], by: Author
    ) -> dict[int, Difference[int]]:
        """Take users away from many customers, all or none."""
        ...

    def assigned(self, customer_ids: Iterable[int]) -> dict[int, list[AssignedUser]]:
        """Read the assigned users of customers, the responsible one first."""
        ...

    def contacts(self, customer_ids: Iterable[int]) -> dict[int, list[Contact]]:
        """Read the contacts of customers, in their order."""
        ...

    def set_contacts(
        self, customer_id: int, expected_version: int | None, contacts: Sequence[Contact], by: Author
    ) -> Local:
        """Replace all contacts of the customer as seen. Raises like ``write``."""
        ...

    def letters(self, customer_ids: Iterable[int]) -> dict[int, list[str]]:
        """Read the codes of customers' discount letters, in order."""
        ...

    def set_letters(self, customer_id: int, letters: Iterable[int], by: Author) -> Local:
        """Select these discount letters for the customer, and no other."""
        ...

    def items(self, customer_ids: Iterable[int]) -> dict[int, list[Item]]:
        """Read the articles placed on customers, in their order."""
        ...

    def set_items(self, customer_id: int, expected_version: int | None, items: Sequence[Item], by: Author) -> Local:
        """Replace the items placed on the customer as seen. Raises like ``write``, and ``UnknownEntryError``."""
        ...

    def facilities(self, customer_ids: Iterable[int]) -> dict[int, list[Facility]]:
        """Read the facilities of customers, in their order."""
        ...

    def set_facilities(
        self, customer_id: int, expected_version: int | None, facilities: Sequence[Facility], by: Author
    ) -> Local:
        """Replace the facilities of the customer as seen. Raises like ``write``."""
        ...

    def links(self, customer_ids: Iterable[int]) -> dict[int, list[CustomerLink]]:
        """Read where customers stand in accounting systems."""
        ...

    def history(
        self, customer_id: int, *, field: str | None = None, limit: int | None = None, offset: int = 0
    ) -> list[HistoryEntry]:
        """Read what happened to a customer, newest first."""
        ...

    def histories(self, customer_ids: Iterable[int]) -> dict[int, list[HistoryEntry]]:
        """Read what happened to customers, oldest first; also to customers that were deleted."""
        ...

    def note(self, customer_ids: Iterable[int], kind: str, by: Author, *, about: str | None = None) -> None:
        """Write an event that changed no field into the history: somebody saw unmasked numbers, say."""
        ...

    def search(  # noqa: PLR0913 - what a list asks for
        self,
        group_id: int,
        text: str = "",
        filters: CustomerFilter | None = None,
        sort: Sort = "name",
        limit: int | None = None,
        offset: int = 0,
        *,
        after: Place | None = None,
    ) -> list[Local]:
        """One page of the customers in which every word of ``text`` is found (R-30), in Swedish order.

        Who has no value under the heading comes last, and first once it is turned round.

        ``after`` is the place of the last customer of the page before.
        """
        ...

    def place(self, customer_id: int, sort: Sort) -> Place:
        """Where a customer stands in a list sorted so."""
        ...

    def found_ids(
        self,
        group_id: int,
        text: str = "",
        filters: CustomerFilter | None = None,
    ) -> list[int]:
        """Every customer that a search finds, by id."""
        ...

    def count(
        self,
        group_id: int,
        text: str = "",
        filters: CustomerFilter | None = None,
    ) -> int:
        """How many customers a search finds; all of the group without one."""
        ...

    def holds(self, group_id: int, field: str) -> bool:
        """Whether any customer of the group has a value in this custom field, or a connection maps it."""
        ...

    def taken_numbers(self, group_id: int, numbers: Iterable[str]) -> set[str]:
        """Those of these numbers that a customer of the group holds."""
        ...

    def next_number(self, group_id: int) -> str:
        """The number that the next customer would get now; nobody keeps it. Raises ``NumberNotAllowedError``."""
        ...

    def numbers_outside(self, group_id: int, minimum: int, maximum: int) -> tuple[str, ...]:
        """Numbers that are shorter or longer than this (R-03)."""
        ...
