"""Runs in line: a second order waits once, whichever process asks, and one run answers everybody who joined (S-53)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.errors import LockedError
from syncd.services.sync.context import InterruptedRunError

if TYPE_CHECKING:
    from syncd.ports.queue import Order, RunQueue, Ticket
    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.ports.work import Store
    from syncd.services.sync.run import Runner

LOOK_AGAIN = 0.5
"""Seconds for which a run that waits for another one neither listens to signals nor looks at its ticket."""


def bound(store: Store, connection: ConnectionInfo, order: Order) -> Order:
    """The order as it may stand in line: an approval means the plan that is held now, not one that comes meanwhile."""
    if not order.approve or order.shown is not None:
        return order
    with store.reading() as work:
        held = work.runs.latest_held(connection.id, order.undoes)
    return replace(order, shown=held.id if held is not None else 0)


def carry_out(
    runner: Runner, queue: RunQueue, connection: ConnectionInfo, order: Order, *, wait: float = 0.0
) -> RunInfo:
    """Run in this process when it is the order's turn, or hear what another process made of the same order.

    Raises ``LockedError`` when the connection is busy for longer than ``wait`` seconds, ``InterruptedRunError`` when
    told to stop before the run began.
    """
    order, ticket, end = bound(runner.store, connection, order), None, runner.seconds() + wait
    try:
        while not runner.stop.is_set():
            run = _take_turn(runner, queue, connection, order, ticket)
            if run is not None:
                return run
            if runner.seconds() >= end:
                raise LockedError(f"another run of {connection.name} is under way", remedy="Wait for it to end.")
            ticket = ticket or queue.join(connection.id, order)
            ticket, run = _look(runner, queue, ticket)
            if run is not None:
                return run
    finally:
        if ticket is not None:
            queue.withdraw(ticket.id)
    raise InterruptedRunError("interrupted before the run began", remedy="Start it again.")


def _take_turn(
    runner: Runner, queue: RunQueue, connection: ConnectionInfo, order: Order, ticket: Ticket | None
) -> RunInfo | None:
    """Carry the order out if the connection is free; nobody stands in line for a free connection."""
    with runner.turn(connection, wait=LOOK_AGAIN if ticket is not None else 0.0) as free:
        if not free:
            return None
        mine = ticket or queue.join(connection.id, order)
        claimed = queue.claim(connection.id, mine.id)
        return _run(runner, queue, connection, claimed) if claimed is not None else None


def _run(
    runner: Runner, queue: RunQueue, connection: ConnectionInfo, ticket: Ticket, *, keeps_place: bool = False
) -> RunInfo:
    try:
        run = runner.run_now(connection, ticket.order)
    except (Exception, KeyboardInterrupt):
        queue.finish(ticket, None)
        raise
    if keeps_place and run.status == "interrupted":
        queue.release(ticket)
    else:
        queue.finish(ticket, run.id)
    return run


def _look(runner: Runner, queue: RunQueue, ticket: Ticket) -> tuple[Ticket | None, RunInfo | None]:
    """What became of a ticket: still there, answered, or to be asked for again since whoever had it gave it up."""
    seen = queue.get(ticket.id)
    if seen is None or seen.state == "withdrawn":
        return None, None
    if seen.state != "done":
        return seen, None
    with runner.store.reading() as work:
        run = work.runs.get(seen.run_id) if seen.run_id is not None else None
    return None, run if run is not None and run.status != "interrupted" else None


def serve(runner: Runner, queue: RunQueue, connection: ConnectionInfo) -> RunInfo | None:
    """Carry out what stands first in a connection's line, for whoever asked for it.

    Returns None when the connection is busy elsewhere or nobody waits. A run that is cut off keeps its place: the next
    process goes on with it.
    """
    with runner.turn(connection) as free:
        ticket = queue.claim(connection.id) if free else None
        if ticket is None:
            return None
        return _run(runner, queue, connection, ticket, keeps_place=True)
