"""Users assigned to customers, one customer or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from syncd.services.register import assignment, reading
from syncd.services.register.finding import found
from syncd.services.register.seen import hold_as_seen
from syncd.web.api import shapes
from syncd.web.api.answers import Number, answers, shown
from syncd.web.api.asking import Filters
from syncd.web.api.conditions import Seen
from syncd.web.api.door import Calling
from syncd.web.api.problems import Refusal, Told
from syncd.web.api.sent import People, Reassignment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from syncd.ports.register import RegisterWork
    from syncd.ports.work import Work
    from syncd.register.access import Actor
    from syncd.services.register.assignment import Chosen, Reassigned
    from syncd.web.api.house import Caller

    Change = Callable[[RegisterWork, Actor, int, Iterable[int], Chosen], list[Reassigned]]

router = APIRouter(prefix="/customers", tags=["assignment"])

_ONE = answers(shapes.Customer, 404, 412, 428, tagged=True)
_MANY = answers(shapes.Reassigned, 404)
_WHICH = Told(
    422,
    "which_customers",
    "It is not said which customers are meant.",
    "Name them in customers, or send all: true for those that the filters find.",
)


@router.post("/assign", responses=_MANY)
def assign_many(caller: Calling, filters: Annotated[Filters, Query()], sent: Reassignment) -> JSONResponse:
    """Assign users and teams to many customers, after those assigned already; all customers or none."""
    return _many(caller, filters, sent, assignment.assign_chosen)


@router.post("/unassign", responses=_MANY)
def unassign_many(caller: Calling, filters: Annotated[Filters, Query()], sent: Reassignment) -> JSONResponse:
    """Take users and teams away from many customers; all customers or none."""
    return _many(caller, filters, sent, assignment.unassign_chosen)


@router.post("/{number}/assign", responses=_ONE)
def assign(caller: Calling, number: Number, sent: People, seen: Seen) -> JSONResponse:
    """Assign users and teams to a customer; the first one ever assigned is responsible."""
    return _one(caller, number, sent, seen, assignment.assign_chosen)


@router.post("/{number}/unassign", responses=_ONE)
def unassign(caller: Calling, number: Number, sent: People, seen: Seen) -> JSONResponse:
    """Take users and teams away from a customer; the next in order becomes responsible."""
    return _one(caller, number, sent, seen, assignment.unassign_chosen)


def _one(caller: Caller, number: str, sent: People, seen: frozenset[str], change: Change) -> JSONResponse:
    with caller.work() as work:
        held = hold_as_seen(work, caller.actor, caller.group_id, number, seen)
        change(work, caller.actor, caller.group_id, [held.id], _chosen(sent))
        return shown(reading.views(work, caller.group_id, [held])[0])


def _many(caller: Caller, filters: Filters, sent: Reassignment, change: Change) -> JSONResponse:
    if sent.all == bool(sent.customers):
        raise Refusal(_WHICH)
    with caller.work() as work:
        ids = _meant(caller, work, filters, sent)
        moved = change(work, caller.actor, caller.group_id, ids, _chosen(sent))
    changed = sum(len(one.difference.assigned) + len(one.difference.unassigned) for one in moved)
    return JSONResponse({"customers": len(ids), "changed": changed})


def _meant(caller: Caller, work: Work, filters: Filters, sent: Reassignment) -> list[int]:
    if sent.all:
        query = reading.Query(filters=filters.chosen())
        return reading.found_customers(work, caller.actor, caller.group_id, query)
    return [found(work, caller.actor, caller.group_id, number).id for number in sent.customers]


def _chosen(sent: People) -> Chosen:
    return assignment.Chosen(tuple(sent.logins), tuple(sent.teams))
