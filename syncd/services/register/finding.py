"""Finding the customer that somebody means, without telling about those they may not see (R-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.records import Author
from syncd.register.access import Verb, require, sight
from syncd.register.numbers import has_unprintable
from syncd.register.problems import UnknownCustomerError

if TYPE_CHECKING:
    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor


def require_sight(work: RegisterWork, actor: Actor, verb: Verb = Verb.VIEW) -> None:
    """Return when the actor may look at all; the unit of work then shows what the actor may see, and nothing else."""
    require(actor, verb)
    work.show(sight(actor))


def found(work: RegisterWork, actor: Actor, group_id: int, number: str) -> Local:
    """Return the customer. The same words for an unknown one and for one the actor may not see."""
    if has_unprintable(number):
        raise UnknownCustomerError
    work.show(sight(actor))
    customer = work.customers.find(group_id, number)
    if customer is None:
        raise UnknownCustomerError(number.strip())
    require(actor, Verb.VIEW, customer.id, number=number.strip())
    return customer


def known(work: RegisterWork, actor: Actor, group_id: int, customer_id: int) -> Local:
    """Return the customer of this id, as ``found`` does by number."""
    work.show(sight(actor))
    customer = work.customers.look_up(group_id, customer_id)
    if customer is None:
        raise UnknownCustomerError
    require(actor, Verb.VIEW, customer.id)
    return customer


def editable(work: RegisterWork, actor: Actor, group_id: int, number: str) -> Local:
    """Return a customer that the actor may change."""
    customer = found(work, actor, group_id, number)
    require(actor, Verb.EDIT, customer.id, number=number)
    return customer


def author(actor: Actor) -> Author:
    """Return the name under which the history shows what this actor does."""
    return Author(actor.login, actor.run_id)
