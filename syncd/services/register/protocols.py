"""Writing service protocols, reading them, and sending them to the contacts that asked for them (R-06, R-12)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.ports.mail import NewMessage
from syncd.ports.protocols import NewSending, ProtocolQuery, Written
from syncd.register.access import Verb, require
from syncd.register.problems import UnknownCustomerError
from syncd.register.protocols import (
    NobodyToSendError,
    NoServiceOrderError,
    Receiver,
    UnknownProtocolError,
    changed_protocol,
    is_service,
    new_protocol,
    receivers,
    rows,
)
from syncd.services.register import protocol_words as words
from syncd.services.register.finding import author, require_sight
from syncd.services.register.orders import found_order, order_views, show_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from syncd.ports.protocols import ProtocolInfo, Sending
    from syncd.ports.register import RegisterWork, UserInfo
    from syncd.register.access import Actor
    from syncd.register.fields import Value
    from syncd.services.register.orders import OrderView


@dataclass(frozen=True, slots=True)
class ProtocolView:
    """A protocol with its order, and what was sent of it."""

    protocol: ProtocolInfo
    order: OrderView
    sent: tuple[Sending, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """Who was sent the documents now, and who had been sent the very same before."""

    order: OrderView
    queued: tuple[Receiver, ...]
    before: tuple[Receiver, ...]


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
    try:
        require(actor, Verb.VIEW, protocol.customer_id)
    except UnknownCustomerError:
        raise UnknownProtocolError from None
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


def send_protocol(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    order_number: str,
    protocol_number: str | None = None,
    *,
    again: bool = False,
) -> Sent:
    """Mail an order's protocol (the latest, unless one is named) and work order to the contacts with the flag.

    Each contact gets what it is marked for, in one mail. What somebody was sent already is not sent twice, unless
    ``again``.
    """
    order = show_order(work, actor, group_id, order_number)
    require(actor, Verb.SEND, order.customer.id)
    protocol = _protocol(work, actor, group_id, order, protocol_number)
    contacts = work.customers.contacts([order.customer.id]).get(order.customer.id, [])
    wanted = receivers(contacts, has_protocol=protocol is not None)
    if not wanted:
        waits = protocol is None and is_service(order.order.fields) and any(c.send_service_protocol for c in contacts)
        raise NobodyToSendError(order.customer.number, order.order.number, waits_for_protocol=waits)
    documents = words.Documents(order, protocol)
    queued = _queue(work, actor, group_id, wanted, documents, again=again)
    work.commit()
    return Sent(show_order(work, actor, group_id, order_number), queued, tuple(r for r in wanted if r not in queued))


def _protocol(
    work: RegisterWork, actor: Actor, group_id: int, order: OrderView, number: str | None
) -> ProtocolInfo | None:
    if number is None:
        latest = work.protocols.page(group_id, ProtocolQuery(order_id=order.order.id, limit=1))
        return latest[0] if latest else None
    protocol = found_protocol(work, actor, group_id, number)
    if protocol.order_id != order.order.id:
        raise RefusedError(
            f"Service protocol {protocol.number} belongs to order {protocol.order_number}.",
            remedy=f"Send it there: syncd order send {protocol.order_number} --protocol {protocol.number}",
        )
    return protocol


def _queue(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    wanted: Iterable[Receiver],
    documents: words.Documents,
    *,
    again: bool,
) -> tuple[Receiver, ...]:
    """Queue the mails and remember them, in one transaction: one message per change, also after a crash."""
    group = next(one.name for one in work.groups.list() if one.id == group_id)
    language = work.groups.settings(group_id).language
    order, protocol = documents.order.order, documents.protocol
    times = len(work.protocols.sent([order.id]).get(order.id, ())) if again else 0
    made: dict[str, tuple[Receiver, str]] = {}
    for one in wanted:
        text = words.body(one, documents, group, language)
        made[_key(order.id, one.address, text, times)] = (one, text)
    fresh = made.keys() - work.protocols.known(order.id, made)
    chosen = {key: made[key] for key in made if key in fresh}
    for key, (one, text) in chosen.items():
        head = words.subject(one, documents, group, language)
        kind = "service_protocol" if one.protocol else "work_order"
        work.outbox.add(group_id, NewMessage(kind, key, head, text, address=one.address))
    if chosen:
        number = protocol.id if protocol is not None else None
        sendings = [
            NewSending(key, one.name, one.address, number if one.protocol else None, one.work_order)
            for key, (one, _) in chosen.items()
        ]
        work.protocols.send(group_id, order, sendings, author(actor))
    return tuple(one for one, _ in chosen.values())


def _key(order_id: int, address: str, text: str, times: int) -> str:
    mark = hashlib.sha256(f"{address.casefold()}\n{text}".encode()).hexdigest()[:24]
    return f"order:{order_id}:{mark}" + (f":{times}" if times else "")


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
