"""Linking a customer to its record in accounting on purpose, and ending that link (S-16)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.engine.identity import doubt
from syncd.engine.settings import effective
from syncd.errors import LockedError, RefusedError
from syncd.register.access import Verb, require
from syncd.register.history import EventKind
from syncd.services.register.finding import author, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.engine.state import Local
    from syncd.ports.records import ConnectionInfo
    from syncd.ports.work import Store, Work
    from syncd.register.access import Actor
    from syncd.values.records import RemoteRecord


@dataclass(frozen=True, slots=True)
class Partner:
    """The record in accounting that a person means: by its id, by its number, or (neither) by the customer's own.

    ``same``: they are one customer although their names or organisation numbers speak against it.
    """

    remote_id: str | None = None
    number: str | None = None
    same: bool = False


def link(store: Store, actor: Actor, connection: ConnectionInfo, number: str, partner: Partner) -> Local:
    """Link a customer to its record, never paired or ended before; the next run compares the two as a first link.

    Raises ``RefusedError`` when either has a partner already, or may be somebody else and nobody said *same*.
    """
    with _alone(store, actor, connection) as work:
        customer = found(work, actor, connection.group_id, number)
        record = _record(work, connection, partner, customer.number)
        _refuse_taken(work, connection, customer, record)
        _refuse_doubtful(connection, customer, record, partner)
        work.links.create(connection.id, customer.id, record.remote_id, {}, (0, ""))
        _note(work, actor, connection, customer, record.remote_id, EventKind.LINKED)
        work.commit()
        return customer


def unlink(store: Store, actor: Actor, connection: ConnectionInfo, number: str) -> Local:
    """End a customer's link; both sides stay as they are and are left alone. Raises ``RefusedError`` without one."""
    with _alone(store, actor, connection) as work:
        customer = found(work, actor, connection.group_id, number)
        held = work.links.of_customer(connection.id, customer.id)
        if held is None:
            raise RefusedError(f"customer {customer.number} is not linked to {connection.name}")
        work.links.end(held.id, "unlinked", actor.login)
        _note(work, actor, connection, customer, held.remote_id, EventKind.UNLINKED)
        work.commit()
        return customer


@contextmanager
def _alone(store: Store, actor: Actor, connection: ConnectionInfo) -> Iterator[Work]:
    """A unit of work while no run is under way: a run has decided on its pairs already."""
    require(actor, Verb.LINK)
    with store.lock(f"run-{connection.id}") as got, store.work() as work:
        if not got:
            raise LockedError(f"a run of {connection.name} is under way", remedy="Wait for it to end, then repeat it.")
        yield work


def _record(work: Work, connection: ConnectionInfo, partner: Partner, own: str) -> RemoteRecord:
    wanted = (partner.number or own).strip()
    ids = [partner.remote_id] if partner.remote_id else sorted(work.mirrors.with_number(connection.id, [wanted]))
    records = list(work.mirrors.load(connection.id, ids).values())
    if not records:
        what = f"the id {partner.remote_id}" if partner.remote_id else f"number {wanted}"
        remedy = f"If it is new there, run `syncd sync {connection.name}` first; look at its number in accounting."
        raise RefusedError(f"{connection.name} showed no customer with {what}", remedy=remedy)
    if len(records) > 1:
        remedy = f"Name one by its id, --remote-id: {', '.join(record.remote_id for record in records)}."
        raise RefusedError(f"{connection.name} has more than one customer with number {wanted}", remedy=remedy)
    return records[0]


def _refuse_taken(work: Work, connection: ConnectionInfo, customer: Local, record: RemoteRecord) -> None:
    """Either side has one partner; a link ends before another begins."""
    remedy = "End that link first: syncd customer unlink NUMBER."
    if work.links.of_customer(connection.id, customer.id) is not None:
        raise RefusedError(f"customer {customer.number} is linked to {connection.name} already", remedy=remedy)
    held = work.links.of_remotes(connection.id, [record.remote_id]).get(record.remote_id)
    if held is not None:
        holder = work.customers.load(held.customer_id)
        name = f"customer {holder.number}" if holder is not None else "a customer that was deleted"
        raise RefusedError(f"that record of {connection.name} is linked to {name}", remedy=remedy)


def _refuse_doubtful(connection: ConnectionInfo, customer: Local, record: RemoteRecord, partner: Partner) -> None:
    likeness = effective(connection.settings)["name_likeness"]
    reason = doubt(customer.fields, record.fields, likeness=int(likeness or 0))
    if reason is not None and not partner.same:
        remedy = "If they are one customer all the same, say so with --same."
        raise RefusedError(f"these may be two customers: {reason}", remedy=remedy)


def _note(
    work: Work, actor: Actor, connection: ConnectionInfo, customer: Local, remote_id: str, kind: EventKind
) -> None:
    """Write it into the customer's history, and let the next run look at both."""
    work.customers.note([customer.id], kind, author(actor), about=f"{connection.name}: {remote_id}")
    for what, ref in (("customer", str(customer.id)), ("remote", remote_id), ("reference", remote_id)):
        work.links.touch(connection.id, what, ref)
