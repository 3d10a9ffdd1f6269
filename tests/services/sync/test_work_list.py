"""What a run looks at: nothing is missed, and nothing is looked at for nothing (S-51, S-52)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from tests import crashing
from tests.crashing import KilledError, Steps, die
from tests.seen import everything
from tests.services.sync import stories

if TYPE_CHECKING:
    from collections.abc import Callable

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


class _EditedThenKilled(Steps):
    """A bookkeeper saves just before a customer is read; the process dies once it has put down what it read."""

    def __init__(self, edit: Callable[[], object]) -> None:
        super().__init__()
        self._edit: Callable[[], object] | None = edit

    @override
    def __call__(self, name: str) -> None:
        super().__call__(name)
        if self._edit is None and name == "after commit":
            die()
        elif self._edit is not None and name == "before customer":
            self._edit()
            self._edit = None


def test_an_edit_that_an_undo_met_and_died_of_is_carried_over_by_the_next_run(world: World) -> None:
    """Accounting tells of an edit once: what is put down of it is on the work list in the same moment."""
    world.configure({"approve_first_run": False})
    world.add("1001", {"name": "Alfa AB", "phone": "08-111 11 11", **stories.ADDRESS})
    world.run()
    world.change("1001", {"phone": "08-222 22 22"})
    run = world.run()
    killed = _EditedThenKilled(lambda: world.company.edit_customer("1001", EmailAddress="info@alfa.example"))
    with pytest.raises(KilledError):
        world.undo(str(run.id), steps=killed)
    assert world.run().status == "succeeded"
    held = world.customer("1001")
    assert held is not None
    assert held.fields["email"] == "info@alfa.example"


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
