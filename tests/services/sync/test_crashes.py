"""Killed, stopped or interrupted at any step, the next run ends where an unbroken one would have (S-41, S-42, S-57)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from syncd.services.sync.report import exit_code
from syncd.store.database import Database
from tests import crashing
from tests.crashing import Steps
from tests.seen import everything, open_intents
from tests.services.sync import stories
from tests.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.ports.queue import RunKind

EVERYDAY, FIRST = 150, 60
"""No run of the stories takes more steps."""


def steps(last: int, sample: tuple[int, ...]) -> list[int]:
    """Every step in a sweep, else a few that are far apart."""
    return list(range(1, last + 1)) if os.environ.get("SYNCD_SOAK") else list(sample)


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


Ends = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def unbroken(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Ends:
    """How a story ends when nobody disturbs it."""

    @cache
    def end(name: str) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp(name)
        shutil.copy(sqlite_template, folder / "syncd.db")
        with World(Database(f"sqlite:///{folder / 'syncd.db'}"), folder) as world:
            taken = Steps()
            if name == "first meeting":
                stories.first_meeting(world)
                run = crashing.run(world, taken, approve=True)
            else:
                stories.everyday(world)
                known = stories.ids(world)
                run = crashing.run(world, taken)
                if name == "edited meanwhile":
                    stories.meanwhile(world, known)
                    run = world.run()
            assert run is not None
            assert run.status == "succeeded"
            assert taken.taken <= (FIRST if name == "first meeting" else EVERYDAY)
            nothing_left(world)
            return everything(world)

    return end


def nothing_left(world: World) -> None:
    """No write without its outcome, and neither kind of run finds anything to do."""
    assert open_intents(world) == 0
    kinds: tuple[RunKind | None, ...] = (None, "full")
    for kind in kinds:
        told = world.sync(kind)
        assert [(a["kind"], a["customer_number"], a["field"]) for a in told["actions"]] == []
        assert told["run"]["status"] == "succeeded"


def check_end(world: World, expected: dict[str, Any], *but: str) -> None:
    """Both sides, the links with their bases, every conflict ever asked and the history are as expected."""
    seen = everything(world)
    for part in expected.keys() - set(but):
        assert seen[part] == expected[part], part
    nothing_left(world)


def finish(world: World) -> None:
    """The runs that follow a broken one."""
    for _ in range(2):
        assert world.run().status == "succeeded"


def killed_everyday(world: World, step: int) -> None:
    stories.everyday(world)
    crashing.run(world, Steps(step))


@pytest.mark.soak
@pytest.mark.parametrize("step", steps(EVERYDAY, (20, 50, 69, 91, 119)))
@on_sqlite
def test_a_killed_run_is_continued_by_the_next(world: World, unbroken: Ends, step: int) -> None:
    """A power cut at any moment: nothing is doubled, nothing is lost, nobody is asked anything for it."""
    killed_everyday(world, step)
    finish(world)
    check_end(world, unbroken("everyday"))


@pytest.mark.soak
@pytest.mark.parametrize("step", steps(EVERYDAY, (59,)))
@on_postgresql
def test_a_killed_run_is_continued_by_the_next_on_a_server(world: World, unbroken: Ends, step: int) -> None:
    """The same on a database server."""
    killed_everyday(world, step)
    finish(world)
    check_end(world, unbroken("everyday"))


@pytest.mark.soak
@pytest.mark.parametrize("step", steps(EVERYDAY, (44, 63, 97, 125)))
@on_sqlite
def test_an_edit_after_a_crash_is_neither_lost_nor_a_conflict(world: World, unbroken: Ends, step: int) -> None:
    """People go on working after a power cut: what they change wins over what the dead run was about to write."""
    stories.everyday(world)
    known = stories.ids(world)
    crashing.run(world, Steps(step))
    stories.meanwhile(world, known)
    finish(world)
    check_end(world, unbroken("edited meanwhile"), "history")


@pytest.mark.soak
@pytest.mark.parametrize("step", steps(FIRST, (18, 24, 33)))
@on_sqlite
def test_an_approved_run_that_was_killed_goes_on_without_another_approval(
    world: World, unbroken: Ends, step: int
) -> None:
    """The administrator approved the plan once; only a kill before that was written down asks again."""
    stories.first_meeting(world)
    crashing.run(world, Steps(step), approve=True)
    with world.database.engine.connect() as connection:
        approvals = connection.exec_driver_sql("SELECT count(*) FROM runs WHERE approved_by IS NOT NULL").scalar()
    assert world.run(approve=not approvals).status == "succeeded"
    check_end(world, unbroken("first meeting"))


@pytest.mark.soak
@pytest.mark.parametrize("step", steps(EVERYDAY, (17, 66, 110)))
@on_sqlite
def test_a_stopped_run_says_so_and_is_continued(world: World, unbroken: Ends, step: int) -> None:
    """`systemctl stop` at any moment: the run ends between two steps, and the next one goes on from there (S-57)."""
    stories.everyday(world)
    run = crashing.run(world, Steps(step, world.stop.set))
    assert run is not None
    assert run.status in {"interrupted", "succeeded"}
    if run.status == "interrupted":
        assert run.error is not None
        assert (run.error["code"], exit_code(run)) == ("interrupted", 143)
        assert run.finished_at is not None
    world.stop.clear()
    finish(world)
    check_end(world, unbroken("everyday"))


@pytest.mark.parametrize("step", [62])
@on_sqlite
def test_ctrl_c_is_written_down_and_passed_on(world: World, unbroken: Ends, step: int) -> None:
    """An administrator who breaks a run off at the terminal finds it as interrupted, and the next run continues."""

    def break_off() -> None:
        raise KeyboardInterrupt

    stories.everyday(world)
    with pytest.raises(KeyboardInterrupt):
        crashing.run(world, Steps(step, break_off))
    with world.store.reading() as work:
        (latest,) = work.runs.list([world.connection_id], limit=1)
    assert latest.status == "interrupted"
    finish(world)
    check_end(world, unbroken("everyday"))


def test_a_fault_of_the_program_is_written_down_without_values(world: World) -> None:
    """Whatever goes wrong, the run does not stay *running*; the report holds none of the fault's own words."""

    def fail() -> None:
        message = "19121212-1212"
        raise ZeroDivisionError(message)

    world.company.add_customer(CustomerNumber="1001")
    with pytest.raises(ZeroDivisionError):
        crashing.run(world, Steps(6, fail))
    with world.store.reading() as work:
        (latest,) = work.runs.list([world.connection_id], limit=1)
    assert latest.status == "failed"
    assert latest.error is not None
    assert latest.error["code"] == "unforeseen"
    assert "1212" not in str(latest.error)


def test_a_run_that_died_without_a_word_is_told_by_the_next(world: World) -> None:
    """Right after a kill the run still reads as running; the next run sets that right."""
    assert crashing.run(world, Steps(6)) is None
    with world.store.reading() as work:
        (dead,) = work.runs.list([world.connection_id])
    assert dead.status == "running"
    world.run()
    with world.store.reading() as work:
        told = work.runs.get(dead.id)
    assert told is not None
    assert told.status == "interrupted"
