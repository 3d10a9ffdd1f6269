"""A customer's page: everything that is known of it, and what may be done with it (R-01 to R-25)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.ports.orders import OrderQuery
from syncd.ports.protocols import ProtocolQuery
from syncd.register.access import Verb, may
from syncd.register.custom_fields import PREFIX
from syncd.register.fields import ADDRESS_PARTS, ADDRESSES
from syncd.register.orders import OrderKind
from syncd.services import conflicts
from syncd.services.register import items, masking, orders, protocols, reading, shapes
from syncd.services.register.finding import known
from syncd.services.register.managing import CUSTOMER_USER_VERBS
from syncd.services.register.seen import version_of
from syncd.services.register.vocabulary import vocabulary_of
from syncd.web.pages.customer_sections import GROUPS, HEADER
from syncd.web.pages.field_words import LETTERS, called
from syncd.web.pages.history_words import kind_of, told_entry
from syncd.web.pages.order_words import KINDS, order_row
from syncd.web.pages.pieces import pieces
from syncd.web.pages.protocol_rows import protocol_row
from syncd.web.pages.staff import for_staff
from syncd.web.pages.values import shown
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.work import Work
    from syncd.register.custom_fields import CustomField
    from syncd.register.items import ArticleLine
    from syncd.services.register.protocols import ProtocolView
    from syncd.services.register.reading import CustomerView
    from syncd.web.pages.door import Door
    from syncd.web.pages.order_words import OrderRow
    from syncd.web.pages.visit import Visit

FEW = 10
"""How many of a list the page shows; the rest is behind *view all* (R-12)."""

LINK_STATES = {"linked": _("Linked"), "ended": _("Link ended"), "waiting": _("Waits for the next run")}

_ACTS = (
    "EDIT",
    "DEACTIVATE",
    "DELETE",
    "ASSIGN",
    "ADD_ORDER",
    "RENUMBER",
    "UNMASK",
    "ERASE",
    "HISTORY",
    "FILES",
    "ATTACH_FILE",
    "DELETE_FILE",
)


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/customers/{id:int}", for_staff(show)),
        door.takes("/customers/{id:int}/personal", for_staff(show_personal)),
        door.shows("/customers/{id:int}/history", for_staff(history)),
    ]


def show(visit: Visit) -> Response:
    """The customer, with personal identity numbers masked."""
    with visit.reading() as work:
        return card(visit, work, personal=False)


def show_personal(visit: Visit) -> Response:
    """The same with whole numbers, once: that somebody saw them stands in the history (R-07)."""
    with visit.work() as work:
        customer = known(work, visit.actor, visit.group_id, visit.number())
        masking.reveal(work, visit.actor, [customer.id])
    with visit.reading() as work:
        return card(visit, work, personal=True)


def view_of(visit: Visit, work: Work) -> CustomerView:
    """The customer that the address names, with everything around it. Raises ``UnknownCustomerError``."""
    return reading.views(work, visit.group_id, [known(work, visit.actor, visit.group_id, visit.number())])[0]


@dataclass(frozen=True, slots=True)
class Facts:
    """Filled fields beneath one heading, in words."""

    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of the customer's: its newest ones, and how many there are."""

    kind: str
    title: str
    adding: str
    rows: tuple[OrderRow, ...]
    total: int


