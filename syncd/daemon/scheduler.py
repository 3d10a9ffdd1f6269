"""The schedule: APScheduler wakes us, what is due is decided from the database (`services/agenda.py`).

Jobs live in memory and are built from the database: at the start, and again whenever settings changed. Each job only
puts an order in line, so a long run never holds the schedule up and a second one joins the first.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger
from typing_extensions import override

from syncd.errors import SyncdError
from syncd.services.agenda import agenda, due, may_run, situation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from syncd.ports.clock import Clock
    from syncd.ports.queue import RunQueue
    from syncd.ports.records import ConnectionInfo
    from syncd.ports.work import Store
    from syncd.services.agenda import Agenda, Defaults

REFRESH = timedelta(seconds=10)
"""How soon a changed setting counts."""

PATIENCE = 2.0
"""Seconds that the end waits for jobs: they only look things up."""

_log = structlog.get_logger("syncd.daemon")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that keeps the house in order, again and again."""

    name: str
    every: timedelta
    act: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Timetable:
    """What the configuration says of the schedule."""

    enabled: bool
    defaults: Defaults
    jitter: timedelta


class DueTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Fires when an agenda says so, a little later by chance. What was slept through fires once."""

    def __init__(self, agenda: Agenda, last_run: datetime | None, jitter: Callable[[], timedelta]) -> None:
        self._agenda = agenda
        self._last_run = last_run
        self._jitter = jitter

    @override
    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next time, never one that has passed."""
        last = previous_fire_time or self._last_run
        time = self._agenda.next_after(last) if last is not None else now
        if time <= now:
            time = now if previous_fire_time is None else self._agenda.next_after(now)
        return time + self._jitter()


@dataclass
class Scheduler:
    """Puts orders in line when they are due, and does the chores. ``chance`` gives numbers from 0 to 1."""

    store: Store
    queue: RunQueue
    timetable: Timetable
    clock: Clock
    chance: Callable[[], float]
    wake: Callable[[], None]
    chores: Sequence[Chore] = ()
    refreshed: timedelta = REFRESH
    _jobs: Any = field(default_factory=lambda: BackgroundScheduler(timezone=UTC))
    _known: dict[int, object] = field(default_factory=dict)
    _at_work: threading.Condition = field(default_factory=threading.Condition)
    _working: int = 0
    _ended: bool = False

    name = "scheduler"

    def start(self) -> None:
        """Build the schedule and begin."""
        self.refresh()
        for chore in (Chore("refresh", self.refreshed, self.refresh), *self.chores):
            self._add(f"chore:{chore.name}", IntervalTrigger(seconds=chore.every.total_seconds()), chore.act)
        self._jobs.start()

    def stop(self) -> None:
        """Begin nothing more, and let what is being looked up come to its end."""
        if self._jobs.running:
            self._jobs.shutdown(wait=False)
        with self._at_work:
            self._ended = True
            self._at_work.wait_for(lambda: not self._working, PATIENCE)

    def next_times(self) -> dict[int, datetime]:
        """When each connection is looked at next."""
        jobs = {job.id: job.next_run_time for job in self._jobs.get_jobs()}
        return {known: jobs[_job(known)] for known in self._known if jobs.get(_job(known)) is not None}

    def refresh(self) -> None:
        """Build anew what changed in the database or in the configuration."""
        timetable = self.timetable
        with self.store.reading() as work:
            connections = [one for one in work.connections.list() if timetable.enabled and may_run(one)]
            clocks = {one: work.groups.settings(one).time_zone for one in {each.group_id for each in connections}}
        wanted = {one.id: (one, agenda(one, clocks[one.group_id], timetable.defaults)) for one in connections}
        for gone in self._known.keys() - wanted.keys():
            self._jobs.remove_job(_job(gone))
            del self._known[gone]
        for number, (connection, its_agenda) in wanted.items():
            if self._known.get(number) != (its_agenda, timetable.jitter):
                self._schedule(connection, its_agenda, timetable)
                self._known[number] = (its_agenda, timetable.jitter)

    def _schedule(self, connection: ConnectionInfo, its_agenda: Agenda, timetable: Timetable) -> None:
        with self.store.reading() as work:
            last_run = situation(work, connection, timetable.defaults).last_run
        trigger = DueTrigger(its_agenda, last_run, lambda: timetable.jitter * self.chance())
        self._add(_job(connection.id), trigger, lambda: self.tick(connection.id))
        _log.info("schedule.built", connection=connection.name)

    def _add(self, name: str, trigger: Any, act: Callable[[], object]) -> None:  # noqa: ANN401 - the library has no types
        once = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None, "replace_existing": True}
        self._jobs.add_job(lambda: self._do(name, act), trigger, id=name, name=name, **once)

    def _do(self, name: str, act: Callable[[], object]) -> None:
        """A job that fails is told in a line, without what it was about, and comes again."""
        with self._at_work:
            if self._ended:
                return
            self._working += 1
        try:
            act()
        except SyncdError as error:
            _log.warning("job.failed", job=name, error=error.code)
        except Exception:  # noqa: BLE001 - the library would log the job with its arguments
            _log.exception("job.broken", job=name)
        finally:
            with self._at_work:
                self._working -= 1
                self._at_work.notify_all()

    def tick(self, connection_id: int) -> None:
        """A connection's time has come: put what is due in line, unless it is busy; its next time comes soon."""
        if any(ticket.connection_id == connection_id for ticket in self.queue.pending()):
            return
        with self.store.reading() as work:
            known = {one.id: one for one in work.connections.list()}
            if connection_id not in known:
                return
            found = situation(work, known[connection_id], self.timetable.defaults)
        order = due(found, self.clock())
        if order is None:
            _log.debug("schedule.left_alone", connection=found.connection.name, failures=found.circuit.failures)
            return
        self.queue.join(connection_id, order)
        self.wake()


def _job(connection_id: int) -> str:
    return f"connection:{connection_id}"
