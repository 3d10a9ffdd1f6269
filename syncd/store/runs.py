"""Runs and their reports (S-55)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, null, or_, select, update

from syncd.engine.lines import Line, Trace
from syncd.ports.clock import stamp
from syncd.ports.records import RunInfo
from syncd.store.dialect import append
from syncd.store.tables import Connection, Run, RunLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Delete
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock


class Runs:
    """Reads and writes runs of any connection."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def start(self, connection_id: int, kind: str, *, trigger: str, who: str, undoes: str | None = None) -> int:
        """Record that a run began; returns its id. ``undoes``: what an undo takes back."""
        row = Run(connection_id=connection_id, kind=kind, status="running", trigger=trigger, who=who, undoes=undoes)
        row.started_at = stamp(self._clock())
        self._session.add(row)
        self._session.flush()
        return row.id

    def finish(self, run_id: int, **columns: Any) -> None:
        """Store how a run ended: ``status``, ``error``, ``counts``, ``requests``, ``marks``, ``kind``."""
        values = {**columns, "finished_at": stamp(self._clock())}
        self._session.execute(update(Run).where(Run.id == run_id).values(**values))

    def approve(self, run_id: int, who: str) -> None:
        """Record who approved a held plan."""
        self._session.execute(update(Run).where(Run.id == run_id).values(approved_by=who))

    def interrupt_unfinished(self, connection_id: int) -> None:
        """Runs that died without a word are marked as interrupted."""
        unfinished = update(Run).where(Run.connection_id == connection_id, Run.status == "running")
        self._session.execute(unfinished.values(status="interrupted", finished_at=stamp(self._clock())))

    def prune(self, connection_id: int, days: int, most: int) -> bool:
        """Forget reports older than ``days``, but never the latest one (S-55): at most this many lines at once.

        Returns whether there may be more.
        """
        limit = stamp(self._clock() - timedelta(days=days))
        latest = select(func.max(Run.id)).where(Run.connection_id == connection_id).scalar_subquery()
        old = select(Run.id).where(Run.connection_id == connection_id, Run.started_at < limit, Run.id != latest)
        run_id = self._session.scalar(old.order_by(Run.id).limit(1))
        if run_id is None:
            return False
        first = select(RunLine.position).where(RunLine.run_id == run_id).order_by(RunLine.position).limit(most)
        some = list(self._session.scalars(first))
        if len(some) == most:
            self._drop(delete(RunLine).where(RunLine.run_id == run_id, RunLine.position <= some[-1]))
        else:
            self._drop(delete(Run).where(Run.id == run_id))
        return True

    def _drop(self, statement: Delete) -> None:
        self._session.execute(statement.execution_options(synchronize_session=False))

    def add_lines(self, run_id: int, first: int, lines: Iterable[tuple[Line, float | None]]) -> None:
        """Append lines to a run's report; ``first`` is the position of the first one."""
        rows = [_row(run_id, first + index, line, seconds) for index, (line, seconds) in enumerate(lines)]
        append(self._session, RunLine, rows)

    def append(self, run_id: int, lines: Iterable[Line]) -> None:
        """Add lines to the report of a run that has ended: what became of its writes was found out later."""
        last = self._session.scalar(select(func.max(RunLine.position)).where(RunLine.run_id == run_id))
        self.add_lines(run_id, 0 if last is None else last + 1, [(line, None) for line in lines])

    def get(self, run_id: int) -> RunInfo | None:
        """Read one run."""
        found = self._session.execute(self._select().where(Run.id == run_id)).one_or_none()
        return _info(*found) if found is not None else None

    def list(self, connection_ids: Iterable[int], limit: int = 50, *, before: int | None = None) -> tuple[RunInfo, ...]:
        """The latest runs, newest first; or those before a run."""
        statement = self._select().where(Run.connection_id.in_(list(connection_ids)))
        if before is not None:
            statement = statement.where(Run.id < before)
        return tuple(_info(*row) for row in self._session.execute(statement.order_by(Run.id.desc()).limit(limit)))

    def latest_held(self, connection_id: int, undoes: str | None = None) -> RunInfo | None:
        """The latest plan that a brake holds, from a held run or a dry run, unless a run was carried out after it.

        Of synchronisations, or of the undoing of one and the same thing: neither's approval is the other's.
        """
        held_dry_run = and_(Run.status == "planned", Run.error.is_not(null()))
        counts = or_(Run.status.in_(("succeeded", "partial", "held")), held_dry_run)
        same = Run.undoes.is_(None) if undoes is None else Run.undoes == undoes
        statement = self._select().where(Run.connection_id == connection_id, counts, same)
        found = self._session.execute(statement.order_by(Run.id.desc()).limit(1)).one_or_none()
        run = _info(*found) if found is not None else None
        return run if run is not None and run.status in {"held", "planned"} else None

    def latest(self, connection_id: int, statuses: Iterable[str], kind: str | None = None) -> RunInfo | None:
        """The latest run of this kind, or of any, that ended like this."""
        statement = self._select().where(Run.connection_id == connection_id, Run.status.in_(tuple(statuses)))
        if kind is not None:
            statement = statement.where(Run.kind == kind)
        found = self._session.execute(statement.order_by(Run.id.desc()).limit(1)).one_or_none()
        return _info(*found) if found is not None else None

    def marks(self, run_id: int) -> frozenset[str]:
        """The marks of a held plan's writes: as many as there are customers, so they are read only when asked for."""
        return frozenset(self._session.scalar(select(Run.marks).where(Run.id == run_id)) or ())

    def lines(self, run_id: int) -> tuple[Line, ...]:
        """A run's report, in order."""
        rows = self._session.scalars(select(RunLine).where(RunLine.run_id == run_id).order_by(RunLine.position))
        return tuple(_line(row) for row in rows)

    def _select(self) -> Any:
        return (
            select(Run, Connection.name)
            .join(Connection, Connection.id == Run.connection_id)
            .execution_options(populate_existing=True)
        )


def _row(run_id: int, position: int, line: Line, seconds: float | None) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "position": position,
        "kind": line.kind,
        "subject": line.subject,
        "customer_number": line.customer_number,
        "target": line.target,
        "field": line.field,
        "before": _plain(line.before),
        "after": _plain(line.after),
        "outcome": line.outcome,
        "message": line.message,
        "seconds": seconds,
        "trace": _packed(line.trace),
    }


def _packed(trace: Trace | None) -> dict[str, Any] | None:
    """What is known of a trace."""
    found = {name: _plain(value) for name, value in asdict(trace).items() if value is not None} if trace else {}
    return found or None


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "items") else value


def _line(row: RunLine) -> Line:
    target: Any = row.target
    outcome: Any = row.outcome
    shown = (row.kind, row.subject, row.customer_number, target, row.field, row.before, row.after)
    trace = Trace(**row.trace) if row.trace is not None else None
    return Line(*shown, outcome, row.message, trace)


def _info(row: Run, connection: str) -> RunInfo:
    error: Mapping[str, Any] | None = row.error
    return RunInfo(
        id=row.id,
        connection_id=row.connection_id,
        connection=connection,
        kind=row.kind,
        status=row.status,
        who=row.who,
        trigger=row.trigger,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=error,
        counts=dict(row.counts or {}),
        requests=row.requests,
        undoes=row.undoes,
    )
