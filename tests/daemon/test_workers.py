"""Workers: what stands in line is carried out, each connection by itself."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from syncd.daemon.workers import Stage
from syncd.errors import NeedsAttentionError
from syncd.log import set_up
from syncd.ports.queue import Order
from syncd.services.agenda import SCHEDULE
from tests.daemon.crew import Crew
from tests.daemon.waiting import LONG, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.daemon.pulse import WatchedStop
    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.services.sync.context import Progress
    from syncd.services.sync.run import Runner
    from tests.world import World

ASKED = Order("anna")
DUE = Order(SCHEDULE, trigger=SCHEDULE)


@pytest.fixture
def crew(world: World) -> Iterator[Crew]:
    made = Crew(world)
    yield made
    made.gate.opened.set()
    made.workers.stop()


def test_what_stands_in_line_is_carried_out(world: World, crew: Crew) -> None:
    """And everybody who wants to know hears how it went."""
    crew.gate.opened.set()
    crew.workers.start()
    ticket = crew.queue.join(world.connection_id, ASKED)
    crew.workers.wake()
    until(lambda: crew.ended)
    assert [(run.status, run.who) for run in crew.ended] == [("succeeded", "anna")]
    until(lambda: crew.state(ticket.id) == "done")
    assert crew.workers.busy() == {}


def test_what_another_process_puts_in_line_is_found(world: World, crew: Crew) -> None:
    """Without anybody waking us."""
    crew.gate.opened.set()
    crew.workers.start()
    crew.queue.join(world.connection_id, ASKED)
    until(lambda: crew.ended)


def test_one_connection_is_never_run_twice_at_a_time(world: World, crew: Crew) -> None:
    """Not by us, and not beside another process that holds it."""
    crew.queue.join(world.connection_id, ASKED)
    crew.workers.look()
    until(lambda: crew.gate.waiting)
    crew.queue.join(world.connection_id, ASKED)
    crew.workers.look()
    crew.workers.look()
    assert crew.gate.waiting == ["visma"]
    crew.gate.opened.set()
    until(lambda: crew.ended)
    with world.store.lock(f"run-{world.connection_id}", wait=LONG):
        crew.workers.look()
        until(lambda: not crew.workers.busy())
    assert len(crew.ended) == 1
    crew.workers.look()
    until(lambda: len(crew.ended) == 2)


def test_no_more_scheduled_runs_at_a_time_than_the_configuration_says(world: World, crew: Crew) -> None:
    """What a person asks for begins at once all the same."""
    other, third = crew.add("other"), crew.add("third")
    for connection, order in ((world.connection_id, DUE), (other, DUE), (third, ASKED)):
        crew.queue.join(connection, order)
    crew.workers.look()
    crew.workers.look()
    until(lambda: len(crew.gate.waiting) == 2)
    assert sorted(crew.gate.waiting) == ["third", "visma"]
    crew.workers.most = 2
    crew.workers.look()
    until(lambda: len(crew.gate.waiting) == 3)


def test_a_run_tells_how_far_it_has_come(world: World, crew: Crew) -> None:
    """Whoever follows it sees each stage."""
    stages: list[Stage] = []

    def watch() -> None:
        with crew.workers.changed:
            while crew.workers.changed.wait(LONG):
                busy = crew.workers.busy().get(world.connection_id)
                if busy is None:
                    return
                if busy.stage is not None:
                    stages.append(busy.stage)

    for number in range(3):
        world.company.add_customer(CustomerNumber=str(number + 1), Name=f"Kund {number} AB")
    crew.queue.join(world.connection_id, ASKED)
    crew.workers.look()
    until(lambda: crew.gate.waiting)
    watching = threading.Thread(target=watch)
    watching.start()
    crew.gate.opened.set()
    watching.join(LONG)
    assert Stage("write", 3, 3) in stages


def test_a_run_that_is_told_to_stop_keeps_its_place(world: World, crew: Crew) -> None:
    """SIGTERM in the middle: the next daemon goes on with it, for whoever asked."""
    ticket = crew.queue.join(world.connection_id, ASKED)
    crew.workers.look()
    until(lambda: crew.gate.waiting)
    crew.workers.stop()
    assert [run.status for run in crew.ended] == ["interrupted"]
    assert crew.state(ticket.id) == "waiting"
    crew.gate.opened.set()
    crew.workers.look()
    assert crew.workers.busy() == {}
    crew.workers = crew.hired(most=1)
    crew.workers.look()
    until(lambda: len(crew.ended) == 2)
    assert (crew.ended[1].status, crew.ended[1].who) == ("succeeded", "anna")


@pytest.mark.usefixtures("own_logging")
def test_a_run_that_does_not_end_in_time_is_left_to_the_next_process(
    world: World,
    crew: Crew,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A killed daemon's run is claimed again together with its lock."""
    set_up("info", "json")
    deaf = threading.Event()
    crew.gate.runner = lambda _progress, _stop: _Deaf(world, deaf)  # type: ignore[method-assign, assignment, return-value]
    crew.workers = crew.hired(most=1)
    crew.workers.patience = 0.1
    ticket = crew.queue.join(world.connection_id, ASKED)
    crew.workers.look()
    until(lambda: crew.state(ticket.id) == "running")
    crew.workers.stop()
    (line,) = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["connections"]) == ("runs.left_behind", [world.connection_id])
    deaf.set()
    until(lambda: not crew.workers.busy())


