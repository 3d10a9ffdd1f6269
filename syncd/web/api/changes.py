"""Customers added, changed, renumbered, switched off and on, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from syncd.register.access import Verb, may
from syncd.register.problems import UnknownCustomerError
from syncd.services.register import customers, reading
from syncd.services.register.seen import hold_as_seen
from syncd.services.wishes import made_once
from syncd.web.api import shapes
from syncd.web.api.answers import Number, address, answers, shown
from syncd.web.api.conditions import Once, Seen, repeated
from syncd.web.api.door import Calling
from syncd.web.api.sent import CustomerChanges, NewCustomer, Renumbering

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.engine.state import Local
    from syncd.ports.work import Work
    from syncd.services.register.foreign import LedByAccounting
    from syncd.web.api.house import Caller

router = APIRouter(prefix="/customers", tags=["customers"])

_CHANGED = answers(shapes.Customer, 404, 409, 412, 428, tagged=True)


@router.post("", status_code=201, responses=answers(shapes.Customer | shapes.Made, 409, status=201, tagged=True))
def add_customer(caller: Calling, sent: NewCustomer, once: Once) -> JSONResponse:
    """Add a customer. Who may not see it hears only its number."""
    number, fields = _numbered(sent.typed())
    with caller.work() as work:
        made, new = made_once(
            work,
            caller.actor,
            once,
            lambda: str(customers.add_customer(work, caller.actor, caller.group_id, number, fields).id),
        )
        return _added(caller, work, int(made), new=new)


@router.patch("/{number}", responses=_CHANGED)
def change_customer(caller: Calling, number: Number, sent: CustomerChanges, seen: Seen) -> JSONResponse:
    """Change fields of a customer; those that are not sent stay as they are."""
    return _changed(
        caller,
        number,
        seen,
        lambda work, led: customers.change_customer(work, caller.actor, caller.group_id, number, sent.typed(), led=led),
    )


@router.post("/{number}/renumber", responses=_CHANGED)
def renumber_customer(caller: Calling, number: Number, sent: Renumbering, seen: Seen) -> JSONResponse:
    """Give a customer another number (administrators only). It has another address afterwards."""
    numbers = number, sent.number
    return _changed(
        caller,
        number,
        seen,
        lambda work, led: customers.renumber_customer(work, caller.actor, caller.group_id, numbers, led),
    )


@router.post("/{number}/deactivate", responses=_CHANGED)
def deactivate_customer(caller: Calling, number: Number, seen: Seen) -> JSONResponse:
    """Deactivate a customer; what was done for it stays."""
    return _switched(caller, number, seen, active=False)


@router.post("/{number}/reactivate", responses=_CHANGED)
def reactivate_customer(caller: Calling, number: Number, seen: Seen) -> JSONResponse:
    """Reactivate a customer."""
    return _switched(caller, number, seen, active=True)


@router.delete("/{number}", status_code=204, responses=answers(None, 404, 409, 412, 428, status=204))
def delete_customer(caller: Calling, number: Number, seen: Seen) -> Response:
    """Delete a customer without orders; its history stays."""
    with caller.work() as work:
        hold_as_seen(work, caller.actor, caller.group_id, number, seen)
        customers.delete_customer(work, caller.actor, caller.group_id, number)
    return Response(status_code=204)


def _switched(caller: Caller, number: str, seen: frozenset[str], *, active: bool) -> JSONResponse:
    return _changed(
        caller,
        number,
        seen,
        lambda work, led: customers.set_active(work, caller.actor, caller.group_id, number, active=active, led=led),
    )


def _changed(
    caller: Caller, number: str, seen: frozenset[str], change: Callable[[Work, LedByAccounting], Local]
) -> JSONResponse:
    led = caller.led()
    with caller.work() as work:
        hold_as_seen(work, caller.actor, caller.group_id, number, seen)
        return shown(reading.views(work, caller.group_id, [change(work, led)])[0])


def _numbered(typed: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Part the number from the other fields; without one the register gives the next."""
    number = typed.pop("number", None)
    return (number if number and number.strip() else None), typed


def _added(caller: Caller, work: Work, customer_id: int, *, new: bool) -> JSONResponse:
    """What was made, now or when the request came first: as it is now."""
    local = work.customers.load(customer_id)
    if local is None:
        raise UnknownCustomerError
    headers = {"Location": address("customers", local.number)} | repeated(new=new)
    if not may(caller.actor, Verb.VIEW, customer_id):
        return JSONResponse({"number": local.number}, 201, headers)
    return shown(reading.views(work, caller.group_id, [local])[0], 201, headers)
