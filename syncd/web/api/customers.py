"""Customers: found, shown, and what happened to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query
from starlette.responses import JSONResponse

from syncd.services.register import reading
from syncd.services.register import shapes as told
from syncd.web.api import shapes
from syncd.web.api.answers import Number, answers, shown
from syncd.web.api.asking import Listing, Search
from syncd.web.api.door import Calling

if TYPE_CHECKING:
    from syncd.web.api.house import Caller

router = APIRouter(prefix="/customers", tags=["customers"])


@router.get("", responses=answers(shapes.Customers, 400))
def list_customers(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
    """List customers, page by page. To search for a text, use `POST /customers/search`: addresses are logged."""
    return _page(caller, asked)


@router.post("/search", responses=answers(shapes.Customers, 400))
def search_customers(caller: Calling, asked: Annotated[Search, Body()]) -> JSONResponse:
    """Search for customers by number, name, organisation number, contact, e-mail, phone, city or technician."""
    return _page(caller, asked)


@router.get("/{number}", responses=answers(shapes.Customer, 404, tagged=True))
def show_customer(caller: Calling, number: Number) -> JSONResponse:
    """Show one customer. The ETag is its version, for `If-Match` of the change to come."""
    with caller.reading() as work:
        view = reading.show_customer(work, caller.actor, caller.group_id, number)
    return shown(view)


@router.get("/{number}/history", responses=answers(list[shapes.HistoryLine], 404))
def show_history(
    caller: Calling, number: Number, limit: Annotated[int | None, Query(ge=1, le=10_000)] = None
) -> JSONResponse:
    """Show what happened to a customer, newest first."""
    with caller.reading() as work:
        lines = reading.customer_history(work, caller.actor, caller.group_id, number, limit)
    return JSONResponse([told.entry(line) for line in lines])


def _page(caller: Caller, asked: Listing) -> JSONResponse:
    with caller.reading() as work:
        found = reading.list_customers(work, caller.actor, caller.group_id, asked.query(caller))
        last = work.customers.place(found[-1].customer.id, asked.sort) if len(found) == asked.limit else None
    document: dict[str, Any] = {"customers": [told.customer(view) for view in found]}
    return JSONResponse({**document, "next": None if last is None else asked.sealed(caller, last)})
