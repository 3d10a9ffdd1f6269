"""Orders, error reports and quotations of a customer: listed, added, looked at, changed (R-12, R-13, R-23)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.errors import NotFoundError, RefusedError
from syncd.ports.orders import SORTS, OrderQuery
from syncd.ports.protocols import ProtocolQuery
from syncd.register.access import Verb, may, require
from syncd.register.orders import ORDER_COLUMNS, OrderKind
from syncd.register.protocols import is_service
from syncd.register.vocabulary import switched
from syncd.services.register import orders, protocols, shapes
from syncd.services.register.finding import known
from syncd.services.register.seen import hold_order, order_version
from syncd.web.pages.customer import view_of
from syncd.web.pages.faults import NothingHereError
from syncd.web.pages.field_words import called
from syncd.web.pages.inputs import Section, changed, filled, input_of, outdated, typed
from syncd.web.pages.order_words import KINDS, order_row
from syncd.web.pages.pieces import SIZE, page_number, piece
from syncd.web.pages.protocol_rows import protocol_row, sent_rows
from syncd.web.pages.staff import for_staff
from syncd.web.pages.wrong import Wrong, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.services.register.orders import OrderView
    from syncd.services.register.reading import CustomerView
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/customers/{id:int}/orders", for_staff(index)),
        door.shows("/customers/{id:int}/orders/add", for_staff(ask_new)),
        door.takes("/customers/{id:int}/orders/add", for_staff(add)),
        door.shows("/customers/{id:int}/orders/{number:int}", for_staff(show)),
        door.takes("/customers/{id:int}/orders/{number:int}", for_staff(save)),
    ]


def _kind(visit: Visit) -> OrderKind:
    try:
        return OrderKind(visit.asked("kind"))
    except ValueError:
        raise NothingHereError from None


def index(visit: Visit) -> Response:
    """All of one kind, sorted by any of their headings."""
    kind, sort = _kind(visit), visit.asked("sort")
    sort = sort if sort.removeprefix("-") in SORTS else "-date"
    start = (page_number(visit) - 1) * SIZE
    with visit.reading() as work:
        view = view_of(visit, work)
        query = OrderQuery(customer_id=view.customer.id, kind=kind, sort=sort, limit=SIZE, offset=start)
        found = orders.list_orders(work, visit.actor, visit.group_id, query)
        total = orders.count_orders(work, visit.actor, visit.group_id, query)
    return visit.page(
        "customer_orders.html",
        customer=shapes.customer(view),
        id=view.customer.id,
        kind=kind,
        kinds=KINDS,
        sort=sort,
        rows=piece([order_row(one, visit.words) for one in found], visit, start=start, total=total),
    )


# ----- adding


def ask_new(visit: Visit) -> Response:
    """The form of a new one; not for a deactivated customer."""
    return _new(visit)


def _new(visit: Visit, why: Wrong | None = None) -> Response:
    kind = _kind(visit)
    with visit.reading() as work:
        view = view_of(visit, work)
        require(visit.actor, Verb.ADD_ORDER, view.customer.id)
        defaults = {"type": "work", "status": "new", "date": visit.now.date().isoformat()}
        form = _section(visit, work, view, kind, {**view.customer.fields, **defaults, "description": None})
    if why is not None:
        form = filled(form, typed(visit, ORDER_COLUMNS), {one.field: one for one in why.problems})
    return visit.page(
        "customer_order_add.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        customer=shapes.customer(view),
        id=view.customer.id,
        kind=kind,
        kinds=KINDS,
        form=form,
    )


def add(visit: Visit) -> Response:
    """Add it; it is placed on the customer's technicians, who are told."""
    kind = _kind(visit)
    given: Mapping[str, Value] = {name: text for name, text in typed(visit, ORDER_COLUMNS).items() if text}
    try:
        with visit.work() as work:
            number = known(work, visit.actor, visit.group_id, visit.number()).number
            orders.add_order(work, visit.actor, visit.group_id, number, kind, given, today=visit.now.date())
    except NotFoundError:
        raise
    except RefusedError as error:
        return _new(visit, wrong(error, visit))
    return visit.go(f"/customers/{visit.number()}", said="order_added")


# ----- one that is there


def show(visit: Visit) -> Response:
    """One of them, with what it copied from the customer when it was added."""
    return _known(visit)


def order_of(visit: Visit, work: Work) -> tuple[CustomerView, OrderView]:
    """The customer and the order that the address names, if they belong together."""
    view = view_of(visit, work)
    one = orders.show_order(work, visit.actor, visit.group_id, str(visit.number("number")))
    if one.customer.id != view.customer.id:
        raise NothingHereError
    return view, one


def _known(visit: Visit, why: Wrong | None = None) -> Response:
    with visit.reading() as work:
        view, one = order_of(visit, work)
        kind = OrderKind(one.order.kind)
        form = _section(visit, work, view, kind, one.order.fields)
        query = ProtocolQuery(order_id=one.order.id)
        written = protocols.list_protocols(work, visit.actor, visit.group_id, query)
    if why is not None:
        sent, problems = typed(visit, ORDER_COLUMNS), {one.field: one for one in why.problems}
        form = outdated(form, sent) if why.outdated else filled(form, sent, problems)
    return visit.page(
        "customer_order.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        customer=shapes.customer(view),
        id=view.customer.id,
        order=shapes.order(one),
        row=order_row(one, visit.words),
        service=is_service(one.order.fields),
        protocols=[protocol_row(each, visit.words) for each in written],
        sent=sent_rows(one.sent, visit.words),
        can_write=may(visit.actor, Verb.ADD_ORDER, view.customer.id),
        can_send=kind is OrderKind.ORDER and may(visit.actor, Verb.SEND, view.customer.id),
        seen=order_version(one.order),
        can_edit=may(visit.actor, Verb.EDIT, view.customer.id),
        form=form,
    )


def save(visit: Visit) -> Response:
    """Store what was changed, unless somebody stored something else meanwhile."""
    try:
        with visit.work() as work:
            _view, one = order_of(visit, work)
            require(visit.actor, Verb.EDIT, one.customer.id)
            held = hold_order(work, one.order, {visit.asked("seen")})
            changes = changed(typed(visit, ORDER_COLUMNS), held.fields)
            if changes:
                orders.change_order(work, visit.actor, visit.group_id, one.order.number, changes)
    except NotFoundError:
        raise
    except RefusedError as error:
        return _known(visit, wrong(error, visit))
    return visit.go(visit.path, said="order_saved")


def _section(visit: Visit, work: Work, view: CustomerView, kind: OrderKind, values: Mapping[str, Value]) -> Section:
    """What can be typed of one of this kind, by the group's settings and with the customer's facilities."""
    hidden = {name for name, shown in switched(work.groups.settings(visit.group_id)).items() if not shown}
    hidden |= {"type"} if kind is not OrderKind.ORDER else set()
    places = tuple(one.name for one in view.facilities)
    hidden |= {"facility"} if not places else set()
    columns = {**ORDER_COLUMNS, "facility": replace(ORDER_COLUMNS["facility"], kind="choice", choices=places)}
    words = visit.words
    return Section(
        words.say(KINDS[kind][0]),
        tuple(
            input_of(field, values.get(name), words, called(name, words))
            for name, field in columns.items()
            if name not in hidden
        ),
    )
