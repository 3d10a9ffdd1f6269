"""Holding a customer while it changes: seen first, kept from everybody else, stored with its search row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from syncd.engine.state import Local
from syncd.errors import ChangedMeanwhileError, NotAllowedError
from syncd.register.numbers import NumberTakenError
from syncd.register.problems import ErasedCustomerError, UnknownCustomerError
from syncd.store.customer_reading import CustomerReader
from syncd.store.customer_rows import CUSTOMERS, to_columns
from syncd.store.customer_search import SEARCH, search_row
from syncd.store.dialect import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.register.contacts import Contact
    from syncd.register.history import Change


class CustomerKeeper(CustomerReader):
    """Holds and stores single customers."""

    def hold(self, customer_id: int) -> Local:
        """Keep a customer from everybody else until the transaction ends. Raises ``UnknownCustomerError``."""
        return self._hold(customer_id, None)[0]

    def hold_many(self, customer_ids: Iterable[int]) -> dict[int, int]:
        """Keep customers from everybody else until the transaction ends; returns the versions of those there are."""
        self._refuse_strangers()
        found: dict[int, int] = {}
        there = select(CUSTOMERS.c.id, CUSTOMERS.c.version).where(CUSTOMERS.c.erased_at.is_(None))
        for part in chunks(sorted(customer_ids)):
            held = there.where(CUSTOMERS.c.id.in_(part)).order_by(CUSTOMERS.c.id).with_for_update()
            found.update((row.id, row.version) for row in self._session.execute(held))
        return found

    def _hold(self, customer_id: int, expected_version: int | None) -> tuple[Local, int]:
        """Read a customer and keep it from everybody else until the transaction ends."""
        self._refuse_strangers()
        held = select(CUSTOMERS.c.group_id, CUSTOMERS.c.erased_at).where(CUSTOMERS.c.id == customer_id)
        row = self._session.execute(held.with_for_update()).one_or_none()
        found = None if row is None else self.load(customer_id)
        if found is None or row is None:
            raise UnknownCustomerError
        group_id: int = row.group_id
        if row.erased_at is not None:
            raise ErasedCustomerError(found.number)
        if expected_version not in {None, found.version}:
            raise ChangedMeanwhileError(f"Customer {found.number}")
        return found, group_id

    def _hold_many(self, customer_ids: list[int]) -> dict[int, int]:
        """Keep customers from everybody else until the transaction ends; return their groups."""
        self._refuse_strangers()
        columns = (CUSTOMERS.c.id, CUSTOMERS.c.group_id, CUSTOMERS.c.number, CUSTOMERS.c.erased_at)
        held = select(*columns).where(CUSTOMERS.c.id.in_(customer_ids))
        rows = self._session.execute(held.order_by(CUSTOMERS.c.id).with_for_update()).all()
        if erased := next((row.number for row in rows if row.erased_at is not None), None):
            raise ErasedCustomerError(erased)
        groups: dict[int, int] = {row.id: row.group_id for row in rows}
        if len(groups) < len(customer_ids):
            raise UnknownCustomerError
        return groups

    def _refuse_strangers(self) -> None:
        """Who sees a part of a customer would write the rest of it away."""
        if self._eyes.strange:
            raise NotAllowedError("A customer user changes nothing of the register.")

    def _update(self, group_id: int, afters: list[Local], contacts: Mapping[int, Sequence[Contact]]) -> None:
        """Store customers with their search rows."""
        rows = [
            {"customer": a.id, **to_columns(a.fields), "version": a.version, "defaulted": sorted(a.defaulted)}
            for a in afters
        ]
        statement = update(CUSTOMERS).where(CUSTOMERS.c.id == bindparam("customer"))
        try:
            with self._session.begin_nested():
                self._session.connection().execute(statement, rows)
        except IntegrityError:
            for after in afters:
                self._refuse_number_of_another(group_id, after)
            raise
        found = [{"customer": a.id, **search_row(a.id, group_id, a.fields, contacts.get(a.id, ()))} for a in afters]
        self._session.connection().execute(update(SEARCH).where(SEARCH.c.customer_id == bindparam("customer")), found)

    def _refuse_number_of_another(self, group_id: int, after: Local) -> None:
        numbered = CUSTOMERS.c.group_id == group_id, CUSTOMERS.c.number == after.number
        if self._session.scalar(select(CUSTOMERS.c.id).where(*numbered)) not in {None, after.id}:
            raise NumberTakenError(after.number) from None

    def _count(self, after: Local) -> None:
        """Store the version alone."""
        statement = update(CUSTOMERS).where(CUSTOMERS.c.id == after.id)
        self._session.execute(statement.values(version=after.version))

    def _index(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.execute(insert(SEARCH), rows)


def after_changes(before: Local, done: Iterable[Change], defaulted: frozenset[str], *, moved: bool = False) -> Local:
    """The version counts changes of values; a default that somebody confirmed is none."""
    changed = {change.field: change.after for change in done}
    version = before.version + (1 if changed or moved else 0)
    return Local(before.id, version, {**before.fields, **changed}, defaulted)
