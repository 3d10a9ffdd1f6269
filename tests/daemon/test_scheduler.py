"""The schedule: built from the database, kept in step with it, and never in a hurry."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from syncd import bootstrap
from syncd.daemon.scheduler import Chore, DueTrigger, Scheduler, Timetable
from syncd.log import set_up
from syncd.ports.queue import Order
from syncd.register.zones import zone
from syncd.services.agenda import SCHEDULE, Agenda, Defaults
from syncd.store.queue import StoredQueue
from syncd.values.schedule import at, every
from tests.daemon.waiting import LONG, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.world import World

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
NOBODY = timedelta(0)
DUE = Agenda(every("5m"), at("02:30"), zone("UTC"))


def trigger(last_run: datetime | None = None, jitter: Callable[[], timedelta] = lambda: NOBODY) -> DueTrigger:
    return DueTrigger(DUE, last_run, jitter)


# ----- when a job fires


def test_a_connection_that_never_ran_is_looked_at_right_away() -> None:
    assert trigger().get_next_fire_time(None, NOON) == NOON


def test_a_daemon_that_is_started_again_keeps_the_rhythm() -> None:
    """Not everything at once after an upgrade."""
    ran = NOON - timedelta(minutes=3)
    assert trigger(ran).get_next_fire_time(None, NOON) == NOON + timedelta(minutes=2)


def test_what_was_missed_while_no_daemon_ran_is_made_up_for_once() -> None:
    assert trigger(NOON - timedelta(days=3)).get_next_fire_time(None, NOON) == NOON


def test_the_next_time_counts_from_the_last_one_and_does_not_drift() -> None:
    awake = NOON + timedelta(seconds=2)
    assert trigger().get_next_fire_time(NOON, awake) == NOON + timedelta(minutes=5)


def test_a_machine_that_slept_catches_up_with_one_run() -> None:
    """The times that were slept through are one run, not a hundred."""
    woken = NOON + timedelta(hours=8)
    assert trigger().get_next_fire_time(NOON, woken) == woken + timedelta(minutes=5)


def test_chance_moves_every_time_a_little() -> None:
    late = trigger(jitter=lambda: timedelta(seconds=7))
    assert late.get_next_fire_time(None, NOON) == NOON + timedelta(seconds=7)
    assert late.get_next_fire_time(NOON, NOON) == NOON + timedelta(minutes=5, seconds=7)


# ----- what is in the schedule


class Planned:
    """A scheduler on a real database whose first times lie an hour ahead."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.queue = StoredQueue(world.database, bootstrap.now)
        self.woken = threading.Event()
        self.scheduler = self.scheduled("1h")

    def scheduled(self, how_often: str, *chores: Chore) -> Scheduler:
        timetable = self.timetable(how_often)
        return Scheduler(
            self.world.store, self.queue, timetable, bootstrap.now, lambda: 1.0, self.woken.set, chores, SOON
        )

    @staticmethod
    def timetable(how_often: str = "1h", *, enabled: bool = True) -> Timetable:
        return Timetable(enabled, Defaults(incremental_every=how_often), timedelta(hours=1))

    def times(self) -> dict[int, datetime]:
        return self.scheduler.next_times()


SOON = timedelta(milliseconds=50)


@pytest.fixture
def planned(world: World) -> Iterator[Planned]:
    made = Planned(world)
    yield made
    made.scheduler.stop()


def test_every_connection_has_its_time(world: World, planned: Planned) -> None:
    planned.scheduler.start()
    assert planned.times().keys() == {world.connection_id}
    (time,) = planned.times().values()
    assert timedelta(minutes=59) < time - bootstrap.now() < timedelta(minutes=61)


def test_a_changed_setting_counts_soon(world: World, planned: Planned) -> None:
    """Nobody starts the daemon again for it; what did not change keeps its time."""
    planned.scheduler.start()
    before = planned.times()
    planned.scheduler.refresh()
    assert planned.times() == before
    world.configure({"incremental_every": "3h"})
    until(lambda: planned.times() != before)


