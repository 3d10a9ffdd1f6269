"""Stories for runs that die: a world with work to do on both sides, and what it looks like when all is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.register.fields import Value
    from tests.world import World

ADDRESS: Mapping[str, Value] = {"invoice_postal_code": "111 22", "invoice_city": "Stockholm"}
IN_ACCOUNTING = ("1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008")


def everyday(world: World) -> None:
    """Linked customers, and one of every kind of change waiting for the next run."""
    world.configure({"approve_first_run": False, "add_assigned_in_our_reference": True})
    for number in IN_ACCOUNTING:
        world.company.add_customer(CustomerNumber=number, Name=f"Kund {number} AB", Telephone="08-123 45 67")
    world.company.add_order("1004")
    world.company.add_invoice_draft("1004")
    assert world.run().status == "succeeded"
    world.change("1008", {"phone": "08-111 11 11"})
    world.company.edit_customer("1008", Telephone="08-222 22 22")
    assert world.run().status == "succeeded"
    (question,) = world.conflicts()
    world.resolve(question, "register")
    world.hire("tove", "Tove Tekniker")

    world.change("1001", {"phone": "08-765 43 21"})
    world.company.edit_customer("1002", Telephone="08-999 99 99")
    world.change("1003", {"phone": "08-333 33 33"})
    world.company.edit_customer("1003", EmailAddress="kund@example.com")
    world.assign("1004", ["tove"])
    world.set_active("1005", active=False)
    world.delete("1006")
    world.renumber("1007", "7001")
    world.add("2001", {"name": "Ny i registret AB", "phone": "08-200 00 01", **ADDRESS})
    world.company.add_customer(CustomerNumber="3001", Name="Ny i bokföringen AB")


def first_meeting(world: World) -> None:
    """A first run that an administrator must approve: customers on one side, on the other, and on both."""
    for number in ("1001", "1002"):
        world.company.add_customer(CustomerNumber=number, Name=f"Kund {number} AB", Telephone="08-123 45 67")
    world.add("1002", {"name": "Kund 1002 AB", "email": "kund@example.com", **ADDRESS})
    world.add("1003", {"name": "Kund 1003 AB", **ADDRESS})
    assert world.run().status == "held"


def meanwhile(world: World, ids: Mapping[str, str]) -> None:
    """What people do between a crash in an everyday run and the next one. ``ids``: remote ids by the old numbers."""
    edit = world.company.edit_customer
    world.change("1001", {"phone": "08-765 00 00", "email": "ny@example.com"})
    edit(ids["1001"], WwwAddress="https://example.com")
    edit(ids["1002"], Telephone="08-999 00 00")
    world.change("1003", {"mobile": "070-333 33 33"})
    world.set_active("1005", active=True)
    edit(ids["1007"], Name="Kund 1007 HB")
    world.change("2001", {"phone": "08-200 00 02"})
    edit("3001", Name="Ny i bokföringen HB")
    (order,) = world.company.documents("orders")
    world.company.edit_document(order["Id"], OurReference="Eva Ekonomsson")


def ids(world: World) -> dict[str, str]:
    """Remote ids by customer number."""
    return {row["CustomerNumber"]: row["Id"] for row in world.company.customers()}
