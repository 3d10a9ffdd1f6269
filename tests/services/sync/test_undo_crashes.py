"""An undo killed at any step, settled and repeated, ends where an unbroken one would have (S-41, S-56)."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from syncd.store.database import Database
from tests.crashing import KilledError, Steps
from tests.seen import everything, open_intents
from tests.services.sync import stories
from tests.world import World

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 132
"""No undo of the story takes more steps."""

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sampled(sample: tuple[int, ...]) -> list[int]:
    """Every step in a sweep, else a few that are far apart."""
    return list(range(1, STEPS + 1)) if os.environ.get("SYNCD_SOAK") else list(sample)


def after_a_run(world: World) -> str:
    """A run that did one of everything; returns its id."""
    stories.everyday(world)
    run = world.run()
    assert run.status == "succeeded"
    return str(run.id)


def ends(world: World, run: str) -> dict[str, Any]:
    """The undo, the run after it, and what people find then."""
    assert world.undo(run).status == "succeeded"
    for kind in (None, "full"):
        told = world.sync(kind)
        assert [(a["kind"], a["customer_number"], a["field"]) for a in told["actions"]] == []
    assert open_intents(world) == 0
    return everything(world)


@pytest.fixture(scope="session")
def unbroken(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("undo")
    shutil.copy(sqlite_template, folder / "syncd.db")
    with World(Database(f"sqlite:///{folder / 'syncd.db'}"), folder) as world:
        run = after_a_run(world)
        steps = Steps()
        assert world.undo(run, dry_run=True).status == "planned"
        with_steps = world.undo(run, steps=steps)
        assert with_steps.status == "succeeded"
        assert steps.taken <= STEPS
        return ends(world, run)


@pytest.mark.soak
@pytest.mark.parametrize("step", sampled((18, 44, 57, 73, 88, 105)))
@on_sqlite
def test_a_killed_undo_is_settled_and_repeated(world: World, unbroken: dict[str, Any], step: int) -> None:
    """A power cut at any moment: nothing is repeated or spread, nothing is lost, nobody is asked twice."""
    run = after_a_run(world)
    try:
        world.undo(run, steps=Steps(step))
    except KilledError:
        assert world.run().status == "succeeded"
    found = ends(world, run)
    for part, expected in unbroken.items():
        assert found[part] == expected, part
