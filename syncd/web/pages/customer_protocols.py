"""Service protocols: listed, written on service orders, and sent after a look at who gets what (R-06, R-12)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.errors import NotFoundError, RefusedError
from syncd.ports.protocols import SORTS, ProtocolQuery
from syncd.register.access import Verb, may, require
from syncd.register.protocols import PROTOCOL_COLUMNS, NoServiceOrderError, is_service
from syncd.services.register import protocols, sending, shapes
from syncd.services.register.masking import masked
from syncd.web.pages.customer import view_of
from syncd.web.pages.customer_orders import order_of
from syncd.web.pages.field_words import called
from syncd.web.pages.inputs import Section, filled, input_of, typed
from syncd.web.pages.pieces import SIZE, page_number, piece
from syncd.web.pages.protocol_rows import protocol_row, what_is_sent
from syncd.web.pages.staff import for_staff
from syncd.web.pages.words import _
from syncd.web.pages.wrong import Wrong, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

_HELPS = {"technician": _("A login; leave it empty for the technician of the order.")}


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    order = "/customers/{id:int}/orders/{number:int}"
    return [
        door.shows("/customers/{id:int}/protocols", for_staff(index)),
        door.shows(f"{order}/protocols/add", for_staff(ask_new)),
        door.takes(f"{order}/protocols/add", for_staff(add)),
        door.shows(f"{order}/send", for_staff(look)),
        door.takes(f"{order}/send", for_staff(send)),
    ]


def index(visit: Visit) -> Response:
    """All of a customer's, sorted by any of their headings."""
    sort = visit.asked("sort")
    sort = sort if sort.removeprefix("-") in SORTS else "-date"
    start = (page_number(visit) - 1) * SIZE
    with visit.reading() as work:
        view = view_of(visit, work)
        query = ProtocolQuery(customer_id=view.customer.id, sort=sort, limit=SIZE, offset=start)
        found = protocols.list_protocols(work, visit.actor, visit.group_id, query)
        total = protocols.count_protocols(work, visit.actor, visit.group_id, query)
    rows = piece([protocol_row(one, visit.words) for one in found], visit, start=start, total=total)
    return visit.page(
        "customer_protocols.html",
        customer=shapes.customer(view),
        id=view.customer.id,
        sort=sort,
        rows=rows,
        can_write=may(visit.actor, Verb.ADD_ORDER, view.customer.id),
    )


# ----- writing one


def ask_new(visit: Visit) -> Response:
    """The form of a new one; for service orders alone."""
    return _new(visit)


def _new(visit: Visit, why: Wrong | None = None) -> Response:
    with visit.reading() as work:
        view, one = order_of(visit, work)
        require(visit.actor, Verb.ADD_ORDER, view.customer.id)
        if not is_service(one.order.fields):
            raise NoServiceOrderError(one.order.number)
        form = protocol_section(visit, work, {"date": visit.now.date().isoformat()})
    if why is not None:
        form = filled(form, typed(visit, PROTOCOL_COLUMNS), {each.field: each for each in why.problems})
    return visit.page(
        "customer_protocol_add.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        customer=shapes.customer(view),
        id=view.customer.id,
        order=shapes.order(one),
        form=form,
    )


def protocol_section(visit: Visit, work: Work, values: Mapping[str, Value]) -> Section:
    """What can be typed of a protocol; the technicians are offered."""
    words = visit.words
    logins = tuple(one.login for one in work.users.list(visit.group_id) if one.active and one.customer_id is None)
    return Section(
        words.say(_("Service protocol")),
        tuple(
            replace(
                input_of(field, values.get(name), words, called(name, words)),
                help=words.say(_HELPS[name]) if name in _HELPS else "",
                suggested=logins if name == "technician" else (),
            )
            for name, field in PROTOCOL_COLUMNS.items()
        ),
    )


def add(visit: Visit) -> Response:
    """Write it: the order's articles come first, then a row for each line typed."""
    rows = [line.strip() for line in visit.typed("rows").splitlines() if line.strip()]
    fields = {name: text or None for name, text in typed(visit, PROTOCOL_COLUMNS).items()}
    try:
        with visit.work() as work:
            _view, one = order_of(visit, work)
            where = (work, visit.actor, visit.group_id, one.order.number)
            protocols.add_protocol(*where, fields, rows, today=visit.now.date())
    except NotFoundError:
        raise
    except RefusedError as error:
        return _new(visit, wrong(error, visit))
    return visit.go(visit.path.removesuffix("/protocols/add"), said="protocol_added")


# ----- sending


def look(visit: Visit) -> Response:
    """Who would be sent what, before anything is sent."""
    return _look(visit)


def _look(visit: Visit, why: Wrong | None = None) -> Response:
    number, mailing = visit.asked("protocol") or None, None
    with visit.work() as work:  # what was sent is read behind whoever sends just now
        view, one = order_of(visit, work)
        try:
            mailing = sending.plan_sending(work, visit.actor, visit.group_id, one.order.number, number)
        except NotFoundError:
            raise
        except RefusedError as error:
            why = why or wrong(error, visit)
    letters = mailing.letters if mailing is not None else ()
    return visit.page(
        "customer_order_send.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        customer=shapes.customer(view),
        id=view.customer.id,
        order=shapes.order(one),
        protocol=number or "",
        seen=mailing.mark if mailing is not None else "",
        letters=[(each, masked("name", each.to.name), what_is_sent(each.to, visit.words)) for each in letters],
        fresh=sum(not each.before for each in letters),
    )


def send(visit: Visit) -> Response:
    """Send exactly what was shown; once anything moved it is shown anew (409)."""
    again, number = visit.asked("again") == "yes", visit.asked("protocol") or None
    try:
        with visit.work() as work:
            _view, one = order_of(visit, work)
            where = (work, visit.actor, visit.group_id, one.order.number, number)
            done = sending.send_protocol(*where, again=again, seen={visit.asked("seen")})
    except NotFoundError:
        raise
    except RefusedError as error:
        return _look(visit, wrong(error, visit))
    return visit.go(visit.path.removesuffix("/send"), said="protocol_sent" if done.queued else "protocol_known")
