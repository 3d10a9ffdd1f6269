"""Undoing an import whose customer has orders by now: deactivated instead of removed (R-16, S-56)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from syncd.register.orders import OrderKind
from syncd.services.register import orders

if TYPE_CHECKING:
    from tests.world import World

TODAY = date(2026, 3, 2)


def imported(world: World) -> str:
    """A customer that the run took from accounting; returns the run's id."""
    world.configure({"approve_first_run": False})
    world.company.add_customer(CustomerNumber="1001", Name="Alfa AB")
    run = world.run()
    assert run.status == "succeeded"
    return str(run.id)


def ordered(world: World) -> None:
    """Somebody has added an order, and changed it since."""
    with world.store.work() as work:
        made = orders.add_order(
            work, world.anna, world.group.id, "1001", OrderKind.ORDER, {"title": "Byt pump"}, today=TODAY
        )
    with world.store.work() as work:
        orders.change_order(work, world.anna, world.group.id, str(made.order.number), {"title": "Byt ventil"})


def test_a_customer_with_orders_is_deactivated(world: World) -> None:
    """What was done for it stays; accounting keeps the record active, and no run carries anything over."""
    run = imported(world)
    ordered(world)
    undone = world.document(world.undo(run))
    assert [(a["kind"], a["target"], a["message"]) for a in undone["actions"]] == [("deactivate", "register", None)]
    for kind in (None, "full"):
        assert world.sync(kind)["actions"] == []
    found = world.customer("1001")
    assert found is not None
    assert found.fields["active"] is False
    assert world.company.customer("1001")["IsActive"] is True
    assert world.link_state("1001") == "ended"


def test_the_deactivation_is_undone_and_the_two_are_a_pair_again(world: World) -> None:
    """An undo of that undo activates the customer and links it as it was."""
    run = imported(world)
    ordered(world)
    world.undo(run)
    assert world.undo(str(world.latest_run())).status == "succeeded"
    assert world.link_state("1001") == "linked"
    world.company.edit_customer("1001", Telephone="08-222")
    assert [(a["kind"], a["field"]) for a in world.sync()["actions"]] == [("update_in_register", "phone")]
    found = world.customer("1001")
    assert found is not None
    assert (found.fields["active"], found.fields["phone"]) == (True, "08-222")
