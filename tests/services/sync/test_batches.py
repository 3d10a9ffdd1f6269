"""Writes share transactions, a batch at a time; whatever cuts a batch short, each of them happens once (S-41, S-42)."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from typing_extensions import override

from syncd.sandbox import Fault
from syncd.services.sync.sending import BATCH
from tests import crashing
from tests.crashing import Steps
from tests.seen import open_intents

if TYPE_CHECKING:
    from tests.world import World

HOME = {"invoice_city": "Umeå", "invoice_postal_code": "903 26"}
NEW, KNOWN = ("1001", "1002", "1003", "1004"), ("2001", "2002", "2003", "2004")
embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_a_server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def known(world: World, numbers: tuple[str, ...], *, orders: bool = False) -> None:
    """Customers that both sides have, in step."""
    world.configure({"approve_first_run": False, "max_changes_minimum": "1000"})
    for number in numbers:
        customer = world.company.add_customer(CustomerNumber=number, Name=f"Kund {number} AB", Telephone="08-0")
        if orders:
            world.company.add_order(customer["Id"])
    assert world.run().status == "succeeded"


def much_to_do(world: World) -> None:
    """Customers to create, customers to change, orders to write our reference on."""
    known(world, KNOWN, orders=True)
    world.hire("tove", "Tove Tekniker")
    world.configure({"add_assigned_in_our_reference": True})
    assert world.run(approve=True).status == "succeeded"
    for number in KNOWN:
        world.change(number, {"phone": f"08-{number}"})
        world.assign(number, ["tove"])
    for number in NEW:
        world.add(number, {"name": f"Kund {number} AB", **HOME})
    world.sandbox.clear_requests()


def sent(world: World) -> Counter[str]:
    """The writes that accounting was sent, by method and resource."""
    writes = (one for one in world.sandbox.requests.writes() if one.path.startswith("/v2/"))
    return Counter(f"{one.method} {one.path.split('/')[2]}" for one in writes)


EACH_ONCE = {"POST customers": len(NEW), "PUT customers": len(KNOWN), "PUT orders": len(KNOWN)}


def told(world: World) -> Counter[tuple[str, str | None]]:
    """What the reports of all runs say was written to accounting."""
    with world.store.reading() as work:
        lines = [line for run in work.runs.list([world.connection_id]) for line in work.runs.lines(run.id)]
    return Counter((line.kind, line.customer_number) for line in lines if line.outcome == "done")


def check_each_once(world: World) -> None:
    """Every write was sent once and is told once, both sides agree, and nothing is left to do."""
    assert sent(world) == EACH_ONCE
    assert max(told(world).values()) == 1
    assert [one["Telephone"] for one in world.company.customers() if one["CustomerNumber"] in KNOWN] == [
        f"08-{number}" for number in KNOWN
    ]
    assert [one["OurReference"] for one in world.company.documents("orders")] == ["Tove Tekniker"] * len(KNOWN)
    assert open_intents(world) == 0
    assert world.sync("full")["actions"] == []


@embedded
@pytest.mark.parametrize("kind", ["create", "push", "reference"])
def test_many_writes_share_a_few_commits(world: World, kind: str) -> None:
    """Counted: two commits a batch, and a few that every run makes."""
    many = tuple(str(number) for number in range(3001, 3001 + 2 * BATCH))
    known(world, () if kind == "create" else many, orders=kind == "reference")
    world.hire("tove", "Tove Tekniker")
    for number in many:
        match kind:
            case "create":
                world.add(number, {"name": f"Kund {number} AB", **HOME})
            case "push":
                world.change(number, {"phone": "08-1"})
            case _:
                world.assign(number, ["tove"])
    world.configure({"add_assigned_in_our_reference": kind == "reference"})
    commits: list[object] = []
    event.listen(world.database.engine, "commit", commits.append)
    run = world.run(approve=True)
    assert run.status == "succeeded"
    assert max(run.counts.values()) >= len(many)
    assert len(commits) < len(many) / 2


@pytest.mark.parametrize("name", ["create", "update", "write_reference"])
@pytest.mark.parametrize("moment", ["before", "after"])
@embedded
def test_a_batch_that_was_killed_is_neither_repeated_nor_forgotten(world: World, name: str, moment: str) -> None:
    """A power cut in the middle of a batch: what was sent is found by reading, what was not is sent then."""
    much_to_do(world)
    assert crashing.run(world, Steps(f"{moment} {name}", nth=3)) is None
    assert open_intents(world) == len(NEW)
    for _ in range(2):
        assert world.run().status == "succeeded"
    check_each_once(world)


@pytest.mark.parametrize("name", ["create", "update", "write_reference"])
def test_a_batch_that_was_stopped_leaves_nothing_in_doubt(world: World, name: str) -> None:
    """`systemctl stop`: what was answered is stored, what was not sent is known not to be."""
    much_to_do(world)
    run = crashing.run(world, Steps(f"after {name}", world.stop.set, nth=2))
    assert run is not None
    assert (run.status, open_intents(world)) == ("interrupted", 0)
    world.stop.clear()
    assert world.run().status == "succeeded"
    check_each_once(world)


def test_a_lost_answer_costs_the_rest_of_its_batch_nothing(world: World) -> None:
    """It is read what became of the one; the others go on and are stored with theirs."""
    much_to_do(world)
    for path in ("/v2/customers", "/v2/customers/*", "/v2/orders/*"):
        world.sandbox.faults.add(
            Fault("error_500_after", method="POST" if path == "/v2/customers" else "PUT", path=path, nth=2)
        )
    assert world.run().status == "succeeded"
    check_each_once(world)


def test_consent_that_ends_in_the_middle_of_a_batch_is_not_held_against_what_was_sent(world: World) -> None:
    """What was answered before is stored and told; the rest goes over once there is consent again."""
    much_to_do(world)
    world.sandbox.faults.add(Fault("unauthorized", method="POST", path="/v2/customers", nth=3, times=None))
    run = world.run()
    assert (run.status, run.counts["create_in_accounting"], open_intents(world)) == ("failed", 2, 0)
    world.sandbox.faults.clear()
    world.authorize()
    assert world.run().status == "succeeded"
    assert Counter(one["CustomerNumber"] for one in world.company.customers()) == Counter((*NEW, *KNOWN))
    assert max(told(world).values()) == 1


def test_a_customer_that_is_saved_while_its_batch_is_under_way_is_sent_as_saved(world: World) -> None:
    """Of one that waits for its turn the old values are not sent; one that was sent already is brought up to date."""
    much_to_do(world)
    world.timeout = 20.0

    def save() -> None:
        for number in (*NEW, *KNOWN):
            world.change(number, {"email": "ny@example.com"})

    world.sandbox.faults.add(Fault("call", method="PUT", path="/v2/customers/*", nth=2, call=save))
    world.run()
    assert world.run().status == "succeeded"
    assert {one["EmailAddress"] for one in world.company.customers()} == {"ny@example.com"}
    assert sent(world) == {**EACH_ONCE, "PUT customers": len(KNOWN) + 2}
    assert world.sync("full")["actions"] == []


class _Curious(threading.Event):
    """A stop that looks, at the beginning of each long wait, at how many pairs are stored by then."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.stored: list[int] = []

    @override
    def wait(self, timeout: float | None = None) -> bool:
        if (timeout or 0.0) >= 1.0:
            with self._world.store.reading() as work:
                self.stored.append(work.links.count(self._world.connection_id))
        return super().wait(timeout)


@embedded
def test_what_was_answered_is_stored_before_a_long_wait(world: World) -> None:
    """Accounting wants a pause: whoever looks meanwhile sees what was done so far."""
    much_to_do(world)
    world.stop = stop = _Curious(world)
    world.sandbox.faults.add(Fault("too_many", method="POST", path="/v2/customers", nth=3, header=True, seconds=2.0))
    assert world.run().status == "succeeded"
    assert stop.stored == [len(KNOWN) + 2]
    assert world.sync("full")["actions"] == []


@on_a_server
def test_an_outcome_that_the_server_breaks_off_is_stored_again(world: World) -> None:
    """A serialization failure while outcomes are stored: the run goes on, and tells everything once."""
    much_to_do(world)
    with world.database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE tries")  # counts on, whatever is rolled back
        connection.exec_driver_sql(
            "CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF nextval('tries') = 1 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF; RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER stumble BEFORE INSERT ON links FOR EACH ROW EXECUTE FUNCTION stumble()"
        )
    run = world.run()
    assert (run.status, run.counts["create_in_accounting"]) == ("succeeded", len(NEW))
    check_each_once(world)
