"""What a run looks at: nothing is missed, and nothing is looked at for nothing (S-51, S-52)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import crashing
from tests.crashing import Steps
from tests.seen import everything
from tests.services.sync import stories

if TYPE_CHECKING:
    from syncd.ports.queue import RunKind
    from syncd.ports.records import Author
    from tests.world import World


@pytest.mark.parametrize("kind", ["incremental", "full"])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_save_that_ends_while_the_run_is_writing_is_carried_over_by_the_next(
    world: World, by: Author, kind: RunKind
) -> None:
    """A colleague's slow save began before the run looked and ended after: not even a full run may forget it."""
    world.configure({"approve_first_run": False})
    assert world.run().status == "succeeded"
    with world.store.work() as slow:
        slow.customers.insert(world.group.id, {"name": "Långsam AB", **stories.ADDRESS}, [], by, "2001")
        world.add("2002", {"name": "Snabb AB", **stories.ADDRESS})
        run = crashing.run(world, Steps("before create", slow.commit), kind=kind)
    assert run is not None
    assert run.status == "succeeded"
    assert [c["CustomerNumber"] for c in world.company.customers()] == ["2002"]
    assert world.run().status == "succeeded"
    assert [c["CustomerNumber"] for c in world.company.customers()] == ["2002", "2001"]


def test_a_customer_saved_while_it_is_being_sent_is_sent_again(world: World) -> None:
    """The second save of the same customer during the run is the next run's work."""
    world.configure({"approve_first_run": False})
    world.add("2001", {"name": "Ny AB", "phone": "08-1", **stories.ADDRESS})
    run = crashing.run(world, Steps("after create", lambda: world.change("2001", {"phone": "08-222 22 22"})))
    assert run is not None
    assert world.run().status == "succeeded"
    assert world.company.customer("2001")["Telephone"] == "08-222 22 22"
    after = world.sync("full")
    assert (after["run"]["status"], after["actions"]) == ("succeeded", [])


def test_a_run_that_finds_nothing_writes_nothing_but_its_report(world: World) -> None:
    """Second after second, an idle connection costs a listing and a line in the log of runs."""
    stories.everyday(world)
    assert world.run().status == "succeeded"
    world.run()
    before = everything(world)
    idle = world.sync()
    assert idle["actions"] == []
    assert idle["counts"]["in_step"] == 9
    assert everything(world) == before
