"""A service protocol that was written is changed, as it was seen; what was sent is not called back (R-06)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from syncd.errors import ChangedMeanwhileError
from syncd.register.access import Verb, require
from syncd.register.protocols import PROTOCOL_COLUMNS
from syncd.services.register import protocols, shapes
from syncd.web.pages.customer_orders import order_of
from syncd.web.pages.customer_protocols import protocol_section
from syncd.web.pages.faults import NothingHereError
from syncd.web.pages.forms import again, carried_out, status_of
from syncd.web.pages.inputs import changed, typed
from syncd.web.pages.staff import for_staff

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.protocols import ProtocolInfo
    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.services.register.orders import OrderView
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.wrong import Wrong


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    one = "/customers/{id:int}/orders/{number:int}/protocols/{protocol:int}"
    return [door.shows(one, for_staff(ask)), door.takes(one, for_staff(save))]


def ask(visit: Visit) -> Response:
    """The form of a protocol."""
    return _page(visit)


def _page(visit: Visit, why: Wrong | None = None) -> Response:
    with visit.reading() as work:
        order, one = _meant(visit, work)
        form = protocol_section(visit, work, _fields(one))
        sent = bool(protocols.show_protocol(work, visit.actor, visit.group_id, one.number).sent)
    return visit.page(
        "customer_protocol.html",
        status=status_of(why),
        why=why,
        id=order.customer.id,
        order=shapes.order(order),
        number=one.number,
        sent=sent,
        seen=_mark(one),
        form=again(visit, form, why),
    )


def save(visit: Visit) -> Response:
    """Store what was changed, unless somebody stored something else meanwhile."""

    def act() -> Response:
        with visit.work() as work:
            _order, one = _meant(visit, work)
            if visit.asked("seen") != _mark(one):
                raise ChangedMeanwhileError(f"Service protocol {one.number}")
            changes = changed(typed(visit, PROTOCOL_COLUMNS), _fields(one))
            if changes:
                protocols.change_protocol(work, visit.actor, visit.group_id, one.number, changes)
        return visit.go(visit.path.rpartition("/protocols/")[0], said="protocol_saved")

    return carried_out(visit, act, lambda why: _page(visit, why))


def _meant(visit: Visit, work: Work) -> tuple[OrderView, ProtocolInfo]:
    """The order and the protocol that the address names, if they belong together, for whoever may change it."""
    view, order = order_of(visit, work)
    require(visit.actor, Verb.ADD_ORDER, view.customer.id)
    one = protocols.found_protocol(work, visit.actor, visit.group_id, str(visit.number("protocol")))
    if one.order_id != order.order.id:
        raise NothingHereError
    return order, one


def _fields(one: ProtocolInfo) -> dict[str, Value]:
    return {"date": one.written.date, "technician": one.written.login, "text": one.written.text}


def _mark(one: ProtocolInfo) -> str:
    """Names the state of a protocol."""
    return hashlib.sha256(json.dumps(asdict(one.written), sort_keys=True).encode()).hexdigest()[:16]
