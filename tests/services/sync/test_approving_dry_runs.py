"""An administrator may approve the very plan that a dry run showed (S-70)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.world import World


def test_what_a_dry_run_showed_can_be_approved(world: World) -> None:
    """Whoever looked first need not be held a second time to approve the same plan."""
    world.company.add_customer(CustomerNumber="1001", Name="Alfa AB")
    assert world.run(dry_run=True).status == "planned"
    assert world.run(approve=True).status == "succeeded"
    assert world.numbers() == ["1001"]


def test_a_plan_that_moved_since_the_dry_run_is_held(world: World) -> None:
    """One customer more is another plan: nothing is written before somebody has seen it."""
    world.company.add_customer(CustomerNumber="1001", Name="Alfa AB")
    world.run(dry_run=True)
    world.company.add_customer(CustomerNumber="1002", Name="Beta AB")
    assert world.run(approve=True).status == "held"
    assert world.numbers() == []
