"""Workers on a world whose accounting system answers when the test lets it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from syncd import bootstrap
from syncd.daemon.pulse import Pulse
from syncd.daemon.workers import Workers
from syncd.store.queue import StoredQueue
from tests.daemon.waiting import LONG

if TYPE_CHECKING:
    from syncd.daemon.pulse import WatchedStop
    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.services.sync.context import Progress
    from syncd.services.sync.run import Runner
    from tests.world import World


class Gate:
    """Holds every run at its beginning until it is opened; or lets it run into a fault."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.opened = threading.Event()
        self.waiting: list[str] = []
        self.fault: Exception | None = None

    def runner(self, progress: Progress, stop: WatchedStop) -> Runner:
        """As bootstrap makes it."""
        app = self.world.runner()

        def connect(connection: ConnectionInfo) -> Any:  # noqa: ANN401  a connector
            self.waiting.append(connection.name)
            while not self.opened.wait(0.01):
                if stop.is_set():
                    break
            if self.fault is not None:
                raise self.fault
            return self.world.connect(connection)

        return type(app)(app.store, connect, app.witness, stop, progress, app.seconds)


class Crew:
    """Workers, and what they told."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gate = Gate(world)
        self.queue = StoredQueue(world.database, bootstrap.now)
        self.seconds = 0.0
        self.pulse = Pulse(lambda: self.seconds)
        self.ended: list[RunInfo] = []
        self.workers = self.hired(most=1)

    def hired(self, *, most: int) -> Workers:
        """New workers, as after a restart."""
        return Workers(self.world.store, self.queue, self.gate.runner, self.pulse, most, LONG, self.ended.append)

    def add(self, name: str) -> int:
        """Another connection that may run."""
        with self.world.store.work() as work:
            added = work.connections.add(self.world.group.id, name, bootstrap.VISMA_EACCOUNTING)
            work.connections.save(added.id, state="ready")
            work.commit()
        return added.id

    def state(self, ticket_id: int) -> str:
        """Where a ticket stands."""
        ticket = self.queue.get(ticket_id)
        assert ticket is not None
        return ticket.state
