"""A customer's contacts, and the one of them that accounting knows (R-06)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from syncd.register.clean import clean_all
from syncd.register.fields import CONTACT_FIELDS, CONTACT_PARTS, Field
from syncd.register.picking import pick
from syncd.register.problems import InvalidFieldsError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.register.fields import Value

CONTACT_COLUMNS: dict[str, Field] = {
    column.name: column
    for column in (
        Field("name"),
        Field("role"),
        Field("phone", "phone"),
        Field("mobile", "phone"),
        Field("email", "email", limit=320),
        Field("send_service_protocol", "flag"),
        Field("send_work_orders", "flag"),
        Field("accounting", "flag"),
    )
}
"""The fields of one contact, as a form or a row names them."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person to reach. ``accounting`` marks the one that the accounting system holds."""

    name: str | None = None
    role: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    send_service_protocol: bool = False
    send_work_orders: bool = False
    accounting: bool = False

    @property
    def wants_mail(self) -> bool:
        """Whether protocols or work orders are sent to this contact."""
        return self.send_service_protocol or self.send_work_orders

    @property
    def reachable(self) -> bool:
        """Whether anything is known that accounting would call a contact."""
        return any((self.name, self.email, self.phone, self.mobile))


def parse_contact(raw: Mapping[str, Value]) -> Contact:
    """Check one contact as a person typed it; report everything wrong with it at once."""
    contact = changed_contact(Contact(), raw)
    check_contacts([contact])
    return contact


def changed_contact(contact: Contact, raw: Mapping[str, Value]) -> Contact:
    """Return the contact after a person changed these fields of it; the others are not judged again."""
    cleaned: dict[str, Any] = clean_all(raw, known=CONTACT_COLUMNS)
    flags = {name: bool(cleaned[name]) for name in cleaned if CONTACT_COLUMNS[name].kind == "flag"}
    return replace(contact, **{**cleaned, **flags})


def pick_contact(contacts: Sequence[Contact], who: str | int) -> int:
    """Return the index of the contact that a person means: by name, by e-mail address or by place."""
    return pick("contact", contacts, who, lambda contact: (contact.name, contact.email))


def with_contact(contacts: Sequence[Contact], at: int, contact: Contact) -> tuple[Contact, ...]:
    """Return the contacts with this one at ``at``, or after the last; accounting's mark moves to who asks for it."""
    if contact.accounting:
        contacts = [replace(other, accounting=False) for other in contacts]
    after = (*contacts[:at], contact, *contacts[at + 1 :])
    check_contacts(after)
    return after


def check_contacts(contacts: Sequence[Contact]) -> None:
    """Refuse a flag without an address to send to, an empty contact, two accounting contacts."""
    problems = [problem for place, contact in enumerate(contacts, 1) for problem in _wrong(place, contact)]
    if Counter(contact.accounting for contact in contacts)[True] > 1:
        problems.append(Problem("contacts", "have more than one accounting contact", "Mark one of them, or none."))
    if problems:
        raise InvalidFieldsError(problems)


def accounting_contact(contacts: Iterable[Contact]) -> Contact | None:
    """Return the contact that accounting knows, if one is marked."""
    return next((contact for contact in contacts if contact.accounting), None)


def contact_fields(contacts: Iterable[Contact]) -> dict[str, Value]:
    """Return the accounting contact as ``contact_*`` fields of the customer, empty without one."""
    contact = accounting_contact(contacts) or Contact()
    return {f"contact_{part}": getattr(contact, part) for part in CONTACT_PARTS}


def apply_contact(contacts: Sequence[Contact], changes: Mapping[str, Value]) -> tuple[Contact, ...]:
    """Return the contacts after ``contact_*`` fields changed; every other contact stays as it is.

    A first value adds the accounting contact at the end, the last erasure takes it away. Mail that
    has lost its address is switched off with it, since nothing could be sent.
    """
    parts: dict[str, Any] = {name.removeprefix("contact_"): changes[name] for name in CONTACT_FIELDS if name in changes}
    before = accounting_contact(contacts)
    if not parts:
        return tuple(contacts)
    after = _deliverable(replace(before or Contact(accounting=True), **parts))
    kept = [after if contact is before else contact for contact in contacts]
    kept += [after] if before is None else []
    return tuple(contact for contact in kept if contact is not after or after.reachable)


def _deliverable(contact: Contact) -> Contact:
    if contact.email:
        return contact
    return replace(contact, send_service_protocol=False, send_work_orders=False)


def _wrong(place: int, contact: Contact) -> list[Problem]:
    """Contacts are named by their place in the list, never by the person."""
    wrong = []
    if contact.wants_mail and not contact.email:
        wrong.append(
            Problem(
                f"contact {place}",
                "is to be sent protocols or work orders but has no e-mail address",
                "Add the address, or switch sending off.",
            )
        )
    if not (contact.reachable or contact.role):
        wrong.append(Problem(f"contact {place}", "is empty", "Fill it in, or remove it."))
    return wrong
