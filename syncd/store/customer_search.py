"""Finding customers: one narrow row per customer with what people search by and sort by (R-30).

Derived from the customer and rewritten with it. It keeps a page of 100 000 customers below 100 ms on both
databases, with Swedish order and letter case that neither of them knows by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, Select, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import Mapped, mapped_column

from syncd.ports.customers import HEADINGS, CustomerFilter
from syncd.store.dialect import chunks
from syncd.store.sort_keys import LAST, ByteOrder, compact, customer_keys, shown_key
from syncd.store.tables import Assignment, Base, Conflict, Customer, Link, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.orm import Session

    from syncd.ports.customers import Place, Sort
    from syncd.register.contacts import Contact
    from syncd.register.fields import Value
    from syncd.store.eyes import Eyes


class SearchRow(Base):
    """A customer as searched for. Never a comment: those are not for everybody's eyes (R-11)."""

    __tablename__ = "customer_search"
    __table_args__ = tuple(
        Index(f"ix_customer_search_{heading}", "group_id", f"{heading}_key", "customer_id") for heading in HEADINGS
    )
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    number_key: Mapped[str] = mapped_column(ByteOrder)
    name_key: Mapped[str] = mapped_column(ByteOrder)
    type_key: Mapped[str] = mapped_column(ByteOrder)
    organisation_number_key: Mapped[str] = mapped_column(ByteOrder)
    invoice_city_key: Mapped[str] = mapped_column(ByteOrder)
    phone_key: Mapped[str] = mapped_column(ByteOrder)
    email_key: Mapped[str] = mapped_column(ByteOrder)
    assigned_key: Mapped[str] = mapped_column(ByteOrder, default=LAST)
    active_key: Mapped[str] = mapped_column(ByteOrder)
    text: Mapped[str] = mapped_column(ByteOrder)


SEARCH: Table = SearchRow.__table__  # type: ignore[assignment]  # declared with __tablename__
_SEARCHED = ("number", "name", "organisation_number", "email", "phone", "mobile", "invoice_city", "visiting_city")
_DIGITS_ONLY = ("organisation_number", "phone", "mobile")
_FEWEST_DIGITS = 3


def search_row(
    customer_id: int, group_id: int, fields: Mapping[str, Value], contacts: Iterable[Contact]
) -> dict[str, Any]:
    """Return the row by which this customer is found."""
    people = tuple(contacts)
    words = [fields.get(name) for name in _SEARCHED]
    words += [word for who in people for word in (who.name, who.email, who.phone, who.mobile)]
    digits = [fields.get(name) for name in _DIGITS_ONLY]
    digits += [word for who in people for word in (who.phone, who.mobile)]
    return {
        "customer_id": customer_id,
        "group_id": group_id,
        **{f"{heading}_key": key for heading, key in customer_keys(fields).items()},
        "text": "\n".join([str(w).casefold() for w in words if w] + [compact(str(d)) for d in digits if d]),
    }


def page(statement: Select[int], sort: Sort, limit: int | None, offset: int, *, scan: bool) -> Select[int]:
    """Order a search and cut one page out of it.

    ``scan`` says that few rows are found: reading them all and sorting beats following the index in its order.
    """
    column = _sorted_by(sort)
    key = column.concat("") if scan else column
    order = (key.desc(), SearchRow.customer_id.desc()) if sort.startswith("-") else (key, SearchRow.customer_id)
    return statement.order_by(*order).limit(limit).offset(offset)


def beyond(statement: Select[int], sort: Sort, place: Place) -> Select[int]:
    """Leave out everything up to a place in the list."""
    here, there = tuple_(_sorted_by(sort), SearchRow.customer_id), tuple_(*place)
    return statement.where(here < there if sort.startswith("-") else here > there)


def place(session: Session, customer_id: int, sort: Sort) -> Place:
    """Where a customer stands in a list sorted so."""
    key = select(_sorted_by(sort)).where(SearchRow.customer_id == customer_id)
    return session.scalars(key).one(), customer_id


