"""The contacts of a customer: added, changed, removed, listed (R-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.contacts import (
    Contact,
    changed_contact,
    check_contacts,
    contact_fields,
    parse_contact,
    pick_contact,
    with_contact,
)
from syncd.services.register.finding import author, editable, found
from syncd.services.register.foreign import nobody_leads, refuse_foreign
from syncd.services.register.masking import refuse_masks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.fields import Value
    from syncd.services.register.foreign import LedByAccounting

    Edit = Callable[[Sequence[Contact]], Sequence[Contact]]


def list_contacts(work: RegisterWork, actor: Actor, group_id: int, number: str) -> list[Contact]:
    """Return the contacts of a customer, in their order."""
    customer = found(work, actor, group_id, number)
    return work.customers.contacts([customer.id]).get(customer.id, [])


def add_contact(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    number: str,
    raw: Mapping[str, Value],
    *,
    led: LedByAccounting = nobody_leads,
) -> Local:
    """Add a contact at the end."""

    def added(contacts: Sequence[Contact]) -> Sequence[Contact]:
        refuse_masks(raw)
        return with_contact(contacts, len(contacts), parse_contact(raw))

    return _edit(work, actor, group_id, number, added, led=led)


def change_contact(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    numbered: tuple[str, str | int],
    raw: Mapping[str, Value],
    *,
    led: LedByAccounting = nobody_leads,
) -> Local:
    """Change fields of one contact. ``numbered``: the customer's number, and who of its contacts."""
    number, who = numbered

    def changed(contacts: Sequence[Contact]) -> Sequence[Contact]:
        refuse_masks(raw)
        at = pick_contact(contacts, who)
        return with_contact(contacts, at, changed_contact(contacts[at], raw))

    return _edit(work, actor, group_id, number, changed, led=led)


def remove_contact(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    numbered: tuple[str, str | int],
    *,
    led: LedByAccounting = nobody_leads,
) -> Local:
    """Take one contact away. ``numbered``: the customer's number, and who of its contacts."""
    number, who = numbered

    def removed(contacts: Sequence[Contact]) -> Sequence[Contact]:
        gone = pick_contact(contacts, who)
        return [contact for at, contact in enumerate(contacts) if at != gone]

    return _edit(work, actor, group_id, number, removed, led=led)


def set_contacts(  # noqa: PLR0913 - contacts, what their author saw, and who leads
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    number: str,
    contacts: Sequence[Contact],
    *,
    seen: int | None = None,
    led: LedByAccounting = nobody_leads,
) -> Local:
    """Replace all contacts of a customer. ``seen`` is the version the change was made on."""

    def replaced(_before: Sequence[Contact]) -> Sequence[Contact]:
        check_contacts(contacts)
        refuse_masks(contact_fields(contacts))
        return contacts

    return _edit(work, actor, group_id, number, replaced, led=led, seen=seen)


def _edit(  # noqa: PLR0913 - see above
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    number: str,
    edit: Edit,
    *,
    led: LedByAccounting,
    seen: int | None = None,
) -> Local:
    """The edit is of the contacts as they are read here: somebody who saves in between is not overwritten."""
    directions = led(group_id)  # before the transaction begins: it may read in one of its own
    customer = editable(work, actor, group_id, number)
    contacts = edit(work.customers.contacts([customer.id]).get(customer.id, []))
    fields = contact_fields(contacts)
    refuse_foreign((name for name, value in fields.items() if value != customer.fields.get(name)), directions)
    changed = work.customers.set_contacts(
        customer.id, customer.version if seen is None else seen, contacts, author(actor)
    )
    work.commit()
    return changed
