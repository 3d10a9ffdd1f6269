"""Asking for a run, and watching it: a page that looks again by itself until the run has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.queue import Order
from syncd.services.ordering import look, order_run
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.queue import RunKind, Ticket
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

LOOK_AGAIN = 2
"""Seconds until the page of a run under way is looked at again."""

STAGES = {
    "settle": _("Looking what became of writes that were cut off"),
    "read": _("Reading from accounting"),
    "compare": _("Comparing"),
    "write": _("Writing"),
}


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.takes("/connections/{name}/sync", sync),
        door.shows("/orders/{id:int}", watch),
    ]


def sync(visit: Visit) -> Response:
    """Put a run in line, as `syncd sync` does."""
    kind: RunKind | None = "full" if visit.asked("kind") == "full" else None
    customer = visit.asked("customer") or None
    order = Order(visit.actor.login, kind, customer, dry_run=visit.asked("how") == "dry_run")
    return put_in_line(visit, visit.part("name"), order)


def put_in_line(visit: Visit, connection: str, order: Order) -> Response:
    """Order a run, and go to where it can be watched."""
    house = visit.house
    return to_ticket(visit, order_run(house.store, house.queue, visit.actor, visit.group_id, connection, order))


def to_ticket(visit: Visit, ticket: Ticket) -> Response:
    """Have the workers look at the line, and go to where the order can be watched."""
    visit.house.wake()
    return visit.go(f"/orders/{ticket.id}")


def watch(visit: Visit) -> Response:
    """How far an order has come; once it is carried out, its run."""
    house = visit.house
    ticket, connection = look(house.store, house.queue, visit.actor, visit.group_id, visit.number())
    if ticket.state == "done" and ticket.run_id is not None:
        return visit.go(f"/runs/{ticket.run_id}")
    under_way = ticket.state in {"waiting", "running"}
    stage = house.stage(connection.id) if ticket.state == "running" else None
    still = visit.asked("still") == "yes"
    return visit.page(
        "order.html",
        refresh=LOOK_AGAIN if under_way and not still else None,
        ticket=ticket,
        connection=connection,
        stage=stage,
        stage_words=visit.words.say(STAGES[stage.stage]) if stage is not None and stage.stage in STAGES else None,
        under_way=under_way,
        still=still,
    )