def _sorted_by(sort: Sort) -> Any:
    return SEARCH.c[f"{sort.removeprefix('-')}_key"]


def show_responsible(session: Session, responsible: Mapping[int, int | None]) -> None:
    """Sort customers by who is responsible for them from now on; None for nobody."""
    known = select(User.id, User.name).where(User.id.in_(set(responsible.values()) - {None}))
    keys = {row.id: shown_key(row.name) for row in session.execute(known)}
    customers: dict[str, list[int]] = {}
    for customer_id, user_id in responsible.items():
        customers.setdefault(LAST if user_id is None else keys[user_id], []).append(customer_id)
    for key, ids in customers.items():
        for part in chunks(ids):
            session.execute(update(SEARCH).where(SEARCH.c.customer_id.in_(part)).values(assigned_key=key))


def rename_responsible(session: Session, user_id: int, name: str) -> None:
    """Sort the customers for whom this user is responsible by the user's new name."""
    first = Assignment.user_id == user_id, Assignment.position == 0
    mine = SEARCH.c.customer_id.in_(select(Assignment.customer_id).where(*first))
    session.execute(update(SEARCH).where(mine).values(assigned_key=shown_key(name)))


def matching(
    session: Session,
    group_id: int,
    text: str,
    filters: CustomerFilter | None,
    eyes: Eyes,
) -> Select[int]:
    """Select the ids of the customers that a search finds, of those that these eyes see."""
    conditions = [_word(word, _users_named(session, group_id, word)) for word in text.split()]
    conditions += _filtered(filters or CustomerFilter())
    conditions += eyes.seen(SearchRow.customer_id)
    return select(SearchRow.customer_id).where(SearchRow.group_id == group_id, *conditions)


def total(session: Session, statement: Select[int]) -> int:
    """Count what a search finds."""
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _word(word: str, users: list[int]) -> ColumnElement[bool]:
    """A word is found in the customer as typed, without its separators, or in an assigned technician's name."""
    folded, digits = word.casefold(), compact(word)
    found: list[ColumnElement[bool]] = [SearchRow.text.contains(folded, autoescape=True)]
    if digits != folded and len(digits) >= _FEWEST_DIGITS and digits.isdigit():
        found.append(SearchRow.text.contains(digits, autoescape=True))
    if users:
        found.append(SearchRow.customer_id.in_(select(Assignment.customer_id).where(Assignment.user_id.in_(users))))
    return or_(*found)


def _users_named(session: Session, group_id: int, word: str) -> list[int]:
    """A group has few users; letter case is compared here because SQLite knows English letters alone."""
    folded = word.casefold()
    users = session.execute(select(User.id, User.login, User.name).where(User.group_id == group_id))
    return [user.id for user in users if folded in f"{user.login}\n{user.name}".casefold()]


def _filtered(filters: CustomerFilter) -> list[ColumnElement[bool]]:
    asked: list[tuple[bool | None, ColumnElement[bool]]] = [
        (filters.active, _is(Customer.id, Customer.active.is_(True))),
        (filters.assigned, _assigned()),
        (filters.in_conflict, _is(Conflict.customer_id, and_(Conflict.pending, Conflict.status == "open"))),
        (filters.in_accounting, _is(Link.customer_id, Link.state == "linked")),
    ]
    conditions = [condition if wanted else ~condition for wanted, condition in asked if wanted is not None]
    if filters.assigned_to is not None:
        login = func.lower(User.login) == filters.assigned_to.lower()
        conditions.append(_assigned(Assignment.user_id == User.id, login, User.group_id == SearchRow.group_id))
    return conditions


def _assigned(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return _is(Assignment.customer_id, and_(True, *conditions))  # noqa: FBT003 - SQL's own "always"


def _is(column: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(column == SearchRow.customer_id, condition)
