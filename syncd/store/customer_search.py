"""Finding customers: one narrow row per customer with what people search by and sort by (R-30).

Derived from the customer and rewritten with it. It keeps a page of 100 000 customers below 100 ms on both
databases, with Swedish order and letter case that neither of them knows by itself.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, Select, Text, and_, exists, func, or_, select, tuple_
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from syncd.ports.customers import CustomerFilter
from syncd.store.customer_rows import number_value
from syncd.store.tables import Assignment, Base, Conflict, Customer, Link, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from syncd.engine.state import Local
    from syncd.ports.customers import Place, Sort
    from syncd.register.contacts import Contact
    from syncd.register.fields import Value
    from syncd.store.eyes import Eyes

ByteOrder = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text compared byte by byte: the keys below are made for it, and it is read faster."""


class SearchRow(Base):
    """A customer as searched for. Never a comment: those are not for everybody's eyes (R-11)."""

    __tablename__ = "customer_search"
    __table_args__ = (
        Index("ix_customer_search_name", "group_id", "name_key", "customer_id"),
        Index("ix_customer_search_number", "group_id", "number_key", "customer_id"),
    )
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    name_key: Mapped[str] = mapped_column(ByteOrder)
    number_key: Mapped[str] = mapped_column(ByteOrder)
    text: Mapped[str] = mapped_column(ByteOrder)


_SEARCHED = ("number", "name", "organisation_number", "email", "phone", "mobile", "invoice_city", "visiting_city")
_DIGITS_ONLY = ("organisation_number", "phone", "mobile")
_SWEDISH_ORDER = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y", "ß": "ss", "ð": "d"})
_NOT_ALNUM = re.compile(r"[\W_]+")
_ABROAD = re.compile(r"^(?:00|\+)46[^0-9]*0?")
_FEWEST_DIGITS = 3


def sort_key(text: str) -> str:
    """Return a key that sorts byte by byte as Swedish does: å, ä and ö after z, accents aside."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_SWEDISH_ORDER)
    if plain.isascii():
        return plain
    return "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))


def number_key(number: str) -> str:
    """Return a key that sorts numeric numbers by their value, then all others as text."""
    value = number_value(number)
    return f"1{sort_key(number)}" if value is None else f"0{value:019d}{number}"


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
        "name_key": sort_key(str(fields["name"])),
        "number_key": number_key(str(fields["number"])),
        "text": "\n".join([str(w).casefold() for w in words if w] + [_compact(str(d)) for d in digits if d]),
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


def key_of(customer: Local, sort: Sort) -> str:
    """Return what a customer is sorted by, as its search row holds it."""
    if sort.removeprefix("-") == "number":
        return number_key(customer.number)
    return sort_key(str(customer.fields["name"]))


def _sorted_by(sort: Sort) -> Any:
    return SearchRow.number_key if sort.removeprefix("-") == "number" else SearchRow.name_key


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
    folded, compact = word.casefold(), _compact(word)
    found: list[ColumnElement[bool]] = [SearchRow.text.contains(folded, autoescape=True)]
    if compact != folded and len(compact) >= _FEWEST_DIGITS and compact.isdigit():
        found.append(SearchRow.text.contains(compact, autoescape=True))
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


def _compact(text: str) -> str:
    """Numbers are typed with and without spaces, dashes and Sweden's own country code."""
    return _NOT_ALNUM.sub("", _ABROAD.sub("0", text.strip())).casefold()
