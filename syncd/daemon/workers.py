"""Workers: what stands in line is carried out, each connection by a thread of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import structlog

from syncd.daemon.pulse import WatchedStop
from syncd.errors import SyncdError
from syncd.services.agenda import SCHEDULE
from syncd.services.sync.queued import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from syncd.daemon.pulse import Pulse
    from syncd.ports.queue import RunQueue, Ticket
    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.ports.work import Store
    from syncd.services.sync.context import Progress
    from syncd.services.sync.run import Runner

LOOK = 2.0
"""Seconds between two looks at the line for what other processes put there; our own wake us at once."""

LOOKING = "workers"
_LOOK_ALLOWED = 120.0
"""Seconds in which the line must have been looked at: a busy database may take thirty."""

RUN_ALLOWED = 1800.0
"""Seconds without a sign of life after which a run counts as stuck: comparing a large register is silent for long."""

DRAIN = 9.0
"""Seconds for runs to end; a request to an accounting system takes eight at most (S-57)."""

_log = structlog.get_logger("syncd.daemon")


class MakeRunner(Protocol):
    """Makes what carries one run out."""

    def __call__(self, progress: Progress, stop: WatchedStop) -> Runner:
        """Make."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a run has come."""

    stage: str
    done: int
    total: int | None


@dataclass(slots=True)
class Busy:
    """A connection that is being run here, or at least tried."""

    scheduled: bool
    stage: Stage | None = None


def _nobody_listens(_run: RunInfo) -> None:
    """A run whose end interests nobody."""


@dataclass
class Workers:
    """Threads that carry out what stands in line.

    ``most`` scheduled runs go on at a time; what a person asks for begins at once. ``ended`` hears of each run.
    """

    store: Store
    queue: RunQueue
    make_runner: MakeRunner
    pulse: Pulse
    most: int
    patience: float = DRAIN
    ended: Callable[[RunInfo], object] = _nobody_listens
    changed: threading.Condition = field(default_factory=threading.Condition)
    stopping: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _busy: dict[int, Busy] = field(default_factory=dict)
    _looking: threading.Thread | None = None

    name = "workers"

    def start(self) -> None:
        """Begin to look at the line."""
        self._looking = threading.Thread(target=self._look_again_and_again, name="workers", daemon=True)
        self._looking.start()

    def stop(self) -> None:
        """Let every run end between two of its steps. What does not end in time is taken up by the next process."""
        self.stopping.set()
        self._wake.set()
        end = time.monotonic() + self.patience
        if self._looking is not None:
            self._looking.join(self.patience)
        with self.changed:
            if not self.changed.wait_for(lambda: not self._busy, max(0.0, end - time.monotonic())):
                _log.warning("runs.left_behind", connections=sorted(self._busy))

    def wake(self) -> None:
        """Look at the line now."""
        self._wake.set()

    def busy(self) -> dict[int, Busy]:
        """The connections that are being run here."""
        with self.changed:
            return dict(self._busy)

    def _look_again_and_again(self) -> None:
        while not self.stopping.is_set():
            self.pulse.beat(LOOKING, _LOOK_ALLOWED)
            try:
                self.look()
            except SyncdError as error:
                _log.warning("queue.unreadable", error=error.code)
            self._wake.wait(LOOK)
            self._wake.clear()
        self.pulse.rest(LOOKING)

    def look(self) -> None:
        """Start a run for each connection whose line can go on."""
        tickets = self.queue.pending()
        if not tickets or self.stopping.is_set():
            return
        with self.store.reading() as work:
            connections = {connection.id: connection for connection in work.connections.list()}
        for ticket in self._startable(tickets):
            if ticket.connection_id in connections:
                self._begin(connections[ticket.connection_id], ticket)

    def _startable(self, tickets: tuple[Ticket, ...]) -> Iterator[Ticket]:
        """The first of each line, as far as there is room.

        A ticket that runs without being ours belongs to another process, or to one that died: the lock will tell.
        """
        seen = set(self.busy())
        scheduled = sum(1 for busy in self.busy().values() if busy.scheduled)
        for ticket in sorted(tickets, key=lambda one: (one.order.trigger == SCHEDULE, one.id)):
            waits_for_room = ticket.order.trigger == SCHEDULE and scheduled >= self.most
            if ticket.connection_id not in seen and not waits_for_room:
                seen.add(ticket.connection_id)
                scheduled += ticket.order.trigger == SCHEDULE
                yield ticket

    def _begin(self, connection: ConnectionInfo, ticket: Ticket) -> None:
        with self.changed:
            self._busy[connection.id] = Busy(ticket.order.trigger == SCHEDULE)
        threading.Thread(target=self._work, args=(connection,), name=f"run-{connection.id}", daemon=True).start()

    def _work(self, connection: ConnectionInfo) -> None:
        sign = f"run of {connection.name}"

        def beat(silent: float) -> None:
            self.pulse.beat(sign, RUN_ALLOWED + silent)

        def progress(stage: str, done: int, total: int | None) -> None:
            beat(0.0)
            self._tell(connection.id, Stage(stage, done, total))

        run = None
        try:
            run = serve(self.make_runner(progress, WatchedStop(self.stopping, beat)), self.queue, connection)
        except SyncdError as error:
            _log.error("run.not_begun", connection=connection.name, error=error.code)
        except Exception:  # noqa: BLE001 - a fault in one run is told, and the daemon goes on
            _log.exception("run.broken", connection=connection.name)
        finally:
            self.pulse.rest(sign)
            with self.changed:
                del self._busy[connection.id]
                self.changed.notify_all()
        if run is not None:
            self._tell_end(run)
            self.wake()

    def _tell_end(self, run: RunInfo) -> None:
        try:
            self.ended(run)
        except Exception:  # noqa: BLE001 - whoever listens must not end the worker
            _log.exception("run.not_told", connection=run.connection)

    def _tell(self, connection_id: int, stage: Stage) -> None:
        with self.changed:
            self._busy[connection_id].stage = stage
            self.changed.notify_all()
