"""Running connections in this process: whatever happens, there is a document and an exit code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.bootstrap import now
from syncd.cli.progress import stages
from syncd.cli.stopping import stopping
from syncd.errors import SyncdError
from syncd.services.sync.attempts import attempt_of, without_run
from syncd.services.sync.finish import command_of
from syncd.services.sync.queued import carry_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.cli.application import Session
    from syncd.cli.stopping import Stopping
    from syncd.ports.queue import Order
    from syncd.ports.records import ConnectionInfo
    from syncd.services.sync.attempts import Attempt

PRECEDENCE = (78, 77, 69, 4, 5, 3, 1, 10)
"""Of several exit codes the one that counts (cli.md)."""

PATIENCE = 600.0
"""Seconds to wait for another run of the connection."""

_OPEN_CONFLICTS = 10


def run_all(
    session: Session,
    connections: Iterable[ConnectionInfo],
    order: Order,
    *,
    wait: float = PATIENCE,
    personal: bool = False,
) -> list[Attempt]:
    """Run connections one after the other; after a signal those that have not begun are told as interrupted."""
    with stopping(session.app.stop) as stop:
        done = []
        for connection in connections:
            attempt = _attempt(session, connection, order, wait, personal=personal)
            done.append(_after_signal(attempt, stop))
    return done


def _after_signal(attempt: Attempt, stop: Stopping) -> Attempt:
    """Who asked to stop hears that, also where the end met a busy database."""
    run = attempt.document["run"]
    cut_off = run["status"] == "interrupted" or run["id"] is None
    return replace(attempt, code=stop.exit_code or attempt.code) if cut_off else attempt


def unanswered(attempt: Attempt) -> Attempt:
    """The attempt for somebody to whom open conflicts are a failure."""
    waits = attempt.code == 0 and attempt.open_conflicts > 0
    return replace(attempt, code=_OPEN_CONFLICTS) if waits else attempt


def worst(codes: Iterable[int]) -> int:
    """The exit code of several runs: a signal's, else the first in the order of precedence."""
    found = set(codes)
    unlisted = found - {*PRECEDENCE, 0}
    return max(unlisted) if unlisted else next((code for code in PRECEDENCE if code in found), 0)


def _attempt(session: Session, connection: ConnectionInfo, order: Order, wait: float, *, personal: bool) -> Attempt:
    begun = now()
    try:
        with stages() as progress:
            run = carry_out(session.app.runner(progress), session.app.queue, connection, order, wait=wait)
    except SyncdError as error:
        attempt = without_run(connection.name, order, error, begun, now())
    else:
        attempt = attempt_of(session.store, session.actor, run, personal=personal)
    return replace(attempt, command=command_of(order, connection.name))
