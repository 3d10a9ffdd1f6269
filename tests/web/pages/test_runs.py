"""Runs: looked at, approved exactly as shown, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.people import NewUser
from syncd.ports.queue import Order
from tests.web.pages.watching import ran

if TYPE_CHECKING:
    from tests.web.site import Site
    from tests.world import World


def test_a_held_run_says_why_and_exactly_its_plan_is_approved(site: Site, world: World) -> None:
    """A plan that changed since it was shown is held anew; the one that stands is carried out."""
    world.configure({"approve_first_run": True})
    world.company.add_customer(CustomerNumber="1001", Name="Fisk AB")
    anna = site.logged_in()
    held = ran(anna, anna.get("/"), "/connections/visma/sync")
    assert "The first run waits for somebody to look at its plan." in held.text
    assert "Held, nothing written" in held.text
    assert "create in the register" in held.text
    assert world.numbers() == []
    assert "The first run waits" in anna.get("/").text

    world.company.add_customer(CustomerNumber="1002", Name="Kött AB")
    again = ran(anna, held, held.path + "/approve")
    assert ("Held, nothing written" in again.text, world.numbers()) == (True, [])
    done = ran(anna, again, again.path + "/approve")
    assert ("2 customers created in the register" in done.text, world.numbers()) == (True, ["1001", "1002"])
    assert "The run is not held." in anna.post(done.path + "/approve", anna.get("/").form("/logout").fields).text


def test_a_dry_run_shows_the_plan_and_writes_nothing(site: Site, world: World) -> None:
    """And the plan can be carried out from there."""
    world.company.add_customer(CustomerNumber="1001", Name="Fisk AB", Telephone="08-1")
    anna = site.logged_in()
    page = ran(anna, anna.get("/"), "/connections/visma/sync", how="dry_run")
    assert ("Dry run, nothing written" in page.text, "Fisk AB" in page.text, world.numbers()) == (True, True, [])
    done = ran(anna, page, "/connections/visma/sync")
    assert ("Done" in done.text, world.numbers()) == (True, ["1001"])


def test_what_a_run_and_a_conflict_are_about_leads_to_the_customer(site: Site, world: World) -> None:
    """Also one that the run took from accounting; nothing leads to a customer that is deleted since."""
    for number in ("1001", "1002"):
        world.company.add_customer(CustomerNumber=number, Name=f"Kund {number}", Telephone="08-1")
    anna = site.logged_in()
    run = ran(anna, anna.get("/"), "/connections/visma/sync").path
    for number in ("1001", "1002"):
        world.change(number, {"phone": "08-222"})
        world.company.edit_customer(number, Telephone="08-333")
    world.run()
    pages = {number: _page_of(world, number) for number in ("1001", "1002")}
    first, second = (f"/conflicts/{one.id}" for one in world.conflicts())
    for path, there in ((run, set(pages.values())), ("/conflicts", set(pages.values())), (first, {pages["1001"]})):
        assert there == {link for link in anna.get(path).links if link.startswith("/customers/")}
        assert all(anna.get(link).status == 200 for link in there)
    anna.submit(anna.get(f"{pages['1002']}/delete"), f"{pages['1002']}/delete")
    assert all(pages["1002"] not in anna.get(path).links for path in (run, second, "/conflicts"))


def _page_of(world: World, number: str) -> str:
    customer = world.customer(number)
    assert customer is not None
    return f"/customers/{customer.id}"


def test_a_run_is_taken_back_after_a_look(site: Site, world: World) -> None:
    """Only the customer that was asked for; the other keeps what the run wrote."""
    for number in ("1001", "1002"):
        world.company.add_customer(CustomerNumber=number, Name=f"Kund {number}", Telephone="08-1")
    world.run()
    for number in ("1001", "1002"):
        world.change(number, {"phone": "08-222"})
    anna = site.logged_in()
    done = ran(anna, anna.get("/"), "/connections/visma/sync")
    assert "2 fields changed in accounting" in done.text
    look = ran(anna, done, done.path + "/undo", customer="1001", how="dry_run")
    assert ("of run" in look.text, "1002" in look.text) == (True, False)
    assert {row["Telephone"] for row in world.company.customers()} == {"08-222"}
    ran(anna, look, done.path + "/undo")
    phones = {row["CustomerNumber"]: row["Telephone"] for row in world.company.customers()}
    assert phones == {"1001": "08-1", "1002": "08-222"}
    assert anna.submit(done, done.path + "/undo", customer="9999").status == 422


def test_the_list_of_runs_comes_in_pages(site: Site, world: World) -> None:
    """Newest first, fifty at a time; what is odd in an address is the first page."""
    with world.store.work() as work:
        for _ in range(60):
            run = work.runs.start(world.connection_id, "incremental", trigger="schedule", who="schedule")
            work.runs.finish(run, status="succeeded", counts={}, requests=1)
        work.commit()
    anna = site.logged_in()
    page = anna.get("/runs")
    assert ("1–50 of 60" in page.text, "the schedule" in page.text) == (True, True)
    last = anna.get(next(link for link in page.links if "page=2" in link))
    assert ("51–60 of 60" in last.text, any("page=1" in link for link in last.links)) == (True, True)
    for odd in ("0", "-1", "x", "9" * 9):
        assert "1–50 of 60" in anna.get(f"/runs?page={odd}").text
    assert "51–60" in anna.get("/runs?page=9999").text
    assert anna.get("/runs?connection=nothing").status == 404


def test_a_run_that_failed_says_why_and_what_helps(site: Site, world: World) -> None:
    """In the vendor's words where there are no others; the overview leads to it."""
    world.run()
    world.sandbox.stop()
    anna = site.logged_in()
    failed = ran(anna, anna.get("/"), "/connections/visma/sync")
    assert ("Failed" in failed.text, "the next run tries again" in failed.text) == (True, True)
    overview = anna.get("/")
    assert ("Needs attention" in overview.text, failed.path in overview.links) == (True, True)


