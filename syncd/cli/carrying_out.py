"""Running connections for the command line: whatever happens, there is a document and an exit code."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from syncd.errors import LockedError, SyncdError
from syncd.services.sync.context import InterruptedRunError, Order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.cli.application import Session
    from syncd.cli.stopping import Stopping
    from syncd.engine.lines import Line
    from syncd.ports.records import ConnectionInfo, RunInfo

PRECEDENCE = (78, 77, 69, 4, 5, 3, 1, 10)
"""Of several exit codes the one that counts (cli.md)."""

_OPEN_CONFLICTS = 10
_SLICE = 0.5
"""Seconds that a waiting run does not listen to signals."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a run ended, or why there was none. ``open_conflicts`` counts those that wait on the connection."""

    connection: str
    document: dict[str, Any]
    code: int
    lines: tuple[Line, ...] = ()
    open_conflicts: int = 0
    dry_run: bool = False


def run_all(
    session: Session, connections: Iterable[ConnectionInfo], order: Order, *, fail_on_conflict: bool = False
) -> list[Attempt]:
    """Run connections one after the other; a signal leaves out those that have not begun."""
    from syncd.cli.stopping import stopping

    done: list[Attempt] = []
    with stopping(session.app.stop) as stop:
        for connection in connections:
            if stop.exit_code is None:
                attempt = _attempt(session, connection, order, stop)
                unanswered = fail_on_conflict and attempt.code == 0 and attempt.open_conflicts > 0
                done.append(replace(attempt, code=_OPEN_CONFLICTS) if unanswered else attempt)
    return done


def worst(codes: Iterable[int]) -> int:
    """The exit code of several runs: a signal's, else the first in the order of precedence."""
    found = set(codes)
    unlisted = found - set(PRECEDENCE) - {0}
    return max(unlisted) if unlisted else next((code for code in PRECEDENCE if code in found), 0)


def _attempt(session: Session, connection: ConnectionInfo, order: Order, stop: Stopping) -> Attempt:
    from syncd.bootstrap import now
    from syncd.services.sync import report

    begun = now()
    try:
        run = _carry_out(session, connection, order)
    except SyncdError as error:
        code = stop.exit_code if isinstance(error, InterruptedRunError) else None
        document = _without_run(connection, order, error, _Times(stamp(begun), stamp(now())))
        return Attempt(connection.name, document, code or error.exit_code, dry_run=order.dry_run)
    with session.store.reading() as work:
        lines = work.runs.lines(run.id)
        waiting = work.conflicts.count_open(connection.id)
    code = stop.exit_code if run.status == "interrupted" else None
    document = report.document(run, lines)
    return Attempt(connection.name, document, code or report.exit_code(run), lines, waiting, order.dry_run)


def _carry_out(session: Session, connection: ConnectionInfo, order: Order) -> RunInfo:
    """Run in this process. A running daemon would be asked here instead: same order, same lock, same report."""
    from syncd.cli.progress import stages

    with stages() as progress:
        runner = session.app.runner(progress)
        end = time.monotonic() + order.wait
        while True:
            try:
                return runner.run(connection, replace(order, wait=min(order.wait, _SLICE)))
            except LockedError:
                if session.app.stop.is_set():
                    raise InterruptedRunError("interrupted while waiting for another run") from None
                if time.monotonic() >= end:
                    raise


@dataclass(frozen=True, slots=True)
class _Times:
    begun: str
    ended: str


def stamp(moment: Any) -> str:  # noqa: ANN401
    """A moment as JSON shows it."""
    from syncd.ports.clock import stamp as written

    return written(moment)


def _without_run(connection: ConnectionInfo, order: Order, error: SyncdError, times: _Times) -> dict[str, Any]:
    """The document of a run that could not even begin."""
    from syncd.services.sync import report

    return {
        "run": {
            "id": None,
            "connection": connection.name,
            "kind": "customer" if order.customer is not None else order.kind or "incremental",
            "status": "interrupted" if isinstance(error, InterruptedRunError) else "failed",
            "started_at": times.begun,
            "finished_at": times.ended,
            "error": report.told(error),
        },
        "counts": report.counts((), in_step=0),
        "actions": [],
        "requests": 0,
    }
