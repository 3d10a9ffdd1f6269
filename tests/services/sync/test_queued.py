"""Runs in line, as processes meet: here each thread stands for one (S-53)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import pytest
from typing_extensions import override

from syncd import bootstrap
from syncd.errors import LockedError
from syncd.ports.queue import Order
from syncd.services.sync.context import InterruptedRunError
from syncd.services.sync.queued import carry_out
from syncd.store.queue import StoredQueue

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from syncd.ports.queue import Ticket
    from syncd.ports.records import ConnectionInfo, RunInfo
    from tests.world import World

LONG = 60.0
CHANGES = Order("anna")


class CountingQueue(StoredQueue):
    """Knows how many people came."""

    joined = 0

    @override
    def join(self, connection_id: int, order: Order) -> Ticket:
        ticket = super().join(connection_id, order)
        self.joined += 1
        return ticket


@pytest.fixture
def queue(world: World) -> CountingQueue:
    world.configure({"approve_first_run": False})
    return CountingQueue(world.database, bootstrap.now)


def ask(world: World, queue: StoredQueue, order: Order = CHANGES, wait: float = LONG) -> RunInfo:
    return carry_out(world.runner(), queue, world.connection, order, wait=wait)


def runs(world: World) -> tuple[RunInfo, ...]:
    with world.store.reading() as work:
        return work.runs.list([world.connection_id])


def _broken(_connection: ConnectionInfo) -> NoReturn:
    raise ZeroDivisionError


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + LONG
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


class Line:
    """People who ask while another run holds the connection."""

    def __init__(self, world: World, queue: StoredQueue, people: ThreadPoolExecutor) -> None:
        self._world, self._queue, self._people = world, queue, people

    def ask(self, order: Order = CHANGES) -> Future[RunInfo]:
        return self._people.submit(ask, self._world, self._queue, order)

    def one_waits(self) -> Ticket:
        until(self._queue.pending)
        (ticket,) = self._queue.pending()
        return ticket


def test_a_free_connection_runs_at_once(world: World, queue: StoredQueue) -> None:
    """And the line is empty afterwards."""
    run = ask(world, queue, wait=0)
    assert (run.status, run.who) == ("succeeded", "anna")
    assert queue.pending() == ()


def test_ten_triggers_during_a_run_are_one_run_after_it(world: World, queue: CountingQueue) -> None:
    """Everybody hears how it went; the accounting system is asked once."""
    with ThreadPoolExecutor(10) as people:
        line = Line(world, queue, people)
        with world.store.lock(f"run-{world.connection_id}"):
            answers = [line.ask() for _ in range(10)]
            until(lambda: queue.joined == 10)
            assert line.one_waits().order == CHANGES
        heard = {answer.result(LONG).id for answer in answers}
    assert heard == {run.id for run in runs(world)}
    assert len(heard) == 1


def test_who_waits_too_long_is_told_and_leaves_the_line(world: World, queue: StoredQueue) -> None:
    """Nothing runs behind the back of somebody who gave up."""
    with world.store.lock(f"run-{world.connection_id}"):
        for wait in (0, 0.1):
            with pytest.raises(LockedError):
                ask(world, queue, wait=wait)
            assert queue.pending() == ()


def test_who_is_told_to_stop_leaves_the_line(world: World, queue: StoredQueue) -> None:
    """A signal while waiting: nothing was begun, nothing will be."""
    with ThreadPoolExecutor() as people, world.store.lock(f"run-{world.connection_id}"):
        line = Line(world, queue, people)
        waiting = line.ask()
        line.one_waits()
        world.stop.set()
        with pytest.raises(InterruptedRunError):
            waiting.result(LONG)
    assert queue.pending() == ()
    assert runs(world) == ()


def test_the_order_of_a_process_that_died_is_carried_out_by_who_waits_for_it(world: World, queue: StoredQueue) -> None:
    """Killed between claiming and running: the ticket is taken over together with the lock."""
    with ThreadPoolExecutor() as people:
        line = Line(world, queue, people)
        with world.store.lock(f"run-{world.connection_id}"):
            waiting = line.ask()
            ticket = line.one_waits()
            queue.claim(world.connection_id)
        assert waiting.result(LONG).status == "succeeded"
    found = queue.get(ticket.id)
    assert found is not None
    assert (found.state, len(runs(world))) == ("done", 1)


@pytest.mark.parametrize("end", ["withdrawn", "interrupted", "unknown"])
def test_an_answer_that_never_came_is_asked_for_again(world: World, queue: StoredQueue, end: str) -> None:
    """Somebody who shared our place gave it up, was interrupted, or met a fault: our own order stands."""
    with world.store.work() as work:
        cut_off = work.runs.start(world.connection_id, "incremental", trigger="manual", who="bo")
        work.runs.finish(cut_off, status="interrupted")
        work.commit()
    with ThreadPoolExecutor() as people:
        line = Line(world, queue, people)
        with world.store.lock(f"run-{world.connection_id}"):
            waiting = line.ask()
            ticket = line.one_waits()
            if end == "withdrawn":
                queue.withdraw(ticket.id)
            else:
                claimed = queue.claim(world.connection_id)
                assert claimed is not None
                queue.finish(claimed, cut_off if end == "interrupted" else None)
            until(lambda: [one for one in queue.pending() if one.id != ticket.id])
        run = waiting.result(LONG)
    assert (run.status, run.id != cut_off) == ("succeeded", True)


def test_a_fault_of_the_program_leaves_nobody_running(world: World, queue: StoredQueue) -> None:
    """The fault is told; the next order has the connection to itself."""
    broken = replace(world.runner(), connect=_broken)
    with pytest.raises(ZeroDivisionError):
        carry_out(broken, queue, world.connection, CHANGES)
    assert queue.pending() == ()
    assert ask(world, queue).status == "succeeded"


def test_an_approval_never_reaches_a_plan_that_nobody_saw(world: World, queue: StoredQueue) -> None:
    """A plan that is held while the approval of an older one stands in line is held again."""
    world.configure({"approve_first_run": True})
    world.company.add_customer(CustomerNumber="1", Name="Ett AB")
    seen = ask(world, queue)
    assert seen.status == "held"
    approval = Order("anna", approve=True)
    with ThreadPoolExecutor() as people:
        line = Line(world, queue, people)
        with world.store.lock(f"run-{world.connection_id}"):
            waiting = line.ask(approval)
            assert line.one_waits().order.shown == seen.id
            world.company.add_customer(CustomerNumber="2", Name="Två AB")
            other = world.runner().run_now(world.connection, CHANGES)
            assert other.status == "held"
        assert waiting.result(LONG).status == "held"
    assert ask(world, queue, approval).status == "succeeded"


def test_an_approval_of_nothing_approves_nothing(world: World, queue: StoredQueue) -> None:
    """Also when a plan comes to be held while it waits."""
    world.configure({"approve_first_run": True})
    world.company.add_customer(CustomerNumber="1", Name="Ett AB")
    with ThreadPoolExecutor() as people:
        line = Line(world, queue, people)
        with world.store.lock(f"run-{world.connection_id}"):
            waiting = line.ask(Order("anna", approve=True))
            assert line.one_waits().order.shown == 0
            assert world.runner().run_now(world.connection, CHANGES).status == "held"
        assert waiting.result(LONG).status == "held"
