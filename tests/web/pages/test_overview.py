"""The overview: where everything stands, and a run from the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.pages.watching import watched

if TYPE_CHECKING:
    from tests.web.site import Site
    from tests.world import World


def test_each_connection_is_told_in_words(site: Site, world: World) -> None:
    """In step since when, how many customers, how many questions: without a run nobody claims anything."""
    anna = site.logged_in()
    assert "Never run" in anna.get("/").text
    world.company.add_customer(CustomerNumber="1001", Name="Fisk AB")
    world.run()
    page = anna.get("/")
    assert "In step just now, 1 linked customer" in page.text
    assert "In step" in page.text


def test_a_run_is_started_and_watched_without_javascript(site: Site, world: World) -> None:
    """The button puts it in line; the page looks again by itself until the run has ended."""
    world.company.add_customer(CustomerNumber="1001", Name="Fisk AB")
    anna = site.logged_in()
    page = anna.submit(anna.get("/"), "/connections/visma/sync")
    assert watched(anna, page).path.startswith("/runs/")
    assert world.numbers() == ["1001"]


def test_the_page_of_an_order_looks_again_by_itself_and_can_be_stopped(site: Site, world: World) -> None:
    """While it waits for another run; who reads slowly has it stand still."""
    anna = site.logged_in()
    with world.store.lock(f"run-{world.connection_id}") as held:
        assert held
        page = anna.submit(anna.get("/"), "/connections/visma/sync")
        assert "It waits for its turn." in page.text
        assert page.answer.headers["refresh"] == "2"
        assert "Waits: changes, asked for by anna just now." in anna.get("/").text
        still = anna.get(f"{page.path}?still=yes")
        assert "refresh" not in still.answer.headers
        assert page.path in still.links
    watched(anna, page)
