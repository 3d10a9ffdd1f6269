"""Service protocols: written on service orders, listed, corrected, sent to the customer's contacts (R-06, R-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from syncd.ports.protocols import ProtocolQuery
from syncd.register.access import Verb, require
from syncd.services.register import orders, protocols, reading, sending
from syncd.services.register import shapes as told
from syncd.services.register.masking import masked
from syncd.services.register.seen import hold_protocol, protocol_version
from syncd.services.wishes import made_once
from syncd.web.api import shapes
from syncd.web.api.answers import Cursor, address, answers
from syncd.web.api.asking import FEW, MANY
from syncd.web.api.conditions import Once, Seen, repeated
from syncd.web.api.door import Calling
from syncd.web.api.sent import NewProtocol, ProtocolChanges, Sending

if TYPE_CHECKING:
    from syncd.services.register.protocols import ProtocolView
    from syncd.services.register.sending import Letter

router = APIRouter(tags=["service protocols"])

Numbered = Annotated[str, Path(max_length=100)]


class Listing(BaseModel):
    """What a list of protocols asks for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    customer: str | None = Field(None, max_length=200, description="Only this customer's, by number.")
    order: str | None = Field(None, max_length=100, description="Only this order's, by number.")
    sort: Literal["number", "-number"] = "-number"
    limit: int = Field(FEW, ge=1, le=MANY)
    cursor: Cursor = None


@router.get("/protocols", responses=answers(shapes.Protocols, 404))
def list_protocols(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
    """List service protocols, the newest first."""
    where = caller.actor, caller.group_id
    with caller.reading() as work:
        customer = None if asked.customer is None else reading.show_customer(work, *where, asked.customer).customer.id
        order = None if asked.order is None else orders.found_order(work, *where, asked.order).id
        query = ProtocolQuery(customer, order, asked.sort, asked.limit, after=asked.cursor)
        found = protocols.list_protocols(work, *where, query)
    last = int(found[-1].protocol.number) if len(found) == asked.limit else None
    return JSONResponse({"protocols": [told.protocol(view) for view in found], "next": last})


@router.get("/protocols/{protocol}", responses=answers(shapes.Protocol, 404, tagged=True))
def show_protocol(caller: Calling, protocol: Numbered) -> JSONResponse:
    """Show one service protocol. The ETag is for `If-Match` of the change to come."""
    with caller.reading() as work:
        return _shown(protocols.show_protocol(work, caller.actor, caller.group_id, protocol))


@router.post(
    "/orders/{order}/protocols", status_code=201, responses=answers(shapes.Protocol, 404, 409, status=201, tagged=True)
)
def add_protocol(caller: Calling, order: Numbered, sent: NewProtocol, once: Once) -> JSONResponse:
    """Write a protocol on a service order: it begins with the order's articles, and `rows` follow."""
    where, rows, today = (caller.actor, caller.group_id), sent.rows or [], caller.house.clock().date()
    typed = {name: value for name, value in sent.typed().items() if name != "rows"}
    with caller.work() as work:
        made, new = made_once(
            work,
            caller.actor,
            once,
            lambda: protocols.add_protocol(work, *where, order, typed, rows, today=today).protocol.number,
        )
        view = protocols.show_protocol(work, *where, made)
    return _shown(view, 201, {"Location": address("protocols", made), **repeated(new=new)})


@router.patch("/protocols/{protocol}", responses=answers(shapes.Protocol, 404, 412, 428, tagged=True))
def change_protocol(caller: Calling, protocol: Numbered, sent: ProtocolChanges, seen: Seen) -> JSONResponse:
    """Correct what a protocol says. What was sent is not called back; it can be sent anew."""
    where = caller.actor, caller.group_id
    with caller.work() as work:
        known = protocols.found_protocol(work, *where, protocol)
        require(caller.actor, Verb.ADD_ORDER, known.customer_id)
        hold_protocol(work, caller.group_id, known, seen)
        return _shown(protocols.change_protocol(work, *where, known.number, sent.typed()))


@router.get("/orders/{order}/send", responses=answers(shapes.Mailing, 404, 409, tagged=True))
def look_at_sending(
    caller: Calling, order: Numbered, protocol: Annotated[str | None, Query(max_length=100)] = None
) -> JSONResponse:
    """Show who would be sent what: the latest protocol, or the one that is named. The ETag stands for exactly that."""
    with caller.work() as work:  # what was sent is read behind whoever sends just now
        mailing = sending.plan_sending(work, caller.actor, caller.group_id, order, protocol)
    document = {"letters": [_letter(one) for one in mailing.letters]}
    return JSONResponse(document, headers={"ETag": f'"{mailing.mark}"'})


@router.post("/orders/{order}/send", responses=answers(shapes.Order, 404, 409, 412, 428))
def send_protocol(caller: Calling, order: Numbered, sent: Sending, seen: Seen) -> JSONResponse:
    """Mail exactly what was looked at. What somebody was sent already is not sent twice, unless `again`."""
    where = caller.actor, caller.group_id, order, sent.protocol
    with caller.work() as work:
        done = sending.send_protocol(work, *where, again=sent.again, seen=seen)
        return JSONResponse(told.order(done.order))


def _shown(view: ProtocolView, status: int = 200, headers: dict[str, str] | None = None) -> JSONResponse:
    tag = {"ETag": f'"{protocol_version(view.protocol)}"', **(headers or {})}
    return JSONResponse(told.protocol(view), status, tag)


def _letter(one: Letter) -> dict[str, object]:
    to = one.to
    about = {"protocol": to.protocol, "work_order": to.work_order, "sent_before": one.before}
    return {"name": masked("name", to.name), "address": to.address, **about}
