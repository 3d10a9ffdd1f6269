"""The contacts, facilities and articles of a customer. Their address is their place in the list: 1 is the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import JSONResponse

from syncd.engine.state import Local
from syncd.ports.work import Work
from syncd.services.register import contacts, facilities, items
from syncd.services.register.finding import found
from syncd.services.register.foreign import LedByAccounting
from syncd.services.register.masking import masked
from syncd.services.register.seen import hold_as_seen, version_of
from syncd.web.api import shapes
from syncd.web.api.answers import Number, answers
from syncd.web.api.conditions import Seen
from syncd.web.api.door import Calling
from syncd.web.api.house import Caller
from syncd.web.api.sent import ContactFields, FacilityFields, ItemFields

router = APIRouter(prefix="/customers/{number}", tags=["contacts, facilities, articles"])

Place = Annotated[int, Path(ge=1, le=1_000_000)]
_Entries = Callable[[Work, Any, int, str], list[Any]]

_CONTACTS = answers(list[shapes.ListedContact], 404, tagged=True)
_CONTACTS_CHANGED = answers(list[shapes.ListedContact], 404, 409, 412, 428, tagged=True)
_FACILITIES = answers(list[shapes.ListedFacility], 404, tagged=True)
_FACILITIES_CHANGED = answers(list[shapes.ListedFacility], 404, 409, 412, 428, tagged=True)
_ITEMS = answers(list[shapes.ListedItem], 404, tagged=True)
_ITEMS_CHANGED = answers(list[shapes.ListedItem], 404, 409, 412, 428, tagged=True)


@router.get("/contacts", responses=_CONTACTS)
def list_contacts(caller: Calling, number: Number) -> JSONResponse:
    """List the people to reach at a customer."""
    return _listed(caller, number, contacts.list_contacts)


@router.post("/contacts", responses=_CONTACTS_CHANGED)
def add_contact(caller: Calling, number: Number, sent: ContactFields, seen: Seen) -> JSONResponse:
    """Add a contact at the end."""
    change = partial(contacts.add_contact, number=number, raw=sent.typed())
    return _changed(caller, number, seen, contacts.list_contacts, change, led=True)


@router.patch("/contacts/{place}", responses=_CONTACTS_CHANGED)
def change_contact(caller: Calling, number: Number, place: Place, sent: ContactFields, seen: Seen) -> JSONResponse:
    """Change fields of a contact; `accounting` makes it the one that accounting knows."""
    change = partial(contacts.change_contact, numbered=(number, place), raw=sent.typed())
    return _changed(caller, number, seen, contacts.list_contacts, change, led=True)


@router.delete("/contacts/{place}", responses=_CONTACTS_CHANGED)
def remove_contact(caller: Calling, number: Number, place: Place, seen: Seen) -> JSONResponse:
    """Take a contact away; those after it move up."""
    change = partial(contacts.remove_contact, numbered=(number, place))
    return _changed(caller, number, seen, contacts.list_contacts, change, led=True)


@router.get("/facilities", responses=_FACILITIES)
def list_facilities(caller: Calling, number: Number) -> JSONResponse:
    """List the places where work is done for a customer."""
    return _listed(caller, number, facilities.list_facilities)


@router.post("/facilities", responses=_FACILITIES_CHANGED)
def add_facility(caller: Calling, number: Number, sent: FacilityFields, seen: Seen) -> JSONResponse:
    """Add a facility at the end."""
    change = partial(facilities.add_facility, number=number, raw=sent.typed())
    return _changed(caller, number, seen, facilities.list_facilities, change)


@router.patch("/facilities/{place}", responses=_FACILITIES_CHANGED)
def change_facility(caller: Calling, number: Number, place: Place, sent: FacilityFields, seen: Seen) -> JSONResponse:
    """Change fields of a facility."""
    change = partial(facilities.change_facility, numbered=(number, place), raw=sent.typed())
    return _changed(caller, number, seen, facilities.list_facilities, change)


@router.delete("/facilities/{place}", responses=_FACILITIES_CHANGED)
def remove_facility(caller: Calling, number: Number, place: Place, seen: Seen) -> JSONResponse:
    """Take a facility away; orders keep its name."""
    change = partial(facilities.remove_facility, numbered=(number, place))
    return _changed(caller, number, seen, facilities.list_facilities, change)


@router.get("/items", responses=_ITEMS)
def list_items(caller: Calling, number: Number) -> JSONResponse:
    """List the articles placed on a customer, which its new orders begin with."""
    return _listed(caller, number, items.list_items)


@router.post("/items", responses=_ITEMS_CHANGED)
def add_item(caller: Calling, number: Number, sent: ItemFields, seen: Seen) -> JSONResponse:
    """Place an article at the end."""
    return _changed(caller, number, seen, items.list_items, partial(items.add_item, number=number, raw=sent.typed()))


@router.patch("/items/{place}", responses=_ITEMS_CHANGED)
def change_item(caller: Calling, number: Number, place: Place, sent: ItemFields, seen: Seen) -> JSONResponse:
    """Change what was agreed about an article."""
    change = partial(items.change_item, numbered=(number, str(place)), raw=sent.typed())
    return _changed(caller, number, seen, items.list_items, change)


@router.delete("/items/{place}", responses=_ITEMS_CHANGED)
def remove_item(caller: Calling, number: Number, place: Place, seen: Seen) -> JSONResponse:
    """Take an article away; orders keep what they copied."""
    change = partial(items.remove_item, numbered=(number, str(place)))
    return _changed(caller, number, seen, items.list_items, change)


def _listed(caller: Caller, number: str, entries: _Entries) -> JSONResponse:
    with caller.reading() as work:
        customer = found(work, caller.actor, caller.group_id, number)
        return _told(customer, entries(work, caller.actor, caller.group_id, number))


def _changed(
    caller: Caller,
    number: str,
    seen: frozenset[str],
    entries: _Entries,
    change: Callable[..., Local],
    *,
    led: bool = False,
) -> JSONResponse:
    directions: dict[str, LedByAccounting] = {"led": caller.led()} if led else {}
    with caller.work() as work:
        hold_as_seen(work, caller.actor, caller.group_id, number, seen)
        changed = change(work, caller.actor, caller.group_id, **directions)
        return _told(changed, entries(work, caller.actor, caller.group_id, changed.number))


def _told(customer: Local, entries: list[Any]) -> JSONResponse:
    documents = [{"place": place, **masked(None, asdict(one))} for place, one in enumerate(entries, 1)]
    return JSONResponse(documents, headers={"ETag": f'"{version_of(customer)}"'})
