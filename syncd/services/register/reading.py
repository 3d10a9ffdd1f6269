"""Reading the register as somebody may see it: one customer, a list, a history (R-14, R-26, R-30)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.ports.register import CustomerFilter
from syncd.register.access import Verb, require, visible
from syncd.services.register.finding import found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.engine.state import Local
    from syncd.ports.register import AssignedUser, CustomerLink, HistoryEntry, RegisterWork, Sort
    from syncd.register.access import Actor
    from syncd.register.contacts import Contact

_NOBODY = 0


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer with everything around it."""

    customer: Local
    contacts: tuple[Contact, ...]
    assigned: tuple[AssignedUser, ...]
    links: tuple[CustomerLink, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What a list asks for. Without a limit, everything."""

    text: str = ""
    filters: CustomerFilter = field(default_factory=CustomerFilter)
    sort: Sort = "name"
    limit: int | None = None
    offset: int = 0


def show_customer(work: RegisterWork, actor: Actor, group_id: int, number: str) -> CustomerView:
    """Return one customer."""
    return views(work, [found(work, actor, group_id, number)])[0]


def list_customers(work: RegisterWork, actor: Actor, group_id: int, query: Query) -> list[CustomerView]:
    """Return the customers that a search finds, of those the actor may see."""
    require(actor, Verb.VIEW)
    page = work.customers.search(
        group_id,
        query.text,
        query.filters,
        query.sort,
        query.limit,
        query.offset,
        only_assigned_to=_only_assigned_to(actor),
    )
    return views(work, page)


def count_customers(work: RegisterWork, actor: Actor, group_id: int, query: Query) -> int:
    """Return how many customers a search finds, of those the actor may see."""
    require(actor, Verb.VIEW)
    return work.customers.count(group_id, query.text, query.filters, only_assigned_to=_only_assigned_to(actor))


def customer_history(
    work: RegisterWork, actor: Actor, group_id: int, number: str, limit: int | None = None
) -> list[HistoryEntry]:
    """Return what happened to a customer, newest first."""
    return work.customers.history(found(work, actor, group_id, number).id, limit=limit)


def views(work: RegisterWork, customers: Iterable[Local]) -> list[CustomerView]:
    """Return customers with everything around them."""
    page = list(customers)
    ids = [customer.id for customer in page]
    contacts, assigned = work.customers.contacts(ids), work.customers.assigned(ids)
    links = work.customers.links(ids)
    return [
        CustomerView(c, tuple(contacts.get(c.id, ())), tuple(assigned.get(c.id, ())), tuple(links.get(c.id, ())))
        for c in page
    ]


def _only_assigned_to(actor: Actor) -> int | None:
    return None if visible(actor) is None else actor.user_id or _NOBODY
