"""Linking customers to their records in accounting on purpose, and ending such links (S-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.errors import LockedError, NotAllowedError, RefusedError
from syncd.register.access import Actor, Permission
from syncd.services import linking
from syncd.services.linking import Partner
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.store.database import Database

HOME = {"invoice_postal_code": "111 22", "invoice_city": "Stockholm"}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with World(database, tmp_path) as made:
        made.configure({"approve_first_run": "false"})
        made.company.add_customer(CustomerNumber="1001", Name="Alfa AB", Telephone="08-111")
        assert made.run("full").status == "succeeded"
        yield made


def link(world: World, number: str, partner: Partner | None = None) -> None:
    linking.link(world.store, world.anna, world.connection, number, partner or Partner())


def unlink(world: World, number: str) -> None:
    linking.unlink(world.store, world.anna, world.connection, number)


def told(world: World) -> list[tuple[str, str | None]]:
    return [(a["kind"], a["field"]) for a in world.sync()["actions"]]


def states(world: World, number: str) -> list[str]:
    customer = world.customer(number)
    assert customer is not None
    with world.store.reading() as work:
        return [one.state for one in work.customers.links([customer.id])[customer.id]]


def test_an_unlinked_pair_is_left_alone_until_it_is_linked_again(world: World) -> None:
    """Nothing flows after the link ended; linked again, the sides are compared as at their first meeting (S-29)."""
    unlink(world, "1001")
    world.change("1001", {"phone": "08-222", "email": "a@alfa.example"})
    assert told(world) == []
    link(world, "1001")
    assert told(world) == [("open_conflict", "phone"), ("update_in_accounting", "email")]
    assert world.company.customer("1001")["Telephone"] == "08-111"
    assert states(world, "1001") == ["ended", "linked"]


def test_who_linked_and_unlinked_stands_in_the_history(world: World) -> None:
    """An administrator can be asked about it later."""
    unlink(world, "1001")
    link(world, "1001")
    lines = [(h.kind, h.who, h.after) for h in world.history("1001")[:2]]
    remote_id = world.company.customer("1001")["Id"]
    assert lines == [("linked", "anna", f"visma: {remote_id}"), ("unlinked", "anna", f"visma: {remote_id}")]


def test_two_customers_with_two_numbers_are_linked_by_the_number_there(world: World) -> None:
    """Then one side's number is asked for: neither is overwritten."""
    world.add("77", {"name": "Alfa AB", **HOME})
    unlink(world, "1001")
    link(world, "77", Partner(number="1001"))
    assert ("open_conflict", "number") in told(world)
    assert states(world, "77") == ["linked"]


def test_of_two_records_with_one_number_the_id_names_one(world: World) -> None:
    """Nobody guesses."""
    first = world.company.customer("1001")["Id"]
    second = world.company.add_customer(CustomerNumber="1002", Name="Alfa AB")["Id"]
    assert world.run().status == "succeeded"
    unlink(world, "1001")
    unlink(world, "1002")
    world.company.edit_customer(second, CustomerNumber="1001")
    world.run()
    with pytest.raises(RefusedError, match="more than one") as caught:
        link(world, "1001")
    assert first in str(caught.value.remedy)
    link(world, "1001", Partner(second))
    customer = world.customer("1001")
    assert customer is not None
    with world.store.reading() as work:
        held = work.links.of_customer(world.connection_id, customer.id)
    assert held is not None
    assert held.remote_id == second


def test_a_pair_that_is_in_doubt_needs_the_word_same(world: World) -> None:
    """A mistyped number does not mix two companies up."""
    world.add("77", {"name": "Bröderna Östlund Schakt", **HOME})
    unlink(world, "1001")
    with pytest.raises(RefusedError, match="names are clearly different"):
        link(world, "77", Partner(number="1001"))
    link(world, "77", Partner(number="1001", same=True))
    assert states(world, "77") == ["linked"]


def test_a_side_with_a_partner_is_refused(world: World) -> None:
    """A customer has one record in a system, and a record one customer."""
    world.add("77", {"name": "Alfa AB", **HOME})
    with pytest.raises(RefusedError, match="1001 is linked to visma already"):
        link(world, "1001")
    with pytest.raises(RefusedError, match="is linked to customer 1001"):
        link(world, "77", Partner(number="1001"))
    world.delete("1001")
    with pytest.raises(RefusedError, match="a customer that was deleted"):
        link(world, "77", Partner(number="1001"))


def test_what_is_not_there_is_refused(world: World) -> None:
    """With what to do about it."""
    world.add("77", {"name": "Alfa AB", **HOME})
    with pytest.raises(RefusedError, match="no customer with number 77") as caught:
        link(world, "77")
    assert "syncd sync visma" in str(caught.value.remedy)
    with pytest.raises(RefusedError, match="no customer with the id nowhere"):
        link(world, "77", Partner("nowhere"))
    with pytest.raises(RefusedError, match="77 is not linked"):
        unlink(world, "77")
    with pytest.raises(RefusedError):
        unlink(world, "78")


def test_only_administrators_link(world: World) -> None:
    """A user with every right over customers may not."""
    bo = Actor("bo", "Bo", permissions=frozenset(Permission))
    with pytest.raises(NotAllowedError, match="link customers to accounting"):
        linking.unlink(world.store, bo, world.connection, "1001")


def test_nothing_is_linked_while_a_run_is_under_way(world: World) -> None:
    """The run has decided on its pairs already."""
    with world.store.lock(f"run-{world.connection_id}") as got:
        assert got
        with pytest.raises(LockedError):
            unlink(world, "1001")
    assert states(world, "1001") == ["linked"]