def test_a_connection_that_comes_or_goes_is_noticed(world: World, planned: Planned) -> None:
    planned.scheduler.start()
    with world.store.work() as work:
        added = work.connections.add(world.group.id, "another", bootstrap.VISMA_EACCOUNTING)
        work.connections.save(added.id, state="ready")
        work.commit()
    until(lambda: planned.times().keys() == {world.connection_id, added.id})
    with world.store.work() as work:
        while work.connections.remove_part(world.connection_id, 100):
            work.commit()
        work.commit()
    until(lambda: planned.times().keys() == {added.id})
    planned.scheduler.tick(world.connection_id)
    assert planned.queue.pending() == ()


def test_who_must_not_be_disturbed_has_no_time(world: World, planned: Planned) -> None:
    """Paused, or without consent, until that changes."""
    planned.scheduler.start()
    world.configure({"paused": True})
    until(lambda: planned.times() == {})
    world.configure({"paused": False})
    until(planned.times)
    with world.store.work() as work:
        work.connections.save(world.connection_id, state="needs_consent")
        work.commit()
    until(lambda: planned.times() == {})


def test_a_schedule_that_is_switched_off_is_empty(planned: Planned) -> None:
    planned.scheduler.timetable = planned.timetable(enabled=False)
    planned.scheduler.start()
    assert planned.times() == {}


def test_a_time_that_comes_puts_the_order_in_line(world: World, planned: Planned) -> None:
    """And the workers hear of it; a first comparison that takes an hour is not followed by a second one."""
    planned.scheduler.timetable = Timetable(enabled=True, defaults=Defaults("1s"), jitter=NOBODY)
    planned.scheduler.start()
    assert planned.woken.wait(LONG)
    planned.queue.claim(world.connection_id)
    planned.scheduler.tick(world.connection_id)
    (ticket,) = planned.queue.pending()
    assert ticket.order == Order(SCHEDULE, "full", trigger=SCHEDULE)
    assert ticket.connection_id == world.connection_id


def test_a_connection_that_fails_is_not_hammered(world: World, planned: Planned) -> None:
    """Its time comes, but nothing is due before the pause is over."""
    with world.store.work() as work:
        run = work.runs.start(world.connection_id, "full", trigger=SCHEDULE, who=SCHEDULE)
        work.runs.finish(run, status="failed")
        work.commit()
    planned.scheduler.tick(world.connection_id)
    assert planned.queue.pending() == ()
    assert not planned.woken.is_set()


@pytest.mark.usefixtures("own_logging")
def test_a_chore_that_fails_is_told_and_comes_again(
    planned: Planned,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither the database being away nor a fault of ours ends the schedule, and no values are logged."""
    set_up("info", "json")
    done: list[str] = []

    def broken(number: str = "811228-9874") -> None:
        done.append("broken")
        raise ValueError(number)

    def unreachable() -> None:
        done.append("unreachable")
        planned.world.stamp_newer_schema()
        planned.world.restart()

    chores = [Chore("broken", SOON, broken), Chore("away", SOON, unreachable)]
    if not planned.world.database.is_sqlite:
        chores.pop()
    planned.scheduler = planned.scheduled("1h", *chores)
    planned.scheduler.start()
    until(lambda: done.count("broken") > 1)
    planned.scheduler.stop()
    told: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    broke = next(line for line in told if line["event"] == "job.broken")
    assert (broke["job"], "811228-9874" in json.dumps(told)) == ("chore:broken", False)
    if planned.world.database.is_sqlite:
        assert {"job": "chore:away", "error": "newer_schema"}.items() <= next(
            line for line in told if line["event"] == "job.failed"
        ).items()


def test_a_schedule_that_never_began_can_be_ended(planned: Planned) -> None:
    planned.scheduler.stop()
