"""The people around a customer: contacts on their side (R-06), technicians on ours (R-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from syncd.ports.customers import AssignedUser
from syncd.store.customer_rows import CONTACTS, contact_rows, to_contact
from syncd.store.customer_search import show_responsible
from syncd.store.dialect import chunks
from syncd.store.tables import Assignment, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from syncd.register.contacts import Contact


class Contacts:
    """Reads and writes the contacts of customers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, customer_ids: Iterable[int]) -> dict[int, list[Contact]]:
        """Read the contacts of customers, in their order."""
        found: dict[int, list[Contact]] = {}
        for part in chunks(customer_ids):
            statement = select(CONTACTS).where(CONTACTS.c.customer_id.in_(part))
            for row in self._session.execute(statement.order_by(CONTACTS.c.position, CONTACTS.c.id)):
                found.setdefault(row.customer_id, []).append(to_contact(row))
        return found

    def add(self, contacts: Mapping[int, Sequence[Contact]]) -> None:
        """Add the contacts of new customers."""
        rows = [row for customer_id, people in contacts.items() for row in contact_rows(customer_id, people)]
        if rows:
            self._session.execute(insert(CONTACTS), rows)

    def replace(self, customer_id: int, contacts: Sequence[Contact]) -> None:
        """Replace the contacts of one customer."""
        self._session.execute(delete(CONTACTS).where(CONTACTS.c.customer_id == customer_id))
        self.add({customer_id: contacts})


class Technicians:
    """Reads and writes who is assigned to customers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, customer_ids: Iterable[int]) -> dict[int, list[AssignedUser]]:
        """Read the assigned users of customers, the responsible one first."""
        found: dict[int, list[AssignedUser]] = {}
        for part in chunks(customer_ids):
            statement = (
                select(
                    Assignment.customer_id,
                    User.id,
                    User.login,
                    User.name,
                    User.email,
                    User.phone,
                    User.employee_number,
                )
                .join(User, User.id == Assignment.user_id)
                .where(Assignment.customer_id.in_(part))
                .order_by(Assignment.position, User.id)
            )
            for row in self._session.execute(statement):
                people = found.setdefault(row[0], [])
                people.append(AssignedUser(*row[1:], responsible=not people))
        return found

    def ids(self, customer_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Read the assigned users of customers by id, the responsible one first."""
        found: dict[int, tuple[int, ...]] = {}
        for part in chunks(customer_ids):
            statement = select(Assignment.customer_id, Assignment.user_id).where(Assignment.customer_id.in_(part))
            for customer_id, user_id in self._session.execute(
                statement.order_by(Assignment.position, Assignment.user_id)
            ):
                found[customer_id] = (*found.get(customer_id, ()), user_id)
        return found

    def replace(self, assigned: Mapping[int, Sequence[int]]) -> None:
        """Store who is assigned to these customers, in this order."""
        for part in chunks(assigned):
            self._session.execute(delete(Assignment).where(Assignment.customer_id.in_(part)))
        rows = [
            {"customer_id": customer_id, "user_id": user_id, "position": at}
            for customer_id, users in assigned.items()
            for at, user_id in enumerate(users)
        ]
        if rows:
            self._session.execute(insert(Assignment), rows)
        show_responsible(self._session, {one: next(iter(users), None) for one, users in assigned.items()})

    def logins(self, user_ids: Iterable[int]) -> dict[int, str]:
        """Read the logins of users."""
        statement = select(User.id, User.login).where(User.id.in_(list(user_ids)))
        return {row.id: row.login for row in self._session.execute(statement)}
