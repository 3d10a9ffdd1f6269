"""Nobody overwrites what they have not seen: a customer is changed as somebody saw it, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import ChangedMeanwhileError
from syncd.services.register.finding import found

if TYPE_CHECKING:
    from collections.abc import Container

    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor


def version_of(customer: Local) -> str:
    """Name the state of a customer. Its id is part of it: another customer may get its number one day."""
    return f"{customer.id}-{customer.version}"


def hold_as_seen(work: RegisterWork, actor: Actor, group_id: int, number: str, seen: Container[str]) -> Local:
    """Keep a customer from everybody else until the transaction ends, if it is in a state that somebody saw.

    What changes it is called in the same transaction. Raises ``UnknownCustomerError``, ``ChangedMeanwhileError``.
    """
    customer = found(work, actor, group_id, number)
    held = work.customers.hold(customer.id)
    if version_of(held) not in seen:
        raise ChangedMeanwhileError(f"Customer {held.number}")
    return held
