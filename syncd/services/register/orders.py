"""Adding orders, error reports and quotations to customers, and reading them (R-12, R-13, R-19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from syncd.ports.orders import NewOrder, OrderQuery, OrderTechnician
from syncd.register.access import Verb, require
from syncd.register.customer import display_name
from syncd.register.orders import (
    OrderedFor,
    OrderKind,
    UnknownOrderError,
    begins_with,
    changed_order,
    is_placed_on_technicians,
    new_order,
)
from syncd.register.vocabulary import switched
from syncd.services.notices import News, notify
from syncd.services.register.finding import author, found, require_sight
from syncd.services.register.items import lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from syncd.engine.state import Local
    from syncd.ports.customers import AssignedUser
    from syncd.ports.orders import OrderInfo
    from syncd.ports.protocols import Sending
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.fields import Value
    from syncd.register.items import ArticleLine


_NEWS: Mapping[OrderKind, Literal["order", "error_report"]] = {
    OrderKind.ORDER: "order",
    OrderKind.ERROR_REPORT: "error_report",
}
"""What the assigned users are told of. The customer never is (R-18)."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with its customer and what it copied. ``fields`` are what the group's settings show."""

    order: OrderInfo
    fields: Mapping[str, Value]
    customer: Local
    display_name: str
    technicians: tuple[OrderTechnician, ...]
    articles: tuple[ArticleLine, ...]
    sent: tuple[Sending, ...] = ()


def add_order(  # noqa: PLR0913 - what is added, to whom, when
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    number: str,
    kind: OrderKind,
    typed: Mapping[str, Value],
    *,
    today: date,
) -> OrderView:
    """Add an order, error report or quotation to a customer; it is placed on the customer's technicians."""
    customer = found(work, actor, group_id, number)
    require(actor, Verb.ADD_ORDER, customer.id, number=number)
    fields = new_order(kind, typed, _ordered_for(work, customer), work.groups.settings(group_id), today)
    copied = begins_with(fields["type"], lines(work, group_id, [customer.id]).get(customer.id, []))
    people = work.customers.assigned([customer.id]).get(customer.id, []) if is_placed_on_technicians(kind) else []
    added = work.orders.add(group_id, NewOrder(customer.id, kind, fields, _snapshot(people), copied), author(actor))
    if people:
        news = News(_NEWS[kind], [customer.id], about=f"{kind.value.replace('_', ' ')} {added.number}")
        notify(work, actor, group_id, news, [one.user_id for one in people])
    work.commit()
    return order_views(work, group_id, [added])[0]


def change_order(work: RegisterWork, actor: Actor, group_id: int, number: str, typed: Mapping[str, Value]) -> OrderView:
    """Change fields of an order; what it copied when it was made stays."""
    order = found_order(work, actor, group_id, number)
    require(actor, Verb.EDIT, order.customer_id)
    customer = work.customers.load_many([order.customer_id])[0]
    settings = work.groups.settings(group_id)
    changes = changed_order(OrderKind(order.kind), typed, _ordered_for(work, customer), settings)
    changed = work.orders.write(order, changes, author(actor))
    work.commit()
    return order_views(work, group_id, [changed])[0]


def found_order(work: RegisterWork, actor: Actor, group_id: int, number: str) -> OrderInfo:
    """Return an order. The same words for an unknown one and for one the actor may not see."""
    require_sight(work, actor)
    order = work.orders.find(group_id, number.strip())
    if order is None:
        raise UnknownOrderError
    return order


def show_order(work: RegisterWork, actor: Actor, group_id: int, number: str) -> OrderView:
    """Return one order."""
    return order_views(work, group_id, [found_order(work, actor, group_id, number)])[0]


def list_orders(work: RegisterWork, actor: Actor, group_id: int, query: OrderQuery) -> list[OrderView]:
    """Return the orders that a query finds, of those the actor may see."""
    require_sight(work, actor)
    return order_views(work, group_id, work.orders.page(group_id, query))


def count_orders(work: RegisterWork, actor: Actor, group_id: int, query: OrderQuery) -> int:
    """Return how many orders a query finds, of those the actor may see."""
    require_sight(work, actor)
    return work.orders.count(group_id, query)


def order_views(work: RegisterWork, group_id: int, orders: Iterable[OrderInfo]) -> list[OrderView]:
    """Return orders with their customers and what they copied."""
    page = list(orders)
    ids = [order.id for order in page]
    customers = {c.id: c for c in work.customers.load_many(order.customer_id for order in page)}
    settings = work.groups.settings(group_id)
    hidden = {name for name, shown in switched(settings).items() if not shown}
    people, articles, sent = work.orders.technicians(ids), work.orders.articles(ids), work.protocols.sent(ids)

    def view(order: OrderInfo) -> OrderView:
        customer = customers[order.customer_id]
        facility = order.fields["facility"]
        shown = display_name(customer.number, customer.name, [str(facility)] if facility else [], settings)
        fields = {name: value for name, value in order.fields.items() if name not in hidden}
        technicians, copied = tuple(people.get(order.id, ())), tuple(articles.get(order.id, ()))
        return OrderView(order, fields, customer, shown, technicians, copied, tuple(sent.get(order.id, ())))

    return [view(order) for order in page]


def _ordered_for(work: RegisterWork, customer: Local) -> OrderedFor:
    facilities = work.customers.facilities([customer.id]).get(customer.id, [])
    active = customer.fields["active"] is True
    return OrderedFor(customer.number, active, customer.fields, [facility.name for facility in facilities])


def _snapshot(people: Iterable[AssignedUser]) -> list[OrderTechnician]:
    return [OrderTechnician(one.login, one.name, responsible=one.responsible) for one in people]
