"""Asking for a run: whoever may, for a connection of their group, through the waiting line that everybody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import NotFoundError, RefusedError
from syncd.ports.queue import Order
from syncd.register.access import Verb, require
from syncd.register.numbers import has_unprintable
from syncd.register.problems import UnknownCustomerError
from syncd.services import runs
from syncd.services.connections import UnknownConnectionError, find
from syncd.services.sync.queued import bound

if TYPE_CHECKING:
    from syncd.ports.queue import RunQueue, Ticket
    from syncd.ports.records import ConnectionInfo
    from syncd.ports.work import Store, Work
    from syncd.register.access import Actor


class UnknownTicketError(NotFoundError):
    """There is no such place in the waiting line (any more), or it is another group's."""

    code = "unknown_ticket"

    def __init__(self) -> None:
        super().__init__("There is no such order.", remedy="`syncd runs list` shows what ran.")


class NotHeldError(RefusedError):
    """No brake stopped the run."""

    code = "not_held"

    def __init__(self, run_id: int) -> None:
        super().__init__(f"run {run_id} is not held", remedy="There is nothing to approve.")


def order_run(store: Store, queue: RunQueue, actor: Actor, group_id: int, name: str, order: Order) -> Ticket:
    """Put an order in line for a connection; an equal one that waits already is joined."""
    require(actor, Verb.SYNC)
    connection = find(store, group_id, name)
    return queue.join(connection.id, bound(store, connection, order))


def place_order(work: Work, actor: Actor, group_id: int, name: str, order: Order) -> Ticket:
    """The same within a transaction, for an order that is no approval."""
    require(actor, Verb.SYNC)
    if order.customer is not None and has_unprintable(order.customer):
        raise UnknownCustomerError
    connection = next((one for one in work.connections.list(group_id) if one.name == name), None)
    if connection is None:
        raise UnknownConnectionError(name)
    ticket = work.line.join(connection.id, order)
    work.commit()
    return ticket


def approve(store: Store, queue: RunQueue, actor: Actor, group_id: int, run_id: int) -> Ticket:
    """Order exactly the plan that a run held, or that a dry run showed to be held.

    Raises ``NotHeldError``, ``UnknownRunError``.
    """
    run, lines = runs.show(store, actor, group_id, run_id)
    if run.status not in {"held", "planned"} or run.error is None:
        raise NotHeldError(run_id)
    order = Order(
        actor.login,
        kind="full" if run.kind == "full" else None,
        customer=runs.only_customer(run, lines),
        undoes=run.undoes,
        approve=True,
        shown=run.id,
    )
    return order_run(store, queue, actor, group_id, run.connection, order)


def look(store: Store, queue: RunQueue, actor: Actor, group_id: int, ticket_id: int) -> tuple[Ticket, ConnectionInfo]:
    """What became of an order. Raises ``UnknownTicketError``, also for another group's."""
    require(actor, Verb.SYNC)
    ticket = queue.get(ticket_id)
    with store.reading() as work:
        known = {connection.id: connection for connection in work.connections.list(group_id)}
    if ticket is None or ticket.connection_id not in known:
        raise UnknownTicketError
    return ticket, known[ticket.connection_id]
