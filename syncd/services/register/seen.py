"""Nobody overwrites what they have not seen: a record is changed as somebody saw it, or not at all.

A customer has a version. Orders, users and entries of catalogues are named by what they hold.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from syncd.errors import ChangedMeanwhileError
from syncd.services.register.finding import found

if TYPE_CHECKING:
    from collections.abc import Container

    from syncd.engine.state import Local
    from syncd.ports.orders import OrderInfo
    from syncd.ports.people import UserInfo
    from syncd.ports.protocols import ProtocolInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.catalogues import Catalogue, Entry


def version_of(customer: Local) -> str:
    """Name the state of a customer. Its id is part of it: another customer may get its number one day."""
    return f"{customer.id}-{customer.version}"


def hold_as_seen(work: RegisterWork, actor: Actor, group_id: int, number: str, seen: Container[str]) -> Local:
    """Keep a customer from everybody else until the transaction ends, if it is in a state that somebody saw.

    What changes it is called in the same transaction. Raises ``UnknownCustomerError``, ``ChangedMeanwhileError``.
    """
    customer = found(work, actor, group_id, number)
    held = work.customers.hold(customer.id)
    if version_of(held) not in seen:
        raise ChangedMeanwhileError(f"Customer {held.number}")
    return held


def order_version(order: OrderInfo) -> str:
    """Name the state of an order."""
    return _state(order.id, dict(order.fields))


def user_version(user: UserInfo) -> str:
    """Name the state of a user: fields and rights."""
    fields = (user.name, user.email, user.phone, user.employee_number, user.active, user.email_notices)
    return _state(user.id, [*fields, user.administrator, sorted(user.permissions)])


def entry_version(entry: Entry) -> str:
    """Name the state of an entry."""
    return _state(entry.id, [dict(entry.values), entry.retired])


def protocol_version(protocol: ProtocolInfo) -> str:
    """Name the state of a service protocol."""
    written = protocol.written
    return _state(protocol.id, [written.date, written.login, written.technician, written.text])


def hold_order(work: RegisterWork, order: OrderInfo, seen: Container[str]) -> OrderInfo:
    """Keep an order, as ``hold_as_seen`` keeps a customer. Who may change it was asked before."""
    held = work.orders.hold(order.id)
    if order_version(held) not in seen:
        raise ChangedMeanwhileError(f"Order {held.number}")
    return held


def hold_protocol(work: RegisterWork, group_id: int, protocol: ProtocolInfo, seen: Container[str]) -> ProtocolInfo:
    """Keep a service protocol, as ``hold_as_seen`` keeps a customer. Who may change it was asked before."""
    held = work.protocols.hold(group_id, protocol)
    if protocol_version(held) not in seen:
        raise ChangedMeanwhileError(f"Service protocol {held.number}")
    return held


def hold_user(work: RegisterWork, user: UserInfo, seen: Container[str]) -> UserInfo:
    """Keep a user, as ``hold_as_seen`` keeps a customer. Who may change them was asked before."""
    held = work.users.hold(user.id)
    if user_version(held) not in seen:
        raise ChangedMeanwhileError("The user")
    return held


def hold_entry(work: RegisterWork, catalogue: Catalogue, entry: Entry, seen: Container[str]) -> Entry:
    """Keep an entry of a catalogue, as ``hold_as_seen`` keeps a customer. Who may change it was asked before."""
    held = work.catalogues.hold(catalogue, entry)
    if entry_version(held) not in seen:
        raise ChangedMeanwhileError(catalogue.entry.capitalize())
    return held


def _state(record_id: int, held: object) -> str:
    return f"{record_id}-{hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:16]}"
