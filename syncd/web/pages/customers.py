"""The list of customers: searched, narrowed, sorted, page by page (R-20, R-21, R-30)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.register.access import Verb, may
from syncd.services.register import reading, shapes
from syncd.services.register.users import list_users
from syncd.services.register.vocabulary import vocabulary_of
from syncd.web.pages.customer_query import ME, NOBODY, asked_query, narrowed, same_search, search_text, typed_search
from syncd.web.pages.field_words import called
from syncd.web.pages.pieces import SIZE, page_number, piece
from syncd.web.pages.staff import for_staff
from syncd.web.pages.values import shown
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.work import Work
    from syncd.register.custom_fields import CustomField
    from syncd.services.register.reading import CustomerView
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.words import Words

LONGEST_CELL = 40
"""Characters of a field in the list; the customer's page has all of it."""

COLUMNS = ("type", "organisation_number", "invoice_city", "phone")


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/customers", for_staff(index)),
        door.takes("/customers/search", for_staff(search)),
    ]


def search(visit: Visit) -> Response:
    """From the form to an address that can be gone back to."""
    return visit.go("/customers", **typed_search(visit))


def index(visit: Visit) -> Response:
    """One page of the customers that are asked for."""
    start = (page_number(visit) - 1) * SIZE
    with visit.reading() as work:
        found = reading.list_customers(work, visit.actor, visit.group_id, asked_query(visit, limit=SIZE, offset=start))
        total = reading.count_customers(work, visit.actor, visit.group_id, asked_query(visit))
        custom = vocabulary_of(work, visit.group_id).custom
        numbered = work.groups.settings(visit.group_id).include_number_in_display_name
        people = _people(work, visit)
    own = {one.name: one for one in custom if one.show_in_list and not one.retired}
    rows = [row(view, own, visit.words, numbered=numbered) for view in found]
    return visit.page(
        "customers.html",
        rows=piece(rows, visit, start=start, total=total),
        columns={name: called(name, visit.words) for name in COLUMNS},
        own=[one.label for one in own.values()],
        numbered=numbered,
        sort=asked_query(visit).sort,
        search=search_text(visit),
        narrowed=narrowed(visit),
        kept=same_search(visit),
        people=people,
    )


def _people(work: Work, visit: Visit) -> list[tuple[str, str]]:
    """Whose customers can be asked for: others by those who assign them."""
    words = visit.words
    own = [(ME, words.say(_("Me"))), (NOBODY, words.say(_("Nobody")))]
    if not (may(visit.actor, Verb.ASSIGN) or may(visit.actor, Verb.USERS)):
        return own
    known = [one for one in list_users(work, visit.actor, visit.group_id) if one.customer_id is None]
    return own + [(one.login, one.name) for one in known if one.id != visit.actor.user_id]


@dataclass(frozen=True, slots=True)
class Row:
    """A customer in the list."""

    id: int
    number: str
    name: str
    active: bool
    cells: tuple[str, ...]
    assigned: str
    accounting: tuple[str, ...]


def row(view: CustomerView, own: Mapping[str, CustomField], words: Words, *, numbered: bool) -> Row:
    """A customer as a row: personal identity numbers are masked; where the name holds the number it stands above."""
    document = shapes.customer(view)
    number, name = str(document["number"]), str(document["display_name"])
    return Row(
        id=view.customer.id,
        number=number,
        name=name.removeprefix(f"{number} ") if numbered else name,
        active=document["active"] is True,
        cells=(*(_cell(document, name, "", words) for name in COLUMNS), *_own(document, own, words)),
        assigned=words.list(one.name for one in view.assigned),
        accounting=tuple(one.connection for one in view.links if one.state == "linked"),
    )


def _own(document: Mapping[str, Any], own: Mapping[str, CustomField], words: Words) -> Iterator[str]:
    return (_cell(document, name, one.field.kind, words) for name, one in own.items())


def _cell(document: Mapping[str, Any], field: str, kind: str, words: Words) -> str:
    value = document.get(field)
    text = "" if value is None else shown(field, value, words, kind)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
