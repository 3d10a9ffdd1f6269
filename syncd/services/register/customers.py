"""Adding customers and changing them (R-01 to R-07, R-15, R-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.access import Verb, require, sight
from syncd.register.numbers import NumberNotAllowedError, NumberTakenError, check_number
from syncd.register.orders import HasOrdersError
from syncd.services.register.finding import author, editable, found
from syncd.services.register.foreign import nobody_leads, refuse_foreign
from syncd.services.register.masking import refuse_masks
from syncd.services.register.vocabulary import parted, parted_draft, select_letters, vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.fields import Value
    from syncd.services.register.foreign import LedByAccounting


def add_customer(
    work: RegisterWork, actor: Actor, group_id: int, number: str | None, fields: Mapping[str, Value]
) -> Local:
    """Add a customer; without a number it gets the next one, if the group gives numbers."""
    require(actor, Verb.CREATE)
    refuse_masks(fields)
    known = vocabulary_of(work, group_id)
    new, letters = parted_draft(known, {**fields, "number": number})
    if new.number is None:
        _require_automatic(work, group_id)
    else:
        _check_number(work, actor, group_id, new.number)
    added = work.customers.insert(group_id, new.fields, new.defaulted, author(actor), new.number)
    if letters:
        added = work.customers.set_letters(added.id, select_letters(work, group_id, letters), author(actor))
    work.commit()
    return added


def suggested_number(work: RegisterWork, actor: Actor, group_id: int) -> str | None:
    """Return the number that a new customer would get now; None where the group gives none, or has none left."""
    require(actor, Verb.CREATE)
    if not work.groups.settings(group_id).generate_customer_number:
        return None
    try:
        return work.customers.next_number(group_id)
    except NumberNotAllowedError:
        return None


def change_customer(  # noqa: PLR0913 - a change, what its author saw, and who leads
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    number: str,
    changes: Mapping[str, Value],
    *,
    seen: int | None = None,
    led: LedByAccounting = nobody_leads,
) -> Local:
    """Change fields of a customer. ``seen`` is the version the change was made on, where somebody looked first."""
    directions = led(group_id)  # before the transaction begins: it may read in one of its own
    customer = editable(work, actor, group_id, number)
    refuse_masks(changes)
    cleaned, letters = _checked(work, group_id, customer, changes)
    moved = {name: value for name, value in cleaned.items() if value != customer.fields.get(name)}
    refuse_foreign(moved, directions)
    if "number" in moved:
        _check_renumber(work, actor, group_id, customer, str(moved["number"]))
    changed = work.customers.write(customer.id, seen, cleaned, author(actor))
    if letters is not None:
        changed = work.customers.set_letters(customer.id, select_letters(work, group_id, letters), author(actor))
    work.commit()
    return changed


def renumber_customer(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    numbers: tuple[str, str],
    led: LedByAccounting = nobody_leads,
) -> Local:
    """Give a customer another number: the same customer afterwards, here and in accounting (R-02)."""
    old, new = numbers
    directions = led(group_id)
    customer = found(work, actor, group_id, old)
    require(actor, Verb.RENUMBER, customer.id, number=old)
    return change_customer(work, actor, group_id, old, {"number": new}, led=lambda _: directions)


def set_active(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    number: str,
    *,
    active: bool,
    led: LedByAccounting = nobody_leads,
) -> Local:
    """Deactivate or reactivate a customer (R-15)."""
    directions = led(group_id)
    customer = found(work, actor, group_id, number)
    require(actor, Verb.DEACTIVATE, customer.id, number=number)
    return change_customer(work, actor, group_id, number, {"active": active}, led=lambda _: directions)


def delete_customer(work: RegisterWork, actor: Actor, group_id: int, number: str) -> None:
    """Take a customer out of the register; its history stays (R-16)."""
    customer = found(work, actor, group_id, number)
    require(actor, Verb.DELETE, customer.id, number=number)
    if work.orders.any_of(customer.id):
        raise HasOrdersError(customer.number)
    work.customers.delete(customer.id, author(actor))
    work.commit()


def _checked(
    work: RegisterWork, group_id: int, customer: Local, changes: Mapping[str, Value]
) -> tuple[dict[str, Value], list[str] | None]:
    selected = work.customers.letters([customer.id]).get(customer.id, ())
    known = vocabulary_of(work, group_id)
    return parted(known.cleaned(changes, country=_country(customer), selected=selected))


def _require_automatic(work: RegisterWork, group_id: int) -> None:
    if not work.groups.settings(group_id).generate_customer_number:
        raise NumberNotAllowedError(
            reason="is missing, and this group gives no numbers by itself",
            remedy="Type a number, or switch the setting generate_customer_number on.",
        )


def _check_renumber(work: RegisterWork, actor: Actor, group_id: int, customer: Local, number: str) -> None:
    require(actor, Verb.RENUMBER, customer.id, number=customer.number)
    _check_number(work, actor, group_id, number)


def _check_number(work: RegisterWork, actor: Actor, group_id: int, number: str) -> None:
    settings = work.groups.settings(group_id)
    minimum, maximum = settings.customer_number_min_length, settings.customer_number_max_length
    checked = check_number(number, minimum=minimum, maximum=maximum)
    if work.customers.taken_numbers(group_id, [checked]):
        work.show(sight(actor))
        holder = work.customers.find(group_id, checked)
        raise NumberTakenError(number, holder.name if holder is not None else None)


def _country(customer: Local) -> str | None:
    country = customer.fields.get("invoice_country")
    return country if isinstance(country, str) else None
