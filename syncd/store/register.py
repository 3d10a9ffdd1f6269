"""The customer register: every change with its history and its work-list entries, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from syncd.engine.state import Local
from syncd.ports.clock import stamp
from syncd.register.contacts import apply_contact
from syncd.register.customer import changes as differences
from syncd.register.fields import CONTACT_FIELDS
from syncd.register.history import EventKind
from syncd.register.numbers import NumberTakenError
from syncd.register.orders import HasOrdersError
from syncd.store.customer_keeping import after_changes
from syncd.store.customer_numbers import next_numbers
from syncd.store.customer_rows import CUSTOMERS, complete, first_contact, stored, to_columns
from syncd.store.customer_search import search_row
from syncd.store.customer_surroundings import CustomerSurroundings
from syncd.store.customer_trail import Happening
from syncd.store.dialect import append, chunks
from syncd.store.files import Files
from syncd.store.tables import Customer, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.customers import NewRow
    from syncd.ports.records import Author
    from syncd.register.contacts import Contact
    from syncd.register.fields import Value
    from syncd.register.history import Change
    from syncd.store.eyes import Eyes

_ATTEMPTS = 5
"""A next number can be lost only to somebody typing that very number at the same moment."""


class Customers(CustomerSurroundings):
    """Reads and writes the customers of all groups."""

    def __init__(self, session: Session, clock: Clock, eyes: Eyes) -> None:
        super().__init__(session, clock, eyes)
        self._files = Files(session, clock, eyes)

    def insert(
        self,
        group_id: int,
        fields: Mapping[str, Value],
        defaulted: Iterable[str],
        by: Author,
        number: str | None = None,
    ) -> Local:
        """Add a customer. Without a number it gets the next one (R-04). Raises ``NumberTakenError``."""
        row = ({**fields, "number": number or fields.get("number")}, frozenset(defaulted))
        attempts = 1 if row[0]["number"] else _ATTEMPTS
        while True:
            attempts -= 1
            try:
                return self.insert_many(group_id, [row], by)[0]
            except NumberTakenError:
                if not attempts:
                    raise

    def insert_many(self, group_id: int, rows: Sequence[NewRow], by: Author) -> list[Local]:
        """Add many customers at once, all or none. Raises ``NumberTakenError`` for the first taken number."""
        numbered = self._numbered(group_id, [complete(fields, defaulted) for fields, defaulted in rows])
        ids = self._insert_rows(group_id, numbered)
        added = [Local(id_, 1, fields, names) for id_, (fields, names) in zip(ids, numbered, strict=True)]
        contacts = {local.id: first_contact(local.fields) for local in added}
        self._contacts.add(contacts)
        self._index([search_row(local.id, group_id, local.fields, contacts[local.id]) for local in added])
        lines = [Happening(local.id, EventKind.CREATED, "number", None, local.number) for local in added]
        self._trail.happened(group_id, lines, by)
        return added

    def write(self, customer_id: int, expected_version: int | None, changes: Mapping[str, Value], by: Author) -> Local:
        """Change fields of the customer as seen (None: as it is now).

        Raises ``ChangedMeanwhileError``, ``NumberTakenError``, ``UnknownCustomerError``.
        """
        before, group_id = self._hold(customer_id, expected_version)
        return self.write_many(group_id, [(before, changes)], by)[0]

    def write_many(self, group_id: int, rows: Sequence[tuple[Local, Mapping[str, Value]]], by: Author) -> list[Local]:
        """Change fields of customers as read while held, all or none. Raises ``NumberTakenError``."""
        edits = [_edit(before, changes) for before, changes in rows]
        moved = [(after, done) for (before, _), (after, done) in zip(rows, edits, strict=True) if after != before]
        if moved:
            self._update(group_id, [after for after, _ in moved], self._with_contacts(moved))
            self._trail.changed(group_id, {after.id: done for after, done in moved}, by)
        return [after for after, _ in edits]

    def delete(self, customer_id: int, by: Author, expected_version: int | None = None) -> None:
        """Take a customer out of the register with its users and files, as seen (None: as it is now); history stays.

        Raises ``HasOrdersError`` (R-16), ``ChangedMeanwhileError``, ``UnknownCustomerError``.
        """
        before, group_id = self._hold(customer_id, expected_version)
        try:
            with self._session.begin_nested():
                self._session.execute(delete(User).where(User.customer_id == customer_id))
                self._files.remove(customer_id)
                self._session.execute(delete(CUSTOMERS).where(CUSTOMERS.c.id == customer_id))
        except IntegrityError as error:
            raise HasOrdersError(before.number) from error
        self._trail.happened(group_id, [Happening(customer_id, EventKind.DELETED, "number", before.number)], by)

    def note(self, customer_ids: Iterable[int], kind: str, by: Author, *, about: str | None = None) -> None:
        """Write an event that changed no field into the history: somebody saw unmasked numbers, say."""
        for group_id, ids in self._by_group(customer_ids).items():
            self._trail.noted(group_id, [Happening(customer_id, kind, after=about) for customer_id in ids], by)

    def _numbered(
        self, group_id: int, rows: list[tuple[dict[str, Value], frozenset[str]]]
    ) -> list[tuple[dict[str, Value], frozenset[str]]]:
        given = [str(fields["number"]) for fields, _ in rows if fields["number"]]
        self._refuse_taken(group_id, given)
        missing = len(rows) - len(given)
        following = iter(next_numbers(self._session, group_id, missing, given) if missing else ())
        return [({**fields, "number": fields["number"] or next(following)}, names) for fields, names in rows]

    def _insert_rows(self, group_id: int, rows: list[tuple[dict[str, Value], frozenset[str]]]) -> list[int]:
        common = {"group_id": group_id, "version": 1, "created_at": stamp(self._clock())}
        columns = [{**common, **to_columns(fields), "defaulted": sorted(names)} for fields, names in rows]
        numbers = [column["number"] for column in columns]
        try:
            with self._session.begin_nested():
                append(self._session, Customer, columns)
        except IntegrityError:
            self._refuse_taken(group_id, numbers)
            raise
        ids = self._ids_of(group_id, numbers)
        return [ids[number] for number in numbers]

    def _ids_of(self, group_id: int, numbers: Iterable[str]) -> dict[str, int]:
        """Who holds these numbers: an INSERT of many rows that returns ids is one statement per row on SQLite."""
        found: dict[str, int] = {}
        for part in chunks(numbers):
            mine = select(CUSTOMERS.c.number, CUSTOMERS.c.id).where(CUSTOMERS.c.group_id == group_id)
            found.update((row[0], row[1]) for row in self._session.execute(mine.where(CUSTOMERS.c.number.in_(part))))
        return found

    def _refuse_taken(self, group_id: int, numbers: Iterable[str]) -> None:
        wanted = list(numbers)
        seen = self.taken_numbers(group_id, wanted)
        for number in wanted:
            if number in seen:
                raise NumberTakenError(number)
            seen.add(number)

    def _with_contacts(self, moved: Sequence[tuple[Local, Sequence[Change]]]) -> dict[int, Sequence[Contact]]:
        """The contacts after the accounting contacts' fields changed, stored if they did."""
        contacts: dict[int, Sequence[Contact]] = {**self._contacts.read(after.id for after, _ in moved)}
        for after, done in moved:
            changed = {change.field: change.after for change in done if change.field in CONTACT_FIELDS}
            if changed:
                contacts[after.id] = apply_contact(contacts.get(after.id, ()), changed)
                self._contacts.replace(after.id, contacts[after.id])
        return contacts

    def _by_group(self, customer_ids: Iterable[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for local_id, group_id in self._groups_of(customer_ids):
            found.setdefault(group_id, []).append(local_id)
        return found


def _edit(before: Local, changes: Mapping[str, Value]) -> tuple[Local, list[Change]]:
    """The customer after these changes, and what they are."""
    wanted = {name: stored(name, value) for name, value in changes.items()}
    done = list(differences(before.fields, wanted))
    return after_changes(before, done, before.defaulted - wanted.keys()), done