def card(visit: Visit, work: Work, *, personal: bool) -> Response:
    """The page, on what this unit of work sees."""
    view = view_of(visit, work)
    document = shapes.customer(view, personal=personal)
    own = own_fields(visit, work)
    lines = work.customers.history(view.customer.id, limit=FEW + 1)
    return visit.page(
        "customer.html",
        customer=document,
        id=view.customer.id,
        seen=version_of(view.customer),
        can={act: may(visit.actor, Verb[act], view.customer.id) for act in _ACTS},
        personal=personal,
        users_shown=any(may(visit.actor, verb, view.customer.id) for verb in CUSTOMER_USER_VERBS),
        header=_facts(document, (*HEADER[:3], LETTERS, *_own(document), *HEADER[3:]), own, visit),
        facts=[Facts(visit.words.say(title), _facts(document, names, own, visit)) for title, names in GROUPS],
        addresses=[(called(f"{kind}_address", visit.words), _address(document, kind)) for kind in ADDRESSES],
        lists=[_listed(visit, work, view.customer.id, kind) for kind in OrderKind],
        protocols=[protocol_row(one, visit.words) for one in _protocols(visit, work, view.customer.id)],
        protocols_total=work.protocols.count(visit.group_id, ProtocolQuery(customer_id=view.customer.id)),
        history=[told_entry(line, visit.words, own, personal=personal) for line in lines[:FEW]],
        more_history=len(lines) > FEW,
        articles=[(place, masking.masked(None, shapes.item(one))) for place, one in _articles(visit, work, view)],
        files=work.files.of(view.customer.id),
        link_states=LINK_STATES,
        conflicts=_conflicts(visit, document["number"]),
    )


def own_fields(visit: Visit, work: Work) -> dict[str, CustomField]:
    """The group's own fields by name, retired ones, too."""
    return {one.name: one for one in vocabulary_of(work, visit.group_id).custom}


def _own(document: Mapping[str, Any]) -> Iterable[str]:
    return (name for name in document if name.startswith(PREFIX))


def _facts(
    document: Mapping[str, Any], names: Iterable[str], own: Mapping[str, CustomField], visit: Visit
) -> tuple[tuple[str, str], ...]:
    words = visit.words
    held = [(name, document[name]) for name in names if document.get(name) not in (None, "", [])]
    return tuple(
        (
            own[name].label if name in own else called(name, words),
            words.list(value) if isinstance(value, list) else shown(name, value, words, kind_of(name, own)),
        )
        for name, value in held
    )


def _address(document: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    part = {name: document.get(f"{kind}_{name}") for name in ADDRESS_PARTS}
    place = " ".join(str(part[name]) for name in ("postal_code", "city") if part[name])
    return tuple(str(line) for line in (part["line1"], part["line2"], place, part["country"]) if line)


def _listed(visit: Visit, work: Work, customer_id: int, kind: OrderKind) -> Listed:
    query = OrderQuery(customer_id=customer_id, kind=kind, sort="-date", limit=FEW)
    found = orders.list_orders(work, visit.actor, visit.group_id, query)
    total = orders.count_orders(work, visit.actor, visit.group_id, query)
    _one, several, adding = map(visit.words.say, KINDS[kind])
    return Listed(kind, several, adding, tuple(order_row(one, visit.words) for one in found), total)


def _protocols(visit: Visit, work: Work, customer_id: int) -> list[ProtocolView]:
    query = ProtocolQuery(customer_id=customer_id, sort="-date", limit=FEW)
    return protocols.list_protocols(work, visit.actor, visit.group_id, query)


def _articles(visit: Visit, work: Work, view: CustomerView) -> list[tuple[int, ArticleLine]]:
    """What is placed on the customer and shown by the group's view settings, each with its place among all (R-24)."""
    everything = items.list_items(work, visit.actor, visit.group_id, view.customer.number)
    return [(place, line) for place, line in enumerate(everything, 1) if line in view.items]


def _conflicts(visit: Visit, number: str) -> list[Any]:
    """The customer's open questions, for whoever may answer them."""
    if not may(visit.actor, Verb.RESOLVE):
        return []
    return list(conflicts.list_conflicts(visit.store, visit.actor, visit.group_id, {"customer": number}))


def history(visit: Visit) -> Response:
    """Everything that happened to the customer, newest first (R-14)."""
    with visit.reading() as work:
        view = view_of(visit, work)
        lines = reading.customer_history(work, visit.actor, visit.group_id, view.customer.number)
        own = own_fields(visit, work)
    rows = pieces(lines, visit)
    told = [told_entry(line, visit.words, own) for line in rows.items]
    return visit.page(
        "customer_history.html", customer=shapes.customer(view), id=view.customer.id, rows=rows, told=told
    )
