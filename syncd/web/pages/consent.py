"""Consent in the browser: on to the accounting system, back, and which company it is before anything is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.access import Verb
from syncd.web.pages.integrations import chosen

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

BACK = "/integrations/consent"
"""Where the accounting system sends people back to; it has to know this address."""


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows(BACK, back),
        door.takes(BACK, confirm),
        door.takes("/integrations/{name}/connect", begin),
    ]


def begin(visit: Visit) -> Response:
    """Show the way to the accounting system's own page: a link, since a form may lead nowhere else."""
    connection = chosen(visit)
    came_back_to = f"{visit.address.origin}{BACK}"
    url = visit.house.consents.begin(visit.actor, visit.group_id, connection.name, visit.who.session.id, came_back_to)
    return visit.page("consent_begin.html", connection=connection, url=url, back=came_back_to)


def back(visit: Visit) -> Response:
    """Show which company the consent is for; nothing is stored yet."""
    visit.require(Verb.INTEGRATIONS)
    address = f"{BACK}?{visit.request.url.query}"
    offered = visit.house.consents.brought_back(visit.actor, visit.who.session.id, address)
    return visit.page("consent_confirm.html", offered=offered)


def confirm(visit: Visit) -> Response:
    """Store the consent."""
    visit.require(Verb.INTEGRATIONS)
    connection = visit.house.consents.confirm(visit.actor, visit.who.session.id, visit.asked("state"))
    return visit.go(f"/integrations/{connection.name}", said="connected")
