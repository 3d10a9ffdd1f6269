"""The facilities of a customer: added, changed, removed, listed (R-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.facilities import (
    Facility,
    changed_facility,
    check_facilities,
    parse_facility,
    pick_facility,
)
from syncd.services.register.finding import author, editable, found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.fields import Value


def list_facilities(work: RegisterWork, actor: Actor, group_id: int, number: str) -> list[Facility]:
    """Return the facilities of a customer, in their order."""
    return _known(work, found(work, actor, group_id, number))


def add_facility(work: RegisterWork, actor: Actor, group_id: int, number: str, raw: Mapping[str, Value]) -> Local:
    """Add a facility at the end."""
    customer = editable(work, actor, group_id, number)
    return _save(work, actor, customer, [*_known(work, customer), parse_facility(raw)])


def change_facility(
    work: RegisterWork, actor: Actor, group_id: int, numbered: tuple[str, str | int], raw: Mapping[str, Value]
) -> Local:
    """Change fields of one facility. ``numbered``: the customer's number, and which facility."""
    number, which = numbered
    customer = editable(work, actor, group_id, number)
    known = _known(work, customer)
    at = pick_facility(known, which)
    return _save(work, actor, customer, [*known[:at], changed_facility(known[at], raw), *known[at + 1 :]])


def remove_facility(work: RegisterWork, actor: Actor, group_id: int, numbered: tuple[str, str | int]) -> Local:
    """Take one facility away; orders keep its name. ``numbered``: the customer's number, and which facility."""
    number, which = numbered
    customer = editable(work, actor, group_id, number)
    known = _known(work, customer)
    gone = pick_facility(known, which)
    return _save(work, actor, customer, [facility for at, facility in enumerate(known) if at != gone])


def _known(work: RegisterWork, customer: Local) -> list[Facility]:
    return work.customers.facilities([customer.id]).get(customer.id, [])


def _save(work: RegisterWork, actor: Actor, customer: Local, facilities: Sequence[Facility]) -> Local:
    check_facilities(facilities)
    changed = work.customers.set_facilities(customer.id, customer.version, facilities, author(actor))
    work.commit()
    return changed
