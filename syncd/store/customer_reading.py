"""Reading the customer register, for the eyes that a unit of work reads for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, select

from syncd.ports.customers import CustomerLink
from syncd.store import customer_numbers, customer_search
from syncd.store.customer_lists import Facilities, Items, Letters
from syncd.store.customer_people import Contacts, Technicians
from syncd.store.customer_rows import CUSTOMERS, select_customers, to_local
from syncd.store.customer_trail import Trail
from syncd.store.dialect import chunks
from syncd.store.tables import Connection, Link, Mirror

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from syncd.engine.state import Local
    from syncd.ports.clock import Clock
    from syncd.ports.customers import AssignedUser, CustomerFilter, HistoryEntry, Place, Sort
    from syncd.register.contacts import Contact
    from syncd.register.facilities import Facility
    from syncd.register.items import Item
    from syncd.store.eyes import Eyes


class CustomerReader:
    """Reads the customers of all groups."""

    def __init__(self, session: Session, clock: Clock, eyes: Eyes) -> None:
        self._session = session
        self._clock = clock
        self._eyes = eyes
        self._trail = Trail(session, clock)
        self._contacts = Contacts(session)
        self._technicians = Technicians(session)
        self._letters = Letters(session)
        self._items = Items(session)
        self._facilities = Facilities(session)

    def load(self, customer_id: int) -> Local | None:
        """Read one customer; its fields hold every name, the accounting contact included."""
        return next(iter(self.load_many([customer_id])), None)

    def load_many(self, ids: Iterable[int]) -> list[Local]:
        """Read customers in the order of ``ids``; unknown ones are left out."""
        wanted = list(dict.fromkeys(ids))
        found: dict[int, Local] = {}
        for part in chunks(wanted):
            rows = self._read(CUSTOMERS.c.id.in_(part), *self._eyes.own(CUSTOMERS.c.id))
            found.update((local.id, local) for local in rows)
        return [found[customer_id] for customer_id in wanted if customer_id in found]

    def find(self, group_id: int, number: str) -> Local | None:
        """Read a customer by number, compared as text after trimming (R-01)."""
        return self.find_many(group_id, [number]).get(number.strip())

    def look_up(self, group_id: int, customer_id: int) -> Local | None:
        """Read a customer of the group by id, where somebody from outside names it; a hidden one is not there."""
        named = CUSTOMERS.c.group_id == group_id, CUSTOMERS.c.id == customer_id
        return next(self._read(*named, *self._eyes.seen(CUSTOMERS.c.id)), None)

    def find_many(self, group_id: int, numbers: Iterable[str]) -> dict[str, Local]:
        """Read customers by number; unknown numbers are left out."""
        found: dict[str, Local] = {}
        for part in chunks(dict.fromkeys(number.strip() for number in numbers)):
            numbered = CUSTOMERS.c.group_id == group_id, CUSTOMERS.c.number.in_(part)
            rows = self._read(*numbered, *self._eyes.seen(CUSTOMERS.c.id))
            found.update((local.number, local) for local in rows)
        return found

    def _read(self, *conditions: ColumnElement[bool]) -> Iterator[Local]:
        for row in self._session.execute(select_customers().where(*conditions)):
            local = to_local(row)
            yield replace(local, fields=self._eyes.fields(local.fields)) if self._eyes.strange else local

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
        """One page of the customers in which every word of ``text`` is found (R-30), names in Swedish order."""
        statement = customer_search.matching(self._session, group_id, text, filters, self._eyes)
        if after is not None:
            statement = customer_search.beyond(statement, sort, after)
        page = customer_search.page(statement, sort, limit, offset, scan=bool(text.strip()))
        return self.load_many(self._session.scalars(page))

    def place(self, customer_id: int, sort: Sort) -> Place:
        """Where a customer stands in a list sorted so."""
        return customer_search.place(self._session, customer_id, sort)

    def found_ids(
        self,
        group_id: int,
        text: str = "",
        filters: CustomerFilter | None = None,
    ) -> list[int]:
        """Every customer that a search finds, by id, but those that were erased: nothing is done with them."""
        statement = customer_search.matching(self._session, group_id, text, filters, self._eyes)
        erased = exists().where(
            CUSTOMERS.c.id == customer_search.SearchRow.customer_id, CUSTOMERS.c.erased_at.is_not(None)
        )
        return list(self._session.scalars(statement.where(~erased)))

    def count(
        self,
        group_id: int,
        text: str = "",
        filters: CustomerFilter | None = None,
    ) -> int:
        """How many customers a search finds; all of the group without one."""
        statement = customer_search.matching(self._session, group_id, text, filters, self._eyes)
        return customer_search.total(self._session, statement)

    def holds(self, group_id: int, field: str) -> bool:
        """Whether any customer of the group has a value in this custom field, or a connection maps it."""
        settings = self._session.scalars(select(Connection.settings).where(Connection.group_id == group_id))
        if any((one or {}).get(f"field.{field}.target") for one in settings):
            return True
        held = CUSTOMERS.c["values"][field].as_string().is_not(None)
        return bool(self._session.scalar(select(exists().where(CUSTOMERS.c.group_id == group_id, held))))

    def taken_numbers(self, group_id: int, numbers: Iterable[str]) -> set[str]:
        """Those of these numbers that a customer of the group holds."""
        return customer_numbers.taken(self._session, group_id, numbers)

    def next_number(self, group_id: int) -> str:
        """The number that the next customer would get now; nobody keeps it. Raises ``NumberNotAllowedError``."""
        return customer_numbers.suggestion(self._session, group_id)

    def numbers_outside(self, group_id: int, minimum: int, maximum: int) -> tuple[str, ...]:
        """Numbers that are shorter or longer than this (R-03)."""
        return customer_numbers.outside(self._session, group_id, minimum, maximum)

    def assigned(self, customer_ids: Iterable[int]) -> dict[int, list[AssignedUser]]:
        """Read the assigned users of customers, the responsible one first."""
        return self._technicians.read(customer_ids)

    def contacts(self, customer_ids: Iterable[int]) -> dict[int, list[Contact]]:
        """Read the contacts of customers, in their order."""
        return self._contacts.read(customer_ids)

    def letters(self, customer_ids: Iterable[int]) -> dict[int, list[str]]:
        """Read the codes of customers' discount letters, in order."""
        return self._letters.read(customer_ids)

    def items(self, customer_ids: Iterable[int]) -> dict[int, list[Item]]:
        """Read the articles placed on customers, in their order."""
        return self._items.read(customer_ids)

    def facilities(self, customer_ids: Iterable[int]) -> dict[int, list[Facility]]:
        """Read the facilities of customers, in their order."""
        return self._facilities.read(customer_ids)

    def links(self, customer_ids: Iterable[int]) -> dict[int, list[CustomerLink]]:
        """Read where customers stand in accounting systems. That is nobody's outside the company."""
        if self._eyes.strange:
            return {}
        found: dict[int, list[CustomerLink]] = {}
        mirrored = and_(Mirror.connection_id == Link.connection_id, Mirror.remote_id == Link.remote_id)
        for part in chunks(customer_ids):
            statement = (
                select(Link.customer_id, Connection.name, Link.remote_id, Mirror.number, Link.state)
                .join(Connection, Connection.id == Link.connection_id)
                .outerjoin(Mirror, mirrored)
                .where(Link.customer_id.in_(part))
                .order_by(Connection.name, Link.id)
            )
            for row in self._session.execute(statement):
                found.setdefault(row[0], []).append(CustomerLink(*row[1:]))
        return found

    def history(
        self, customer_id: int, *, field: str | None = None, limit: int | None = None, offset: int = 0
    ) -> list[HistoryEntry]:
        """Read what happened to a customer, newest first. A history tells what is withheld from a customer user."""
        return [] if self._eyes.strange else self._trail.read(customer_id, field, limit, offset)

    def histories(self, customer_ids: Iterable[int]) -> dict[int, list[HistoryEntry]]:
        """Read what happened to customers, oldest first; also to customers that were deleted."""
        return {} if self._eyes.strange else self._trail.of_many(customer_ids)

    def _groups_of(self, customer_ids: Iterable[int]) -> Iterator[tuple[int, int]]:
        for part in chunks(customer_ids):
            statement = select(CUSTOMERS.c.id, CUSTOMERS.c.group_id).where(CUSTOMERS.c.id.in_(part))
            yield from ((row.id, row.group_id) for row in self._session.execute(statement))
