"""An undo whose report has gone between the asking and the run (S-56)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from syncd.services.sync.report import exit_code
from syncd.services.undo import undo_run

if TYPE_CHECKING:
    from tests.world import World


def test_a_report_that_is_no_longer_kept_cannot_be_undone(world: World) -> None:
    """Reports are kept for a time; the run says so, exit 1, and nothing is written."""
    world.configure({"approve_first_run": False})
    world.company.add_customer(CustomerNumber="1001", Name="Alfa AB")
    run = world.run()
    connection, order = undo_run(world.store, world.anna, world.group.id, run.id)
    with world.database.engine.begin() as opened:
        opened.execute(text("DELETE FROM runs WHERE id = :run"), {"run": run.id})
    undone = world.runner().run(connection, order)
    assert (undone.kind, undone.status, exit_code(undone)) == ("undo", "failed", 1)
    assert undone.error is not None
    assert f"no run {run.id} any more" in undone.error["message"]
    assert world.customer("1001") is not None
