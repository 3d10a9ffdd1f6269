"""People save while a run applies: nothing of theirs is overwritten, and the customer is planned anew (R-14, S-40)."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from syncd.sandbox import Fault

if TYPE_CHECKING:
    from tests.world import World

CUSTOMERS = [str(number) for number in range(1001, 1025)]
PEOPLE = 3
PATIENT = 20.0
"""Nothing times out here, however busy the machine is."""


def in_step(world: World) -> None:
    world.timeout = PATIENT
    world.configure({"approve_first_run": False, "max_changes_minimum": "100"})
    for number in CUSTOMERS:
        world.company.add_customer(CustomerNumber=number, Name=f"Kund {number} AB", Telephone="08-0")
    assert world.run().status == "succeeded"


def phones(world: World) -> dict[str, tuple[object, object]]:
    """What the register and accounting hold."""
    theirs = {one["CustomerNumber"]: one["Telephone"] for one in world.company.customers()}
    with world.store.reading() as work:
        ours = {n: work.customers.find(world.group.id, n) for n in CUSTOMERS}
    return {n: (local.fields["phone"], theirs[n]) for n, local in ours.items() if local is not None}


def test_everybody_saves_while_runs_apply_and_nothing_is_lost(world: World) -> None:
    """Three people and the bookkeeper work on while one run after the other pushes and takes.

    The bookkeeper saves right before accounting is read, at the last moment that is not between a read and its write:
    there nobody can see it (README, *Limits*).
    """
    in_step(world)
    last: dict[str, str] = {}
    typed: deque[tuple[str, str]] = deque()

    def type_in() -> None:
        while typed:
            number, name = typed.popleft()
            world.company.edit_customer(number, ContactPersonName=name)

    world.sandbox.faults.add(Fault("call", method="GET", path="/v2/customers*", times=None, call=type_in))

    def save(who: int) -> None:
        for turn in range(3):
            for number in CUSTOMERS[who::PEOPLE]:
                last[number] = f"08-{who}{turn} 00 {number[-2:]}"
                world.change(number, {"phone": last[number]})
                typed.append((number, f"Eva {turn}"))

    with ThreadPoolExecutor(PEOPLE) as pool:
        people = [pool.submit(save, who) for who in range(PEOPLE)]
        while typed or not all(one.done() for one in people):
            assert world.run().status in {"succeeded", "partial"}
        assert [one.result() for one in people] == [None] * PEOPLE
    for _ in range(2):
        assert world.run().status == "succeeded"
    assert phones(world) == {number: (phone, phone) for number, phone in last.items()}
    assert world.conflicts() == ()
    for customer in world.company.customers():
        found = world.customer(customer["CustomerNumber"])
        assert found is not None
        assert found.fields["contact_name"] == customer["ContactPersonName"] == "Eva 2"


def test_a_save_right_before_a_push_is_pushed_instead(world: World) -> None:
    """Not first the old value and then the new one: the customer is planned anew."""
    in_step(world)
    world.change("1001", {"phone": "08-1"})
    late = Fault("call", method="GET", path="/v2/customers/*", call=lambda: world.change("1001", {"phone": "08-2"}))
    world.sandbox.faults.add(late)
    world.sandbox.clear_requests()
    assert world.run().status == "succeeded"
    sent = [request for request in world.sandbox.requests.writes() if request.path.startswith("/v2/")]
    assert len(sent) == 1
    assert phones(world)["1001"] == ("08-2", "08-2")


def test_a_customer_deleted_right_before_a_push_is_not_written(world: World) -> None:
    """Its deletion is carried over by the next run instead (S-62)."""
    in_step(world)
    world.change("1001", {"phone": "08-1"})
    world.sandbox.faults.add(Fault("call", method="GET", path="/v2/customers/*", call=lambda: world.delete("1001")))
    assert world.run().status == "succeeded"
    (first,) = [one for one in world.company.customers() if one["CustomerNumber"] == "1001"]
    assert (first["Telephone"], first["IsActive"]) == ("08-0", True)
    assert world.run().status == "succeeded"
    (first,) = [one for one in world.company.customers() if one["CustomerNumber"] == "1001"]
    assert (first["Telephone"], first["IsActive"]) == ("08-0", False)


def test_a_save_while_defaults_of_a_new_customer_are_taken_is_kept(world: World) -> None:
    """Accounting fills in what was empty; what somebody types at that moment stands."""
    world.configure({"approve_first_run": False})
    world.add("2001", {"name": "Ny AB", "invoice_city": "Umeå", "invoice_postal_code": "903 26"})

    def type_note() -> None:
        world.change("2001", {"note": "Nyckel hos grannen"})

    world.sandbox.faults.add(Fault("call_after", method="POST", path="/v2/customers", call=type_note))
    assert world.run().status in {"succeeded", "partial"}
    assert world.run().status == "succeeded"
    found = world.customer("2001")
    assert found is not None
    assert found.fields["note"] == "Nyckel hos grannen"
