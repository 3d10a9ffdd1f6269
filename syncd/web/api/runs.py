"""Runs: asked for, followed, looked back at; and where everything stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from syncd.ports.queue import Order
from syncd.register.access import Verb, require
from syncd.services import ordering, runs, undo
from syncd.services.standing import run_shape, ticket_shape
from syncd.services.sync.attempts import attempt_of
from syncd.services.wishes import made_once
from syncd.web.api import sync_shapes as shapes
from syncd.web.api.answers import Cursor, Id, address, answers
from syncd.web.api.asking import FEW, MANY
from syncd.web.api.conditions import Once, repeated
from syncd.web.api.door import Calling
from syncd.web.api.sent import Trigger, Undoing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.ports.queue import Ticket
    from syncd.ports.records import ConnectionInfo
    from syncd.ports.wishes import Wish
    from syncd.web.api.house import Caller

router = APIRouter(tags=["runs"])

Name = Annotated[str, Path(max_length=200), AfterValidator(unquote)]


class Listing(BaseModel):
    """What a list of runs asks for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    connection: str | None = Field(None, max_length=200)
    limit: int = Field(FEW, ge=1, le=MANY)
    cursor: Cursor = None


@router.get("/runs", responses=answers(shapes.Runs, 404))
def list_runs(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
    """List runs, newest first (administrators only, as everything about runs)."""
    found = runs.list_runs(
        caller.house.store, caller.actor, caller.group_id, asked.connection, asked.limit, before=asked.cursor
    )
    last = found[-1].id if len(found) == asked.limit else None
    return JSONResponse({"runs": [run_shape(one) for one in found], "next": last})


@router.get("/runs/{run}", responses=answers(shapes.Run, 404))
def show_run(caller: Calling, run: Id) -> JSONResponse:
    """Show how a run ended."""
    info, _lines = runs.show(caller.house.store, caller.actor, caller.group_id, run)
    return JSONResponse(run_shape(info))


@router.get("/runs/{run}/report", responses=answers(shapes.Report, 404))
def show_report(caller: Calling, run: Id) -> JSONResponse:
    """Show what a run planned or did, action by action."""
    info, _lines = runs.show(caller.house.store, caller.actor, caller.group_id, run)
    return JSONResponse(attempt_of(caller.house.store, caller.actor, info).document)


@router.post("/runs/{run}/approve", status_code=202, responses=answers(shapes.Ticket, 404, 409, status=202))
def approve_run(caller: Calling, run: Id) -> JSONResponse:
    """Order exactly the plan that this run held; a plan that changed since is held anew."""
    house = caller.house
    return _ordered(caller, ordering.approve(house.store, house.queue, caller.actor, caller.group_id, run).id)


@router.post("/runs/{run}/undo", status_code=202, responses=answers(shapes.Ticket, 404, status=202))
def undo_run(caller: Calling, run: Id, sent: Undoing, once: Once) -> JSONResponse:
    """Ask for a run that takes back what this one wrote; with `dry_run` its report shows what would be taken back."""
    house = caller.house
    connection, order = undo.undo_run(
        house.store, caller.actor, caller.group_id, run, sent.customer, dry_run=sent.dry_run
    )
    return _placed(caller, connection.name, order, once)


@router.post("/connections/{name}/runs", status_code=202, responses=answers(shapes.Ticket, 404, status=202))
def order_run(caller: Calling, name: Name, sent: Trigger, once: Once) -> JSONResponse:
    """Ask for a run. It waits in line, once: who asks for the same meanwhile gets the same ticket."""
    order = Order(caller.actor.login, "full" if sent.full else None, sent.customer, dry_run=sent.dry_run)
    return _placed(caller, name, order, once)


def _placed(caller: Caller, name: str, order: Order, once: Wish | None) -> JSONResponse:
    with caller.work() as work:
        made, new = made_once(
            work,
            caller.actor,
            once,
            lambda: str(ordering.place_order(work, caller.actor, caller.group_id, name, order).id),
        )
    return _ordered(caller, int(made), repeated(new=new))


@router.get("/tickets/{ticket}", responses=answers(shapes.Ticket, 404))
def show_ticket(caller: Calling, ticket: Id) -> JSONResponse:
    """Show what became of an order for a run: once it is `done`, `run` names the run."""
    return JSONResponse(_ticket(*_look(caller, ticket)))


@router.get("/status", responses=answers(shapes.Status))
def show_status(caller: Calling) -> JSONResponse:
    """Show the daemon, the connections, their last and next runs, and what waits for people."""
    require(caller.actor, Verb.SYNC)
    return JSONResponse(caller.house.standing(caller.group_id))


def _ordered(caller: Caller, ticket_id: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Have the workers look at the line, and tell where the order can be followed."""
    caller.house.wake()
    ticket, connection = _look(caller, ticket_id)
    there = {"Location": address("tickets", str(ticket.id))}
    return JSONResponse(_ticket(ticket, connection), 202, {**there, **(headers or {})})


def _look(caller: Caller, ticket_id: int) -> tuple[Ticket, ConnectionInfo]:
    return ordering.look(caller.house.store, caller.house.queue, caller.actor, caller.group_id, ticket_id)


def _ticket(ticket: Ticket, connection: ConnectionInfo) -> dict[str, Any]:
    return {"id": ticket.id, "connection": connection.name, **ticket_shape(ticket), "run": ticket.run_id}
