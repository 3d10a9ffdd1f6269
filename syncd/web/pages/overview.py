"""The first page: where each connection stands, in words, and what waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.access import Verb, may
from syncd.services import runs
from syncd.web.pages import orders
from syncd.web.pages.charts import run_chart
from syncd.web.pages.standing import described

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

_CHARTED = 40
_WHILE_RUNNING = 5
"""Seconds until the overview is looked at again while something runs."""


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [door.shows("/", show)]


def show(visit: Visit) -> Response:
    """Every connection of the group, and its latest runs; to somebody of a customer, that customer's orders."""
    if visit.actor.customer_id is not None:
        return orders.own(visit)
    document = visit.house.standing(visit.group_id)
    connections = [described(one, visit.words, visit.now) for one in document["connections"]]
    charts = {}
    if may(visit.actor, Verb.SYNC):
        for one in connections:
            latest = runs.list_runs(visit.store, visit.actor, visit.group_id, one.name, _CHARTED)
            charts[one.name] = run_chart(latest, visit.words)
    busy = any(one.busy for one in connections) and visit.asked("still") != "yes"
    return visit.page(
        "overview.html",
        refresh=_WHILE_RUNNING if busy else None,
        connections=connections,
        charts=charts,
        daemon=document["daemon"],
        refreshes=busy,
    )
