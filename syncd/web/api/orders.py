"""Orders, error reports and quotations: added to a customer, listed, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from syncd.ports.orders import OrderQuery
from syncd.register.access import Verb, require
from syncd.register.orders import OrderKind
from syncd.services.register import orders, reading
from syncd.services.register import shapes as told
from syncd.services.register.seen import hold_order, order_version
from syncd.services.wishes import made_once
from syncd.web.api import shapes
from syncd.web.api.answers import Cursor, Number, address, answers
from syncd.web.api.asking import FEW, MANY
from syncd.web.api.conditions import Once, Seen, repeated
from syncd.web.api.door import Calling
from syncd.web.api.sent import NewOrder, OrderChanges

if TYPE_CHECKING:
    from syncd.services.register.orders import OrderView

router = APIRouter(tags=["orders"])

Numbered = Annotated[str, Path(max_length=100)]


class Listing(BaseModel):
    """What a list of orders asks for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    customer: str | None = Field(None, max_length=200, description="Only this customer's, by number.")
    kind: Literal["order", "error_report", "quotation"] | None = None
    type: Literal["work", "service", "sales"] | None = None
    status: Literal["new", "ongoing", "done", "cancelled"] | None = None
    sort: Literal["number", "-number"] = "-number"
    limit: int = Field(FEW, ge=1, le=MANY)
    cursor: Cursor = None


@router.get("/orders", responses=answers(shapes.Orders, 404))
def list_orders(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
    """List what was ordered, reported and offered, the newest first."""
    with caller.reading() as work:
        who = None
        if asked.customer is not None:
            who = reading.show_customer(work, caller.actor, caller.group_id, asked.customer).customer.id
        query = OrderQuery(who, asked.kind, asked.type, asked.status, asked.sort, asked.limit, after=asked.cursor)
        found = orders.list_orders(work, caller.actor, caller.group_id, query)
    last = int(found[-1].order.number) if len(found) == asked.limit else None
    return JSONResponse({"orders": [told.order(view) for view in found], "next": last})


@router.get("/orders/{order}", responses=answers(shapes.Order, 404, tagged=True))
def show_order(caller: Calling, order: Numbered) -> JSONResponse:
    """Show one order. The ETag is for `If-Match` of the change to come."""
    with caller.reading() as work:
        return _shown(orders.show_order(work, caller.actor, caller.group_id, order))


@router.patch("/orders/{order}", responses=answers(shapes.Order, 404, 409, 412, 428, tagged=True))
def change_order(caller: Calling, order: Numbered, sent: OrderChanges, seen: Seen) -> JSONResponse:
    """Change fields of an order; technicians and articles stay as they were copied."""
    where = caller.actor, caller.group_id
    with caller.work() as work:
        known = orders.found_order(work, *where, order)
        require(caller.actor, Verb.EDIT, known.customer_id)
        hold_order(work, known, seen)
        return _shown(orders.change_order(work, *where, known.number, sent.typed()))


@router.post(
    "/customers/{number}/orders", status_code=201, responses=answers(shapes.Order, 404, 409, status=201, tagged=True)
)
def add_order(caller: Calling, number: Number, sent: NewOrder, once: Once) -> JSONResponse:
    """Add an order, error report or quotation; it is placed on the customer's technicians, who are told."""
    typed = sent.typed()
    kind, today = OrderKind(typed.pop("kind")), caller.house.clock().date()
    with caller.work() as work:
        made, new = made_once(
            work,
            caller.actor,
            once,
            lambda: (
                orders.add_order(work, caller.actor, caller.group_id, number, kind, typed, today=today).order.number
            ),
        )
        view = orders.show_order(work, caller.actor, caller.group_id, made)
    return _shown(view, 201, {"Location": address("orders", made), **repeated(new=new)})


def _shown(view: OrderView, status: int = 200, headers: dict[str, str] | None = None) -> JSONResponse:
    tag = {"ETag": f'"{order_version(view.order)}"', **(headers or {})}
    return JSONResponse(told.order(view), status, tag)
