"""Reading the register as somebody may see it: one customer, a list, a history (R-14, R-26, R-30)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.ports.customers import CustomerFilter
from syncd.register.access import Verb, require
from syncd.register.customer import display_name
from syncd.register.items import shown_items
from syncd.services.register.finding import found, require_sight
from syncd.services.register.items import lines
from syncd.services.register.vocabulary import vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.engine.state import Local
    from syncd.ports.customers import AssignedUser, CustomerLink, HistoryEntry, Place, Sort
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.contacts import Contact
    from syncd.register.facilities import Facility
    from syncd.register.fields import Value
    from syncd.register.items import ArticleLine


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer with everything around it. ``fields`` and ``items`` are what the group's settings show of them."""

    customer: Local
    fields: Mapping[str, Value]
    display_name: str
    letters: tuple[str, ...]
    contacts: tuple[Contact, ...]
    facilities: tuple[Facility, ...]
    items: tuple[ArticleLine, ...]
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
    after: Place | None = None


def show_customer(work: RegisterWork, actor: Actor, group_id: int, number: str) -> CustomerView:
    """Return one customer."""
    return views(work, group_id, [found(work, actor, group_id, number)])[0]


def list_customers(work: RegisterWork, actor: Actor, group_id: int, query: Query) -> list[CustomerView]:
    """Return the customers that a search finds, of those the actor may see."""
    require_sight(work, actor)
    asked = query.text, query.filters, query.sort, query.limit, query.offset
    page = work.customers.search(group_id, *asked, after=query.after)
    return views(work, group_id, page)


def count_customers(work: RegisterWork, actor: Actor, group_id: int, query: Query) -> int:
    """Return how many customers a search finds, of those the actor may see."""
    require_sight(work, actor)
    return work.customers.count(group_id, query.text, query.filters)


def found_customers(work: RegisterWork, actor: Actor, group_id: int, query: Query) -> list[int]:
    """Return every customer that a search finds, of those the actor may see, by id."""
    require_sight(work, actor)
    return work.customers.found_ids(group_id, query.text, query.filters)


def printable(text: str) -> str:
    """Return the text without what no database can search for."""
    return "".join(char for char in text if char.isprintable())


def listed_fields(work: RegisterWork, group_id: int) -> dict[str, str]:
    """Return the custom fields that lists show, by name, with their labels (R-25)."""
    return {one.name: one.label for one in vocabulary_of(work, group_id).custom if one.show_in_list and not one.retired}


def customer_history(
    work: RegisterWork, actor: Actor, group_id: int, number: str, limit: int | None = None
) -> list[HistoryEntry]:
    """Return what happened to a customer, newest first."""
    customer = found(work, actor, group_id, number)
    require(actor, Verb.HISTORY, customer.id)
    return work.customers.history(customer.id, limit=limit)


def views(work: RegisterWork, group_id: int, customers: Iterable[Local]) -> list[CustomerView]:
    """Return customers with everything around them."""
    page = list(customers)
    ids = [customer.id for customer in page]
    known = vocabulary_of(work, group_id)
    letters, facilities = work.customers.letters(ids), work.customers.facilities(ids)
    contacts, assigned = work.customers.contacts(ids), work.customers.assigned(ids)
    items, links = lines(work, group_id, ids), work.customers.links(ids)
    return [
        CustomerView(
            customer=c,
            fields=known.shown(c.fields),
            display_name=display_name(c.number, c.name, [f.name for f in facilities.get(c.id, ())], known.settings),
            letters=tuple(letters.get(c.id, ())),
            contacts=tuple(contacts.get(c.id, ())),
            facilities=tuple(facilities.get(c.id, ())),
            items=tuple(shown_items(items.get(c.id, ()), known.settings)),
            assigned=tuple(assigned.get(c.id, ())),
            links=tuple(links.get(c.id, ())),
        )
        for c in page
    ]
