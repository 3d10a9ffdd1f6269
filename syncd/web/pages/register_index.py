"""Where everything around the customers is kept: one page with the way to each, for whoever may go there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.access import Verb, may
from syncd.services.register.managing import CUSTOMER_USER_VERBS
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.register.access import Actor
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

PLACES: tuple[tuple[str, str, str, tuple[Verb, ...]], ...] = (
    ("/discount-letters", _("Discount letters"), _("What customers can be given; several each."), (Verb.CHOOSE,)),
    ("/articles", _("Articles"), _("What service and work orders begin with."), (Verb.CHOOSE,)),
    ("/custom-fields", _("Custom fields"), _("Fields of your own on every customer."), (Verb.CHOOSE,)),
    (
        "/users",
        _("Users"),
        _("Colleagues and people of customers: who they are and what they may."),
        (Verb.USERS, Verb.ASSIGN, *CUSTOMER_USER_VERBS),
    ),
    ("/teams", _("Teams"), _("Users who are shown together where somebody is assigned."), (Verb.USERS, Verb.ASSIGN)),
    (
        "/upload",
        _("Registers as files"),
        _("Upload registers from CSV or Excel, and take them away."),
        (Verb.UPLOAD, Verb.EXPORT),
    ),
    (
        "/personal",
        _("Personal data"),
        _("Hand out, or erase, all that is held on a customer."),
        (Verb.ERASE,),
    ),
    ("/settings", _("Settings"), _("Customer numbers, lists, orders, language."), (Verb.CHOOSE,)),
)
"""Address, name, what it is, and the rights of which one is needed."""


def places(actor: Actor) -> list[tuple[str, str, str]]:
    """Where somebody may go."""
    found = ((path, name, about) for path, name, about, verbs in PLACES if any(may(actor, verb) for verb in verbs))
    return [one for one in found if actor.customer_id is None or one[0] == "/users"]


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [door.shows("/register", show)]


def show(visit: Visit) -> Response:
    """The ways."""
    return visit.page("register.html", ways=places(visit.actor))
