"""A customer as rows of the database, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select

from syncd.engine.state import Local
from syncd.register.contacts import Contact
from syncd.register.fields import CONTACT_FIELDS, CONTACT_PARTS, FIELDS
from syncd.register.numbers import numeric
from syncd.store import tables
from syncd.values.equality import identity_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Row, Select, Table

    from syncd.register.fields import Value

CUSTOMERS: Table = tables.Customer.__table__  # type: ignore[assignment]  # declared with __tablename__
CONTACTS: Table = tables.Contact.__table__  # type: ignore[assignment]  # same

_OWN_COLUMNS = ("number", "name", "type", "active", "organisation_number")
_NOT_IN_VALUES = frozenset((*_OWN_COLUMNS, *CONTACT_FIELDS))
_NOTHING: dict[str, Value] = dict.fromkeys(FIELDS)
_DEFAULTS: dict[str, Value] = {name: field.default for name, field in FIELDS.items() if field.default is not None}
_LONGEST_COUNTED = 18
"""Digits of the highest number that both databases can count with."""


def select_customers() -> Select[*tuple[Any, ...]]:
    """Select customers with their accounting contact, in the order ``to_local`` reads."""
    contact = and_(CONTACTS.c.customer_id == CUSTOMERS.c.id, CONTACTS.c.accounting)
    return select(
        CUSTOMERS.c.id,
        CUSTOMERS.c.version,
        CUSTOMERS.c.defaulted,
        CUSTOMERS.c["values"],
        *(CUSTOMERS.c[name] for name in _OWN_COLUMNS),
        *(CONTACTS.c[part].label(f"contact_{part}") for part in CONTACT_PARTS),
    ).select_from(CUSTOMERS.outerjoin(CONTACTS, contact))


def to_local(row: Row[*tuple[Any, ...]]) -> Local:
    """Return the customer that a row of ``select_customers`` holds."""
    customer_id, version, defaulted, values, *rest = row
    named = dict(zip((*_OWN_COLUMNS, *CONTACT_FIELDS), rest, strict=True))
    return Local(customer_id, version, {**_NOTHING, **values, **named}, frozenset(defaulted))


def to_columns(fields: Mapping[str, Value]) -> dict[str, Any]:
    """Return the columns of a customer with these fields; contacts live in rows of their own."""
    number = str(fields["number"])
    organisation = fields.get("organisation_number") or None
    return {
        "number": number,
        "number_value": number_value(number),
        "name": fields["name"],
        "type": fields["type"],
        "active": fields["active"],
        "organisation_number": organisation,
        "organisation_key": identity_key(str(organisation)) if organisation else None,
        "values": {n: v for n, v in fields.items() if n not in _NOT_IN_VALUES and v is not None},
    }


def number_value(number: str) -> int | None:
    """Return the number to count on from; None for letters, and for more digits than a database counts."""
    value = numeric(number)
    return value if value is not None and len(str(value)) <= _LONGEST_COUNTED else None


def to_contact(row: Row[*tuple[Any, ...]]) -> Contact:
    """Return the contact that a row holds."""
    return Contact(**{name: getattr(row, name) for name in Contact.__dataclass_fields__})


def contact_rows(customer_id: int, contacts: Sequence[Contact]) -> list[dict[str, Any]]:
    """Return the rows of a customer's contacts, in order."""
    return [{"customer_id": customer_id, "position": at, **plain(contact)} for at, contact in enumerate(contacts)]


def plain(contact: Contact) -> dict[str, Any]:
    """Return a contact as JSON holds it."""
    return {name: getattr(contact, name) for name in Contact.__dataclass_fields__}


def first_contact(fields: Mapping[str, Value]) -> tuple[Contact, ...]:
    """Return the accounting contact of a new customer, if anything is known about one."""
    parts: dict[str, Any] = {part: fields.get(f"contact_{part}") for part in CONTACT_PARTS}
    contact = Contact(**parts, accounting=True)
    return (contact,) if contact.reachable else ()


def complete(fields: Mapping[str, Value], defaulted: Iterable[str]) -> tuple[dict[str, Value], frozenset[str]]:
    """Return every field of a new customer; what it must have and nobody gave has the register's default."""
    given = {name: stored(name, value) for name, value in fields.items()}
    missing = {name: default for name, default in _DEFAULTS.items() if given.get(name) is None}
    return {**_NOTHING, **given, **missing}, frozenset(defaulted) | missing.keys()


def stored(name: str, value: Value) -> Value:
    """Return a value as the register holds it: empty text is nothing, a number has no blanks around it."""
    if isinstance(value, str) and name == "number":
        value = value.strip()
    return None if value == "" else value
