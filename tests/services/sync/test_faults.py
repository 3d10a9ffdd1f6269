"""Whatever happens to a single request of a run, the next runs end where an undisturbed one would have (S-42, §10)."""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from syncd.sandbox import Fault
from syncd.store.database import Database
from tests.seen import everything
from tests.services.sync import stories
from tests.services.sync.test_crashes import nothing_left
from tests.world import TIMEOUT, World

if TYPE_CHECKING:
    from pathlib import Path

API = "/v2/*"
"""The token server is left out: a lost refresh ends in *needs consent* on purpose (S-46)."""
REQUESTS = 60
"""No run of the story makes more."""
SLOW = {
    "timeout before": Fault("timeout_before", seconds=TIMEOUT + 0.3),
    "timeout after": Fault("timeout_after", seconds=TIMEOUT + 0.3),
    "too many": Fault("too_many", header=False),
    "too many, header": Fault("too_many", header=True),
}
QUICK = {
    **{kind: Fault(kind) for kind in ("refuse", "reset_mid_body", "unauthorized", "conflict_409")},
    **{kind: Fault(kind) for kind in ("error_500", "error_500_after", "error_503", "html", "cut_json")},
}
FAULTS = {**QUICK, **SLOW}


def strikes() -> list[tuple[str, int]]:
    """Every fault at every request in a sweep, else a few of each kind, the same ones every time."""
    requests = range(1, REQUESTS + 1)
    if os.environ.get("SYNCD_SOAK"):
        return [(kind, nth) for kind in FAULTS for nth in requests]
    chance = random.Random(20260301)  # noqa: S311  repeatable on purpose
    return [(kind, nth) for kind in FAULTS for nth in sorted(chance.sample(requests, 1 if kind in SLOW else 2))]


@pytest.fixture(scope="session")
def undisturbed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How the story ends when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("undisturbed")
    shutil.copy(sqlite_template, folder / "syncd.db")
    with World(Database(f"sqlite:///{folder / 'syncd.db'}"), folder) as world:
        stories.everyday(world)
        world.sandbox.clear_requests()
        assert world.run().status == "succeeded"
        assert sum(one.path.startswith("/v2/") for one in world.sandbox.requests) <= REQUESTS
        nothing_left(world)
        return end(world)


def end(world: World) -> dict[str, Any]:
    """What is left for people to see; the questions that are still open instead of all that ever were."""
    seen = everything(world)
    del seen["history"]
    seen["conflicts"] = sorted((one.kind, str(one.customer_number), str(one.field)) for one in world.conflicts())
    return seen


@pytest.mark.soak
@pytest.mark.parametrize(("kind", "nth"), strikes())
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_bad_answer_changes_nothing_in_the_end(
    world: World, undisturbed: dict[str, Any], kind: str, nth: int
) -> None:
    """Visma stumbles once: no customer is doubled, no edit is lost, and nobody is asked a question because of it."""
    stories.everyday(world)
    fault = FAULTS[kind]
    world.sandbox.faults.add(
        Fault(fault.kind, path=API, nth=nth, seconds=fault.seconds, header=fault.header),
    )
    world.run()
    world.sandbox.faults.clear()
    world.run()
    last = world.run()
    assert (last.status, last.error) == ("succeeded", None)
    numbers = [row["CustomerNumber"] for row in world.company.customers()]
    assert len(numbers) == len(set(numbers))
    seen = end(world)
    for part, expected in undisturbed.items():
        assert seen[part] == expected, part
    nothing_left(world)
