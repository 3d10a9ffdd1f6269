"""When a connection is due, and for what: decided from its settings and the reports of its runs, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from syncd.ports.queue import Order
from syncd.register.zones import zone
from syncd.values.schedule import Schedule, at, every, next_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.ports.work import Work

T = TypeVar("T")

SCHEDULE = "schedule"
"""Who asked, where it was nobody."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
_LOOK_BACK = 20
_GOOD = frozenset({"succeeded", "partial"})
_BAD = frozenset({"failed", "held"})


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the configuration says for connections that say nothing."""

    incremental_every: str = "5m"
    full_at: str = "02:30"
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Agenda:
    """When changes are looked for, and when everything is compared, on which clock."""

    incremental: Schedule
    full: Schedule
    clock: tzinfo

    def next_after(self, moment: datetime) -> datetime:
        """The first time after ``moment`` at which anything is due."""
        return min(next_after(schedule, moment, self.clock) for schedule in (self.incremental, self.full))


def agenda(connection: ConnectionInfo, time_zone: str, defaults: Defaults) -> Agenda:
    """A connection's agenda; what cannot be read (any more) is as the configuration says."""

    def chosen(read: Callable[[str], T], wished: object, otherwise: str) -> T:
        try:
            return read(str(wished or otherwise))
        except ValueError:
            return read(otherwise)

    return Agenda(
        chosen(every, connection.settings.get("incremental_every"), defaults.incremental_every),
        chosen(at, connection.settings.get("full_at"), defaults.full_at),
        chosen(zone, time_zone, defaults.time_zone),
    )


@dataclass(frozen=True, slots=True)
class Circuit:
    """How often in a row the schedule met a failure or a held plan, and until when it keeps away."""

    failures: int = 0
    retry_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the connection is left alone for now."""
        return self.retry_at is not None and now < self.retry_at


def circuit(runs: Iterable[RunInfo]) -> Circuit:
    """The circuit of a connection, from its latest runs, newest first.

    A good run closes it, whoever asked for it. Runs that people started and that failed do not make it wait longer;
    dry runs and interrupted ones say nothing.
    """
    failed: list[RunInfo] = []
    for run in runs:
        if run.status in _GOOD:
            break
        if run.status in _BAD and run.trigger == SCHEDULE:
            failed.append(run)
    if not failed:
        return Circuit()
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (len(failed) - 1))
    return Circuit(len(failed), _moment(failed[0].finished_at or failed[0].started_at) + pause)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a connection when it is asked whether it is due."""

    connection: ConnectionInfo
    agenda: Agenda
    circuit: Circuit
    last_run: datetime | None
    last_full: datetime | None


def situation(work: Work, connection: ConnectionInfo, defaults: Defaults) -> Situation:
    """Look up what decides whether a connection is due."""
    runs = work.runs.list([connection.id], limit=_LOOK_BACK)
    full = work.runs.latest(connection.id, _GOOD, "full")
    clock = work.groups.settings(connection.group_id).time_zone
    return Situation(
        connection,
        agenda(connection, clock, defaults),
        circuit(runs),
        _moment(runs[0].started_at) if runs else None,
        _moment(full.started_at) if full is not None else None,
    )


def may_run(connection: ConnectionInfo) -> bool:
    """Whether the schedule touches a connection at all: not while paused (S-72), nor without consent (S-46)."""
    return not connection.paused and connection.state != "needs_consent"


def due(known: Situation, now: datetime) -> Order | None:
    """What the schedule asks of a connection at one of its times; None where it must not be disturbed.

    The comparison of everything is owed until it went well: a night that was slept through is made up for.
    """
    connection = known.connection
    if not may_run(connection) or known.circuit.is_open(now):
        return None
    owed = known.last_full is None or next_after(known.agenda.full, known.last_full, known.agenda.clock) <= now
    return Order(SCHEDULE, "full" if owed else None, trigger=SCHEDULE)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
