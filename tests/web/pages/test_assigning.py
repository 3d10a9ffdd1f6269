"""Assigning technicians in the console: one customer, or many after a look at how many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.services.register import teams

if TYPE_CHECKING:
    from tests.web.site import Site
    from tests.world import World


def _assigned(world: World, number: str) -> list[str]:
    with world.store.reading() as work:
        found = work.customers.find(world.group.id, number)
        assert found is not None
        return [one.login for one in work.customers.assigned([found.id]).get(found.id, [])]


def _technicians(world: World) -> None:
    for login in ("tekla", "tore", "ture"):
        world.hire(login, login.title())
    with world.store.work() as work:
        teams.add_team(work, world.anna, world.group.id, "Norr")
        teams.join_team(work, world.anna, world.group.id, "Norr", ["tekla", "tore"])


def test_technicians_are_ticked_in_their_teams(site: Site, world: World) -> None:
    """Who is unticked goes; the first stays responsible, and is named so (R-17)."""
    _technicians(world)
    world.add("1001", {"name": "Fisk AB"})
    anna, path = site.logged_in(), f"/customers/{getattr(world.customer('1001'), 'id', 0)}"
    page = anna.get(f"{path}/assign")
    assert ("Norr" in page.text, "In no team" in page.text) == (True, True)
    done = anna.submit(page, f"{path}/assign", login=["tore", "ture"])
    assert ("The assignment is saved." in done.text, "Tore (responsible)" in done.text) == (True, True)
    anna.submit(anna.get(f"{path}/assign"), f"{path}/assign", login=["ture", "tekla"])
    assert _assigned(world, "1001") == ["ture", "tekla"]
    assert anna.submit(page, f"{path}/assign", login=["tore"]).status == 409
    assert anna.submit(anna.get(f"{path}/assign"), f"{path}/assign", login=["nobody"]).status == 422
    assert _assigned(world, "1001") == ["ture", "tekla"]


def test_many_customers_are_assigned_after_a_look(site: Site, world: World) -> None:
    """The ticked ones, or all that are found; if the list moved meanwhile, it is looked at again."""
    _technicians(world)
    for number in range(60):
        world.add(f"{number:04}", {"name": f"Kund {number}"})
    anna = site.logged_in()
    lists = anna.get("/customers?active=yes")
    ids = [str(getattr(world.customer(number), "id", 0)) for number in ("0001", "0002")]
    look = anna.submit(lists, "/customers/assign", which="chosen", customer=ids)
    assert ("Assign 2 customers" in look.text, "Kund 2" in look.text, "Kund 3" in look.text) == (True, True, False)
    assert "Nobody is chosen." in anna.submit(look, "/customers/assign/done", how="assign").text
    anna.submit(look, "/customers/assign/done", how="assign", login="ture")
    assert (_assigned(world, "0001"), _assigned(world, "0003")) == (["ture"], [])

    look = anna.submit(lists, "/customers/assign", which="all")
    assert ("Assign 60 customers" in look.text, "and 40 more" in look.text) == (True, True)
    world.set_active("0059", active=False)
    late = anna.submit(look, "/customers/assign/done", how="assign", team="Norr")
    assert (late.status, "Assign 59 customers" in late.text, _assigned(world, "0003")) == (409, True, [])
    anna.submit(late, "/customers/assign/done", how="assign", team="Norr")
    assert (_assigned(world, "0001"), _assigned(world, "0059")) == (["ture", "tekla", "tore"], [])
    anna.submit(late, "/customers/assign/done", how="unassign", login=["ture", "tekla"], team=[])
    assert _assigned(world, "0001") == ["tore"]
    assert "No customer is chosen." in anna.submit(lists, "/customers/assign", which="chosen").text
