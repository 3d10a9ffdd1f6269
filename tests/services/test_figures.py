"""Figures of the moment, per connection."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from syncd import bootstrap
from syncd.ports.queue import Order
from syncd.services.agenda import SCHEDULE
from syncd.services.figures import figures
from syncd.store.queue import StoredQueue
from tests.world import GROUP, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.services.figures import Figures
    from syncd.store.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with World(database, tmp_path) as made:
        made.configure({"approve_first_run": False})
        yield made


def look(world: World, now: datetime | None = None) -> Figures:
    (found,) = figures(world.store, StoredQueue(world.database, bootstrap.now), now or bootstrap.now())
    return found


def test_a_connection_that_never_ran_has_no_age(world: World) -> None:
    """Rather no figure than a wrong one."""
    found = look(world)
    assert (found.group, found.connection, found.state) == (GROUP, "visma", "ready")
    assert (found.conflicts_open, found.waiting, found.failures, found.since_good) == (0, 0, 0, None)


def test_time_counts_from_the_last_run_that_went_well(world: World) -> None:
    """One that failed since does not make it younger."""
    ended = world.run().finished_at
    assert ended is not None
    world.sandbox.stop()
    world.run()
    world.sandbox.start()
    found = look(world, datetime.fromisoformat(ended) + timedelta(minutes=7))
    assert found.since_good == 420


def test_what_waits_and_what_fails_is_counted(world: World) -> None:
    """Orders in line, questions to people, failures of the schedule."""
    queue = StoredQueue(world.database, bootstrap.now)
    queue.join(world.connection_id, Order("anna", "full"))
    queue.claim(world.connection_id)
    queue.join(world.connection_id, Order("anna"))
    world.add("1", {"name": "Ett AB", "phone": "08-100 10 10", "invoice_city": "Umeå", "invoice_postal_code": "1"})
    world.company.add_customer(CustomerNumber="1", Name="Ett AB", Telephone="08-200 20 20")
    world.runner().run(world.connection, Order("anna"))
    world.sandbox.stop()
    world.runner().run(world.connection, Order(SCHEDULE, trigger=SCHEDULE))
    found = look(world)
    assert (found.waiting, found.failures) == (1, 1)
    assert found.conflicts_open == len(world.conflicts()) > 0


def test_a_plan_is_held_until_it_was_approved(world: World) -> None:
    """A dry run in between, or one that failed, does not count as an answer."""
    world.configure({"approve_first_run": True})
    world.company.add_customer(CustomerNumber="1", Name="Ett AB")
    assert not look(world).held
    world.run()
    world.run(dry_run=True)
    world.sandbox.stop()
    world.run()
    world.sandbox.start()
    assert look(world).held
    world.run(approve=True)
    assert not look(world).held


def test_a_paused_connection_says_so_and_a_token_has_its_end(world: World) -> None:
    world.run()
    world.configure({"paused": True})
    found = look(world)
    assert found.state == "paused"
    assert found.token_expires is not None
    assert found.token_expires > bootstrap.now().timestamp()
