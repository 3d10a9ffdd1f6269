"""Writing service protocols, and reading them (R-12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.ports.protocols import Written
from syncd.register.access import Verb, require
from syncd.register.protocols import (
    NoServiceOrderError,
    UnknownProtocolError,
    changed_protocol,
    is_service,
    new_protocol,
    rows,
)
from syncd.services.register.finding import author, require_sight
from syncd.services.register.orders import found_order, order_views

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from syncd.ports.people import UserInfo
    from syncd.ports.protocols import ProtocolInfo, ProtocolQuery, Sending
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.fields import Value
    from syncd.services.register.orders import OrderView


@dataclass(frozen=True, slots=True)
class ProtocolView:
    """A protocol with its order, and what was sent of it."""

    protocol: ProtocolInfo
    order: OrderView
    sent: tuple[Sending, ...]


def add_protocol(  # noqa: PLR0913 - what is written, on which order, when
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    order_number: str,
    typed: Mapping[str, Value],
    texts: Iterable[str] = (),
    *,
    today: date,
) -> ProtocolView:
    """Write a protocol on a service order. It begins with the order's articles; its technician is the order's."""
    order = found_order(work, actor, group_id, order_number)
    require(actor, Verb.ADD_ORDER, order.customer_id)
    if not is_service(order.fields):
        raise NoServiceOrderError(f"{order.kind.replace('_', ' ').capitalize()} {order.number}")
    fields = new_protocol(typed, today)
    login, name = _technician(work, group_id, fields["technician"]) or _responsible(work, order.id)
    lines = rows(work.orders.articles([order.id]).get(order.id, []), texts)
    written = Written(str(fields["date"]), login, name, _text(fields["text"]), lines)
    added = work.protocols.add(group_id, order, written, author(actor))
    work.commit()
    return protocol_views(work, group_id, [added])[0]


def change_protocol(
    work: RegisterWork, actor: Actor, group_id: int, number: str, typed: Mapping[str, Value]
) -> ProtocolView:
    """Change what a protocol says. What was sent is not called back; it can be sent anew."""
    protocol = found_protocol(work, actor, group_id, number)
    require(actor, Verb.ADD_ORDER, protocol.customer_id)
    fields, written = changed_protocol(typed), protocol.written
    if "date" in fields:
        written = replace(written, date=str(fields["date"]))
    if "text" in fields:
        written = replace(written, text=_text(fields["text"]))
    if "technician" in fields:
        login, name = _technician(work, group_id, fields["technician"]) or (None, None)
        written = replace(written, login=login, technician=name)
    changed = work.protocols.write(group_id, protocol, written, author(actor))
    work.commit()
    return protocol_views(work, group_id, [changed])[0]


def found_protocol(work: RegisterWork, actor: Actor, group_id: int, number: str) -> ProtocolInfo:
    """Return a protocol. The same words for an unknown one and for one the actor may not see."""
    require_sight(work, actor)
    protocol = work.protocols.find(group_id, number.strip())
    if protocol is None:
        raise UnknownProtocolError
    return protocol


def show_protocol(work: RegisterWork, actor: Actor, group_id: int, number: str) -> ProtocolView:
    """Return one protocol."""
    return protocol_views(work, group_id, [found_protocol(work, actor, group_id, number)])[0]


def list_protocols(work: RegisterWork, actor: Actor, group_id: int, query: ProtocolQuery) -> list[ProtocolView]:
    """Return the protocols that a query finds, of those the actor may see."""
    require_sight(work, actor)
    return protocol_views(work, group_id, work.protocols.page(group_id, query))


def count_protocols(work: RegisterWork, actor: Actor, group_id: int, query: ProtocolQuery) -> int:
    """Return how many protocols a query finds, of those the actor may see."""
    require_sight(work, actor)
    return work.protocols.count(group_id, query)


def protocol_views(work: RegisterWork, group_id: int, protocols: Iterable[ProtocolInfo]) -> list[ProtocolView]:
    """Return protocols with their orders and what was sent of them."""
    page = list(protocols)
    found = {one.number: one for one in work.orders.by_id({one.order_id for one in page})}
    orders = {view.order.number: view for view in order_views(work, group_id, found.values())}
    sent = work.protocols.sent({one.order_id for one in page})
    return [
        ProtocolView(
            one,
            orders[one.order_number],
            tuple(each for each in sent.get(one.order_id, ()) if each.protocol == one.number),
        )
        for one in page
    ]


def _technician(work: RegisterWork, group_id: int, login: Value) -> tuple[str, str] | None:
    if not login:
        return None
    user = work.users.find(group_id, str(login))
    if user is None or not _is_colleague(user):
        raise RefusedError(f"There is no user {login}.", remedy="technician is a login: syncd user list")
    return user.login, user.name


def _is_colleague(user: UserInfo) -> bool:
    return user.active and user.customer_id is None


def _responsible(work: RegisterWork, order_id: int) -> tuple[str | None, str | None]:
    people = work.orders.technicians([order_id]).get(order_id, [])
    return (people[0].login, people[0].name) if people else (None, None)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
