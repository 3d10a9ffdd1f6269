"""Fields of a group's own, kept in step in the place that an administrator chose (R-25, S-23, S-24, S-29, S-73)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.errors import RefusedError
from syncd.register.catalogues import EntryInUseError
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.services.register.catalogues import add_entry, delete_entry

if TYPE_CHECKING:
    from tests.world import World

HOME = {"invoice_postal_code": "111 22", "invoice_city": "Stockholm"}


@pytest.fixture
def floors(world: World) -> World:
    """Two linked customers, and two fields of the group's own: a text and a number."""
    world.configure({"approve_first_run": False})
    with world.store.work() as work:
        for key, kind in (("floor", "text"), ("area", "number"), ("gate", "yes_no")):
            add_entry(work, world.anna, world.group.id, CUSTOM_FIELDS, {"key": key, "label": key, "type": kind})
    world.add("1001", {"name": "Alfa AB", "custom.floor": "3 tr", "custom.area": "120", **HOME})
    world.add("1002", {"name": "Beta AB", **HOME})
    assert world.run("full").status == "succeeded"
    return world


def told(document: dict[str, Any]) -> list[tuple[str, ...]]:
    keys = ("kind", "customer_number", "field", "before", "after")
    return [tuple(str(a[key]) for key in keys) for a in document["actions"]]


def own(world: World, number: str, field: str = "custom.floor") -> object:
    found = world.customer(number)
    assert found is not None
    return found.fields.get(field)


def test_a_field_of_ones_own_goes_both_ways_once_it_is_mapped(floors: World) -> None:
    """Unmapped it is nobody's business; mapped, filled, changed and cleared on either side it is like any other."""
    assert floors.company.customer("1001")["ElectronicReference"] is None
    floors.configure({"field.custom.floor.target": "ElectronicReference"})
    floors.company.edit_customer("1002", ElectronicReference="1 tr")
    assert told(floors.sync()) == [
        ("update_in_accounting", "1001", "custom.floor", "None", "3 tr"),
        ("update_in_register", "1002", "custom.floor", "None", "1 tr"),
    ]
    assert floors.sync()["actions"] == []
    floors.change("1001", {"custom.floor": None})
    floors.company.edit_customer("1002", ElectronicReference=None)
    floors.sync()
    assert floors.company.customer("1001")["ElectronicReference"] is None
    assert own(floors, "1002") is None
    floors.add("1003", {"name": "Gamma AB", "custom.floor": "källaren", **HOME})
    floors.company.add_customer(CustomerNumber="1004", Name="Delta AB", ElectronicReference="vinden")
    floors.sync()
    assert floors.company.customer("1003")["ElectronicReference"] == "källaren"
    assert own(floors, "1004") == "vinden"
    assert floors.sync("full")["actions"] == []


def test_what_does_not_fit_is_asked_and_answered(floors: World) -> None:
    """Too long for its place: named with length and limit; a shorter text for accounting alone is an answer (S-23)."""
    floors.configure({"field.custom.floor.target": "ElectronicReference"})
    floors.change("1001", {"custom.floor": "x" * 36, "phone": "08-222"})
    floors.sync()
    (conflict,) = floors.conflicts()
    assert (conflict.kind, conflict.field) == ("does_not_fit", "custom.floor")
    assert conflict.message == "custom.floor is 36 characters, accounting holds 35: shorten it"
    assert floors.company.customer("1001")["Telephone"] == "08-222"
    floors.resolve(conflict, "accounting_only", "x" * 35)
    floors.sync()
    assert floors.company.customer("1001")["ElectronicReference"] == "x" * 35
    assert own(floors, "1001") == "x" * 36
    assert floors.sync()["actions"] == []


def test_both_changed_asks_and_a_typed_value_goes_to_both(floors: World) -> None:
    floors.configure({"field.custom.floor.target": "ElectronicReference"})
    floors.sync()
    floors.change("1001", {"custom.floor": "4 tr"})
    floors.company.edit_customer("1001", ElectronicReference="5 tr")
    floors.sync()
    (conflict,) = floors.conflicts()
    assert (conflict.kind, conflict.field, conflict.register, conflict.accounting) == (
        "field", "custom.floor", "4 tr", "5 tr",
    )  # fmt: skip
    floors.resolve(conflict, "value", "6 tr")
    run = floors.run()
    assert (own(floors, "1001"), floors.company.customer("1001")["ElectronicReference"]) == ("6 tr", "6 tr")
    floors.undo(str(run.id))
    assert (own(floors, "1001"), floors.company.customer("1001")["ElectronicReference"]) == ("4 tr", "5 tr")


def test_a_number_is_written_and_put_back_but_never_taken(floors: World) -> None:
    """What somebody types over it in accounting need not be a number."""
    floors.configure({"field.custom.area.target": "ElectronicReference"})
    floors.sync()
    floors.company.edit_customer("1001", ElectronicReference="stort")
    floors.sync()
    assert (own(floors, "1001", "custom.area"), floors.company.customer("1001")["ElectronicReference"]) == (
        "120",
        "120",
    )


def test_another_place_is_met_anew_and_asked_first(floors: World) -> None:
    """What was agreed on in the old place decides nothing in the new one, and nobody is surprised by it."""
    floors.configure({"field.custom.floor.target": "ElectronicReference"})
    floors.sync()
    floors.company.edit_customer("1001", DeliveryCustomerName="Lagret")
    floors.configure({"field.custom.floor.target": "DeliveryCustomerName"})
    held = floors.run()
    assert (held.status, held.error and held.error["code"]) == ("held", "mapping_changed")
    floors.sync(approve=True)
    (conflict,) = floors.conflicts()
    assert (conflict.kind, conflict.register, conflict.accounting) == ("field", "3 tr", "Lagret")
    for kind in (None, "full"):
        assert floors.sync(kind)["actions"] == []
    assert (own(floors, "1001"), floors.company.customer("1001")["DeliveryCustomerName"]) == ("3 tr", "Lagret")
    assert floors.company.customer("1001")["ElectronicReference"] == "3 tr"


def test_a_place_that_is_taken_away_is_asked_first(floors: World) -> None:
    """The mapping-changed brake: approved, both sides keep what they have."""
    floors.configure({"field.custom.floor.target": "ElectronicReference"})
    floors.sync()
    floors.configure({"field.custom.floor.target": ""})
    held = floors.run()
    assert (held.status, held.error and held.error["code"]) == ("held", "mapping_changed")
    floors.sync(approve=True)
    floors.change("1001", {"custom.floor": "9 tr"})
    assert floors.sync()["actions"] == []
    assert floors.company.customer("1001")["ElectronicReference"] == "3 tr"


def test_a_mapped_field_is_not_deleted_and_a_wrong_place_is_refused_when_it_is_set(floors: World) -> None:
    """The setting says what is wrong, and nothing of it is stored."""
    floors.configure({"field.custom.floor.target": "ElectronicReference"})
    for number in ("1001", "1002"):
        floors.change(number, {"custom.floor": None})
    with floors.store.work() as work, pytest.raises(EntryInUseError):
        delete_entry(work, floors.anna, floors.group.id, CUSTOM_FIELDS, "floor")
    with pytest.raises(RefusedError, match="it is yes or no"):
        floors.configure({"field.custom.gate.target": "DeliveryCustomerName", "max_deactivations": "9"})
    assert "max_deactivations" not in floors.connection.settings
