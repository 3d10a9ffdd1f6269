"""Running connections for the command line: whatever happens, there is a document and an exit code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from syncd.bootstrap import now
from syncd.cli.progress import stages
from syncd.cli.stopping import stopping
from syncd.errors import SyncdError
from syncd.ports.clock import stamp
from syncd.services.sync import report
from syncd.services.sync.context import InterruptedRunError
from syncd.services.sync.finish import kind_of
from syncd.services.sync.queued import carry_out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from syncd.cli.application import Session
    from syncd.cli.stopping import Stopping
    from syncd.engine.lines import Line
    from syncd.ports.queue import Order
    from syncd.ports.records import ConnectionInfo

PRECEDENCE = (78, 77, 69, 4, 5, 3, 1, 10)
"""Of several exit codes the one that counts (cli.md)."""

PATIENCE = 600.0
"""Seconds to wait for another run of the connection."""

_OPEN_CONFLICTS = 10


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a run ended, or why there was none. ``open_conflicts`` counts those that wait on the connection."""

    connection: ConnectionInfo
    order: Order
    document: dict[str, Any]
    code: int
    lines: tuple[Line, ...] = ()
    open_conflicts: int = 0


def run_all(
    session: Session, connections: Iterable[ConnectionInfo], order: Order, *, wait: float = PATIENCE
) -> list[Attempt]:
    """Run connections one after the other; after a signal those that have not begun are told as interrupted."""
    with stopping(session.app.stop) as stop:
        return [_attempt(session, connection, order, wait, stop) for connection in connections]


def unanswered(attempt: Attempt) -> Attempt:
    """The attempt for somebody to whom open conflicts are a failure."""
    waits = attempt.code == 0 and attempt.open_conflicts > 0
    return replace(attempt, code=_OPEN_CONFLICTS) if waits else attempt


def worst(codes: Iterable[int]) -> int:
    """The exit code of several runs: a signal's, else the first in the order of precedence."""
    found = set(codes)
    unlisted = found - {*PRECEDENCE, 0}
    return max(unlisted) if unlisted else next((code for code in PRECEDENCE if code in found), 0)


def _attempt(session: Session, connection: ConnectionInfo, order: Order, wait: float, stop: Stopping) -> Attempt:
    begun = now()
    try:
        with stages() as progress:
            run = carry_out(session.app.runner(progress), session.app.queue, connection, order, wait=wait)
    except SyncdError as error:
        document = _without_run(connection, order, error, begun)
        return Attempt(connection, order, document, stop.exit_code or error.exit_code)
    with session.store.reading() as work:
        lines = work.runs.lines(run.id)
        waiting = work.conflicts.count_open(connection.id)
    code = stop.exit_code if run.status == "interrupted" else None
    document = report.document(run, lines)
    return Attempt(connection, order, document, code or report.exit_code(run), lines, open_conflicts=waiting)


def _without_run(connection: ConnectionInfo, order: Order, error: SyncdError, begun: datetime) -> dict[str, Any]:
    """The document of a run that could not even begin."""
    return {
        "run": {
            "id": None,
            "connection": connection.name,
            "kind": kind_of(order),
            "status": "interrupted" if isinstance(error, InterruptedRunError) else "failed",
            "started_at": stamp(begun),
            "finished_at": stamp(now()),
            "error": report.told(error),
        },
        "counts": report.counts((), in_step=0),
        "actions": [],
        "requests": 0,
    }
