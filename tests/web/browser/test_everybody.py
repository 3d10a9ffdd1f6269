"""Everybody can use every page: WCAG 2.2 AA in light and dark, on a phone, by keyboard, without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.pages.watching import ran
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from tests.web.browser.people import Person
    from tests.web.site import Site

pytestmark = pytest.mark.xdist_group("chromium")

ADDRESS = {"invoice_line1": "Storgatan 1", "invoice_postal_code": "903 26", "invoice_city": "Umeå"}


@pytest.fixture(scope="module")
def known(site: Site) -> dict[str, int]:
    """A company where everything has happened once; its conflicts by kind and field."""
    world = site.world
    for number in ("1001", "1002", "1003"):
        world.add(number, {"name": f"Åkes {number} AB", "phone": "08-1", **ADDRESS})
    world.company.add_customer(CustomerNumber="1004", Name="Kött AB", CorporateIdentityNumber="556016-0680")
    world.run()
    for number in ("1001", "1002"):
        world.change(number, {"phone": "08-222 22 22", "invoice_line1": "Kajen 1"})
        world.company.edit_customer(number, Telephone="08-333 33 33", InvoiceAddress1="Torget 9")
    world.add("1005", {"name": "Fisk AB", "organisation_number": "556036-0793", **ADDRESS})
    world.company.add_customer(CustomerNumber="1005", Name="Vilt AB", CorporateIdentityNumber="556016-0680")
    world.run()
    return {f"{one.kind} {one.field or ''}".strip(): one.id for one in world.conflicts()}


def test_every_page_is_for_everybody(site: Site, known: dict[str, int], person: Person) -> None:
    """No page breaks a rule of WCAG 2.2 AA, in light or in dark; none is wider than a phone; the browser is content."""
    anna = site.logged_in()
    undone = ran(anna, anna.get("/"), "/connections/visma/sync", how="dry_run").path
    site.world.configure({"max_changes_minimum": 1, "max_changes_percent": 1})
    for number in ("1001", "1002", "1003"):
        site.world.change(number, {"mobile": "070-1"})
    held = ran(anna, anna.get("/"), "/connections/visma/sync").path
    site.world.configure({"max_changes_minimum": 20, "max_changes_percent": 20})
    wrong: dict[str, Any] = dict(person.sees("/login", "login"))
    person.is_let_in()
    pages = {
        "overview": "/",
        "conflicts": "/conflicts",
        "conflict-field": f"/conflicts/{known['field phone']}",
        "conflict-address": f"/conflicts/{known['field invoice_address']}",
        "conflict-identity": f"/conflicts/{known['identity']}",
        "conflicts-all": "/conflicts/all?answer=register",
        "runs": "/runs",
        "run-dry": undone,
        "run-held": held,
        "customers": "/customers",
        "customer": "/customers/1",
        "customer-add": "/customers/add",
        "customer-edit": "/customers/1/edit",
        "customer-assign": "/customers/1/assign",
        "customer-history": "/customers/1/history",
        "customer-renumber": "/customers/1/renumber",
        "account": "/account",
        "password": "/password",
    }
    for name, path in pages.items():
        wrong |= person.sees(path, name)
    assert (wrong, person.complaints) == ({}, [])
    assert person.sees("/nothing-here", "nothing") == {}


@pytest.mark.usefixtures("known")
def test_a_conflict_is_answered_by_keyboard_alone(site: Site, person: Person) -> None:
    """From the login to the end of the run, without touching the mouse."""
    site.hire_administrator("berit", PASSWORD)
    page = person.page
    page.goto("/conflicts?kind=field")
    page.keyboard.type("berit")
    person.press("Tab")
    page.keyboard.type(PASSWORD)
    person.press("Enter")
    page.wait_for_url("**/conflicts?kind=field")
    before = len(site.world.conflicts())
    person.press("j", "j", "k", "Enter")
    page.wait_for_url("**/conflicts/*")
    person.press("2", "1")
    assert page.evaluate("document.querySelector('input[name=answer]:checked').value") == "register"
    person.tab_to("Answer and sync now")
    person.press("Enter")
    page.get_by_text("Requests to accounting").wait_for()
    assert len(site.world.conflicts()) < before
    assert person.complaints == []


@pytest.mark.usefixtures("known")
def test_everything_works_without_javascript(person: Person) -> None:
    """A run is started and its page comes to the end by itself; a conflict is answered."""
    page = person.opened(javascript=False)
    person.is_let_in(page)
    page.goto("/")
    page.get_by_role("button", name="Sync now").click()
    page.get_by_text("Requests to accounting").wait_for()
    page.goto("/conflicts?kind=field")
    page.locator("tbody a").first.click()
    page.get_by_label("The register's value").check()
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("The answer is recorded.").wait_for()
