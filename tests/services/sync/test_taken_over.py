"""A run whose lock is lost under it does not go on beside the run that takes over (S-53)."""

from __future__ import annotations

from queue import Queue
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Fault
from syncd.services.sync.report import exit_code

if TYPE_CHECKING:
    from syncd.ports.records import RunInfo
    from tests.world import World

NUMBERS = [str(number) for number in range(1001, 1007)]


def lose_the_lock(world: World) -> None:
    """The server ends the session that holds it, or somebody tidies the lock file away."""
    file = world.database.file
    if file is not None:
        for lock in file.parent.glob(".*.run-*.lock"):
            lock.unlink()
        return
    with world.database.engine.connect() as other:
        other.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )


def taken_over(world: World, method: str, path: str, nth: int) -> tuple[RunInfo, RunInfo]:
    """The run that loses its lock at this request, and the one that runs to its end meanwhile."""
    others: Queue[RunInfo] = Queue()

    def take_over() -> None:
        lose_the_lock(world)
        others.put(world.run(wait=0))

    world.sandbox.faults.add(Fault("call", method=method, path=path, nth=nth, call=take_over))
    first = world.run()
    other = others.get(timeout=60)
    with world.store.reading() as work:
        told = work.runs.get(first.id)
    assert told is not None
    return told, other


@pytest.mark.parametrize(("method", "path", "nth"), [("GET", "/v2/customers", 1), ("POST", "/v2/customers", 3)])
def test_a_run_that_lost_its_lock_leaves_the_rest_to_the_one_that_took_over(
    world: World, method: str, path: str, nth: int
) -> None:
    """Every customer is created once, the first run says why it ended, and nothing is left to do."""
    world.configure({"approve_first_run": False})
    for number in NUMBERS:
        world.add(number, {"name": f"Kund {number} AB", "invoice_city": "Umeå", "invoice_postal_code": "903 26"})
    first, other = taken_over(world, method, path, nth)
    assert first.error is not None
    assert (first.status, first.error["code"], exit_code(first)) == ("failed", "taken_over", 69)
    assert other.status == "succeeded"
    assert sorted(customer["CustomerNumber"] for customer in world.company.customers()) == NUMBERS
    for kind in (None, "full"):
        after = world.sync(kind)
        assert (after["run"]["status"], after["actions"]) == ("succeeded", [])
