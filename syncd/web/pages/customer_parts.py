"""What a customer has several of: contacts, facilities, articles. Each is added, changed and taken away alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from syncd.errors import NotFoundError, RefusedError
from syncd.register.access import Verb, require
from syncd.register.catalogues import ARTICLES
from syncd.register.contacts import CONTACT_COLUMNS
from syncd.register.facilities import FACILITY_COLUMNS
from syncd.register.items import ITEM_COLUMNS
from syncd.services.register import contacts, facilities, items, shapes
from syncd.services.register.seen import version_of
from syncd.web.pages.customer import view_of
from syncd.web.pages.customer_acts import as_seen
from syncd.web.pages.faults import NothingHereError
from syncd.web.pages.field_words import part_called
from syncd.web.pages.inputs import Section, changed, filled, input_of, outdated, typed
from syncd.web.pages.staff import for_staff
from syncd.web.pages.words import _
from syncd.web.pages.wrong import Wrong, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.work import Work
    from syncd.register.access import Actor
    from syncd.register.fields import Field, Value
    from syncd.services.register.foreign import LedByAccounting
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

    Add = Callable[[Work, Actor, int, str, Mapping[str, Value], LedByAccounting], object]
    Change = Callable[[Work, Actor, int, tuple[str, str], Mapping[str, Value], LedByAccounting], object]
    Remove = Callable[[Work, Actor, int, tuple[str, str], LedByAccounting], object]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of them. ``known`` reads a customer's, in their order; they are meant by their place in it."""

    path: str
    title: str
    adding: str
    fields: Mapping[str, Field]
    known: Callable[[Work, int], Sequence[Any]]
    add: Add
    change: Change
    remove: Remove
    helps: Mapping[str, str]


PARTS = (
    Part(
        "contacts",
        _("Contact"),
        _("Add a contact"),
        CONTACT_COLUMNS,
        lambda work, one: work.customers.contacts([one]).get(one, []),
        lambda work, actor, group, number, raw, led: contacts.add_contact(work, actor, group, number, raw, led=led),
        lambda work, actor, group, meant, raw, led: contacts.change_contact(
            work, actor, group, (meant[0], int(meant[1])), raw, led=led
        ),
        lambda work, actor, group, meant, led: contacts.remove_contact(
            work, actor, group, (meant[0], int(meant[1])), led=led
        ),
        {"accounting": _("The one contact that the accounting system holds.")},
    ),
    Part(
        "facilities",
        _("Facility"),
        _("Add a facility"),
        FACILITY_COLUMNS,
        lambda work, one: work.customers.facilities([one]).get(one, []),
        lambda work, actor, group, number, raw, _led: facilities.add_facility(work, actor, group, number, raw),
        lambda work, actor, group, meant, raw, _led: facilities.change_facility(
            work, actor, group, (meant[0], int(meant[1])), raw
        ),
        lambda work, actor, group, meant, _led: facilities.remove_facility(
            work, actor, group, (meant[0], int(meant[1]))
        ),
        {},
    ),
    Part(
        "articles",
        _("Article"),
        _("Add an article"),
        ITEM_COLUMNS,
        lambda work, one: work.customers.items([one]).get(one, []),
        lambda work, actor, group, number, raw, _led: items.add_item(work, actor, group, number, raw),
        lambda work, actor, group, meant, raw, _led: items.change_item(work, actor, group, meant, raw),
        lambda work, actor, group, meant, _led: items.remove_item(work, actor, group, meant),
        {
            "kind": _("On which orders it is put by itself."),
            "text": _("Leave it empty for the article's own text."),
            "price": _("Leave it empty for the article's own price."),
        },
    ),
)


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [route for part in PARTS for route in _routes(door, part)]


def _routes(door: Door, part: Part) -> list[Route]:
    base = f"/customers/{{id:int}}/{part.path}"
    return [
        door.shows(f"{base}/add", for_staff(partial(_asking, part=part))),
        door.takes(f"{base}/add", for_staff(partial(_save, part=part))),
        door.shows(f"{base}/{{place:int}}", for_staff(partial(_asking, part=part))),
        door.takes(f"{base}/{{place:int}}", for_staff(partial(_save, part=part))),
        door.takes(f"{base}/{{place:int}}/remove", for_staff(partial(_remove, part=part))),
    ]


def _place(visit: Visit) -> int:
    """The place that the address names, counted from one; 0 for a new one."""
    return visit.number("place") if "place" in visit.request.path_params else 0


def _entry(known: Sequence[Any], place: int) -> Mapping[str, Value]:
    """The entry at a place, as fields. Raises ``NothingHereError``."""
    if place == 0:
        return {}
    if place > len(known):
        raise NothingHereError
    return asdict(known[place - 1])


def _asking(visit: Visit, part: Part, why: Wrong | None = None) -> Response:
    with visit.reading() as work:
        view = view_of(visit, work)
        require(visit.actor, Verb.EDIT, view.customer.id)
        entry = _entry(part.known(work, view.customer.id), _place(visit))
        articles = work.catalogues.list(visit.group_id, ARTICLES) if part.fields is ITEM_COLUMNS else []
    form = _section(visit, part, entry, tuple(one.key for one in articles))
    if why is not None:
        sent, problems = typed(visit, part.fields), {one.field: one for one in why.problems}
        form = outdated(form, sent) if why.outdated else filled(form, sent, problems)
    return visit.page(
        "customer_part.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        form=form,
        title=visit.words.say(part.title if _place(visit) else part.adding),
        customer=shapes.customer(view),
        id=view.customer.id,
        seen=version_of(view.customer),
        there=_place(visit) > 0,
    )


def _section(visit: Visit, part: Part, entry: Mapping[str, Value], articles: tuple[str, ...]) -> Section:
    words = visit.words
    return Section(
        words.say(part.title),
        tuple(
            replace(
                input_of(field, entry.get(name), words, part_called(name, words), ticked=True),
                help=words.say(part.helps[name]) if name in part.helps else "",
                suggested=articles if name == "article" else (),
            )
            for name, field in part.fields.items()
        ),
    )


def _save(visit: Visit, part: Part) -> Response:
    """Add the entry, or store what was changed of it."""
    directions, place = visit.led(), _place(visit)
    try:
        with visit.work() as work:
            held = as_seen(visit, work)
            require(visit.actor, Verb.EDIT, held.id)
            changes = changed(typed(visit, part.fields), _entry(part.known(work, held.id), place))
            if place and changes:
                meant = held.number, str(place)
                part.change(work, visit.actor, visit.group_id, meant, changes, directions)
            elif not place:
                part.add(work, visit.actor, visit.group_id, held.number, changes, directions)
    except NotFoundError:
        raise
    except RefusedError as error:
        return _asking(visit, part, wrong(error, visit))
    return visit.go(f"/customers/{visit.number()}", said="customer_saved")


def _remove(visit: Visit, part: Part) -> Response:
    """Take the entry away."""
    directions = visit.led()
    try:
        with visit.work() as work:
            held = as_seen(visit, work)
            require(visit.actor, Verb.EDIT, held.id)
            _entry(part.known(work, held.id), _place(visit))
            part.remove(work, visit.actor, visit.group_id, (held.number, str(_place(visit))), directions)
    except NotFoundError:
        raise
    except RefusedError as error:
        return _asking(visit, part, wrong(error, visit))
    return visit.go(f"/customers/{visit.number()}", said="customer_saved")