def test_a_dead_daemons_order_is_taken_up_by_the_next(world: World, crew: Crew) -> None:
    """Nobody puts it in line again: it stands there as running, and nobody holds the connection."""
    ticket = crew.queue.join(world.connection_id, ASKED)
    crew.queue.claim(world.connection_id)
    crew.gate.opened.set()
    crew.workers.look()
    until(lambda: crew.ended)
    assert crew.state(ticket.id) == "done"


def test_a_run_that_says_nothing_for_too_long_counts_as_stuck(world: World, crew: Crew) -> None:
    """Half an hour without a page, a customer, or a look whether to stop."""
    crew.queue.join(world.connection_id, ASKED)
    crew.gate.runner = _quietly(crew)  # type: ignore[method-assign]
    crew.workers = crew.hired(most=1)
    crew.workers.look()
    until(lambda: crew.gate.waiting)
    crew.seconds += 1799
    assert crew.pulse.late() == ()
    crew.seconds += 2
    assert crew.pulse.late() == ("run of visma",)
    crew.gate.opened.set()
    until(lambda: crew.ended)
    assert crew.pulse.late() == ()


def test_workers_that_no_longer_look_at_the_line_count_as_stuck(crew: Crew) -> None:
    crew.workers.start()
    until(lambda: crew.pulse._due)
    crew.seconds += 119
    assert crew.pulse.late() == ()
    crew.workers.stop()
    until(lambda: not crew.pulse._due)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.usefixtures("own_logging")
def test_a_fault_in_one_run_is_told_and_the_others_go_on(
    world: World,
    crew: Crew,
    known: bool,  # noqa: FBT001  a case
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of what is not foreseen the traceback is logged, without what its variables held."""
    set_up("info", "json")
    crew.gate.opened.set()
    crew.gate.fault = NeedsAttentionError("no licence") if known else ValueError("811228-9874")
    crew.queue.join(world.connection_id, ASKED)
    crew.workers.look()
    until(lambda: crew.gate.waiting)
    until(lambda: not crew.workers.busy())
    err = capsys.readouterr().err
    assert ("run.broken" in err) is not known
    assert "811228-9874" not in err
    crew.gate.fault = None
    crew.queue.join(world.connection_id, ASKED)
    crew.workers.look()
    until(lambda: crew.ended and crew.ended[-1].status == "succeeded")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("own_logging")
def test_somebody_who_counts_runs_and_fails_does_not_end_the_workers(
    world: World, crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next run is carried out all the same."""
    set_up("info", "json")

    def counting(run: RunInfo) -> None:
        crew.ended.append(run)
        raise ValueError("the connection is gone")

    crew.workers.ended = counting
    crew.gate.opened.set()
    for count in (1, 2):
        crew.queue.join(world.connection_id, ASKED)
        crew.workers.look()
        until(lambda: len(crew.ended) == count and not crew.workers.busy())  # noqa: B023 - looked at in this round
    assert "run.not_told" in capsys.readouterr().err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("own_logging")
def test_a_database_that_is_away_is_waited_for(
    world: World,
    crew: Crew,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The daemon stays, and goes on when the database is back."""
    set_up("info", "json")
    crew.gate.opened.set()
    file = world.database.file
    assert file is not None
    world.database.close()
    away = file.rename(file.with_suffix(".away"))
    file.mkdir()
    crew.workers.start()
    until(lambda: "queue.unreadable" in capsys.readouterr().err)
    file.rmdir()
    away.rename(file)
    crew.queue.join(world.connection_id, ASKED)
    until(lambda: crew.ended)


def test_a_removed_connections_order_is_nobodys(world: World, crew: Crew) -> None:
    """It goes with the connection, also between two looks."""
    tickets = (crew.queue.join(world.connection_id, ASKED),)
    with world.store.work() as work:
        while work.connections.remove_part(world.connection_id, 100):
            work.commit()
        work.commit()
    crew.queue.pending = lambda: tickets  # type: ignore[method-assign]
    crew.workers.look()
    assert crew.workers.busy() == {}


class _Deaf:
    """A runner that hears no signal."""

    def __init__(self, world: World, done: threading.Event) -> None:
        self._runner, self._done = world.runner(), done

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever a runner has
        return getattr(self._runner, name)

    def run_now(self, connection: ConnectionInfo, order: Order) -> RunInfo:
        self._done.wait(LONG)
        return self._runner.run_now(connection, order)


def _quietly(crew: Crew) -> Any:  # noqa: ANN401  what makes runners
    """Runs whose accounting system answers late, meanwhile without a sign of life."""

    def runner(progress: Progress, stop: WatchedStop) -> Runner:
        made = crew.world.runner()

        def connect(connection: ConnectionInfo) -> Any:  # noqa: ANN401  a connector
            progress("read", 0, None)
            crew.gate.waiting.append(connection.name)
            crew.gate.opened.wait(LONG)
            return crew.world.connect(connection)

        return type(made)(made.store, connect, made.witness, stop, progress, made.seconds)

    return runner