def test_whoever_may_not_sync_sees_where_things_stand_and_no_more(site: Site, world: World) -> None:
    """No button, no report; the form and the address are refused, too."""
    world.run()
    site.hire(NewUser("tove", "Tove Tekniker"))
    tove = site.logged_in("tove")
    page = tove.get("/")
    assert ("In step just now" in page.text, "Sync now" in page.text) == (True, False)
    own = page.form("/logout").fields
    assert [tove.get(path).status for path in ("/runs", "/runs/1", "/orders/1")] == [403] * 3
    assert [tove.post(path, own).status for path in ("/connections/visma/sync", "/runs/1/approve", "/runs/1/undo")] == [
        403
    ] * 3


def test_a_paused_connection_says_so(site: Site, world: World) -> None:
    """On the overview, and on the page of a run that was asked for all the same."""
    world.configure({"paused": True})
    anna = site.logged_in()
    assert "Nothing runs until somebody resumes it." in anna.get("/").text
    assert "The connection is paused. Resume it first." in ran(anna, anna.get("/"), "/connections/visma/sync").text


def test_an_order_that_could_not_begin_says_so(site: Site, world: World) -> None:
    """There is no run to look at then, and the page does not look again for ever."""
    ticket = site.queue.join(world.connection_id, Order("anna", "full", trigger="test"))
    with world.store.lock(f"run-{world.connection_id}"):
        claimed = site.queue.claim(world.connection_id, ticket.id)
        assert claimed is not None
        site.queue.finish(claimed, None)
    page = site.logged_in().get(f"/orders/{ticket.id}")
    assert ("It could not begin" in page.text, "refresh" in page.answer.headers) == (True, False)


def test_runs_of_another_company_are_not_there(site: Site, world: World) -> None:
    """Neither to look at, nor to approve or take back."""
    run = world.run()
    with world.store.work() as work:
        other = work.groups.create("Andra bolaget")
        work.commit()
    site.hire(NewUser("olle", "Olle", administrator=True), group=other.id)
    olle = site.logged_in("olle", group=other.id)
    own = olle.get("/").form("/logout").fields
    path = f"/runs/{run.id}"
    assert [olle.get(path).status, *(olle.post(f"{path}/{do}", own).status for do in ("approve", "undo"))] == [404] * 3
    assert "Nothing has run yet." in olle.get("/runs").text
