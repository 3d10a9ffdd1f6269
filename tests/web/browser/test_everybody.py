"""Everybody can use every page: WCAG 2.2 AA in light and dark, on a phone, by keyboard, without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.orders import OrderKind
from syncd.services.register import catalogues, contacts, facilities, items, orders, protocols, teams
from syncd.web.pages.application import GROUPS
from syncd.web.pages.door import Door
from tests.web.browser.people import DESK, PHONE
from tests.web.pages.watching import ran
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

    from syncd.register.fields import Value
    from tests.web.browser.people import Person
    from tests.web.site import Browser, Site

pytestmark = pytest.mark.xdist_group("chromium")

OK = 200
LONG = "Bostadsrattsforeningen Björkbackens Östra Donaudampfschifffahrtsgesellschaftskapitänsgatan"
COLUMNS, FIXED = 30, 10
"""Of the list of customers, and of them those that are always there; the rest is of the company's own."""
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
    _filled(site)
    return {f"{one.kind} {one.field or ''}".strip(): one.id for one in world.conflicts()}


def _filled(site: Site) -> None:
    """Something of everything that the register's pages show."""
    world = site.world
    group, anna, today = world.group.id, world.anna, site.clock().date()
    with world.store.work() as work:
        catalogues.add_entry(work, anna, group, DISCOUNT_LETTERS, {"code": "A", "percentage": "5"})
        catalogues.add_entry(work, anna, group, ARTICLES, {"number": "RESA", "text": "Resa"})
        field: dict[str, Value] = {"key": "zone", "label": "Zon", "type": "choice", "choices": "Norr;Söder"}
        catalogues.add_entry(work, anna, group, CUSTOM_FIELDS, {**field, "show_in_list": True})
        for number in range(1, COLUMNS - FIXED):
            field = {"key": f"f{number}", "label": f"Eget fält {number}", "type": "text", "show_in_list": True}
            catalogues.add_entry(work, anna, group, CUSTOM_FIELDS, field)
        teams.add_team(work, anna, group, "Norr")
        teams.join_team(work, anna, group, "Norr", ["anna"])
        contacts.add_contact(
            work, anna, group, "1001", {"name": "Kim", "email": "kim@example.se", "send_service_protocol": True}
        )
        facilities.add_facility(work, anna, group, "1001", {"name": "Panncentralen"})
        items.add_item(work, anna, group, "1001", {"kind": "service", "article": "RESA"})
        orders.add_order(work, anna, group, "1001", OrderKind.ORDER, {"title": "Läcka", "type": "service"}, today=today)
        protocols.add_protocol(work, anna, group, "1", {"text": "Tätat"}, ["Packning"], today=today)
    world.assign("1001", ["anna"])
    world.change("1001", {"discount_letters": "A", "custom.zone": "Norr", "note": "Två\nrader", "website": "fisk.se"})
    own: dict[str, Value] = {
        f"custom.f{number}": "En längre text i ett eget fält" for number in range(1, COLUMNS - FIXED)
    }
    world.change("1003", {"name": f"{LONG} AB", "email": f"{LONG.replace(' ', '.')}@example.se".lower(), **own})
    world.run()


def plain(anna: Browser) -> dict[str, str]:
    """Every address that is a page by itself, by a name for its picture: a new one is looked at, too."""
    house: Any = None
    routes = [route for group in GROUPS for route in group.routes(Door(house))]
    paths = {route.path for route in routes if "GET" in (route.methods or ()) and "{" not in route.path}
    pages = {path for path in paths if path != "/login" and anna.get(path).path == path}
    shown = {path for path in pages if anna.get(path).html and anna.get(path).status == OK}
    return {path.strip("/").replace("/", "-") or "overview": path for path in sorted(shown)}


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
        "conflict-field": f"/conflicts/{known['field phone']}",
        "conflict-address": f"/conflicts/{known['field invoice_address']}",
        "conflict-identity": f"/conflicts/{known['identity']}",
        "conflicts-all": "/conflicts/all?answer=register",
        "run-dry": undone,
        "run-held": held,
        "customer": "/customers/1",
        "customer-edit": "/customers/1/edit",
        "customer-assign": "/customers/1/assign",
        "customer-history": "/customers/1/history",
        "customer-delete": "/customers/1/delete",
        "customer-contact-add": "/customers/1/contacts/add",
        "customer-contact": "/customers/1/contacts/1",
        "customer-facility-add": "/customers/1/facilities/add",
        "customer-article-add": "/customers/1/articles/add",
        "customer-orders": "/customers/1/orders?kind=order",
        "customer-order": "/customers/1/orders/1",
        "customer-order-add": "/customers/1/orders/add?kind=order",
        "customer-protocols": "/customers/1/protocols",
        "customer-protocol-add": "/customers/1/orders/1/protocols/add",
        "customer-protocol": "/customers/1/orders/1/protocols/1",
        "customer-order-send": "/customers/1/orders/1/send",
        "customer-file-add": "/customers/1/files/add",
        "customers-narrowed": "/customers?active=no",
        "discount-letter": "/discount-letters/one?entry=A",
        "team": "/teams/one?team=Norr",
        "user": "/users/1",
        "customer-renumber": "/customers/1/renumber",
        "integration": "/integrations/visma",
        "integration-remove": "/integrations/visma/remove",
    }
    for name, path in {**plain(anna), **pages}.items():
        wrong |= person.sees(path, name)
    assert (wrong, person.complaints) == ({}, [])
    assert person.sees("/nothing-here", "nothing") == {}


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_thirty_columns_stay_readable(person: Person, screen: ViewportSize) -> None:
    """Whose row it is stays in sight to the last column; what has room for one line is not broken into several."""
    person.is_let_in()
    page = person.page
    page.set_viewport_size(screen)
    page.goto("/customers")
    assert page.locator("thead th").count() == COLUMNS
    assert person.keeps_in_sight(".scroll", "th[scope=row]")
    phone = page.locator("tbody tr", has_text="1001").get_by_text("08-222 22 22")
    assert page.evaluate("one => one.getClientRects().length && one.offsetHeight < 60", phone.element_handle())


@pytest.mark.usefixtures("known")
def test_a_conflict_is_answered_by_keyboard_alone(site: Site, person: Person) -> None:
    """From the login to the end of the run, without touching the mouse."""
    site.hire_administrator("berit", PASSWORD)
    page = person.page
    page.goto("/conflicts?kind=field")
    page.locator("input[name=login]:focus").wait_for()
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
    page.locator('tbody a[href^="/conflicts/"]').first.click()
    page.get_by_label("The register's value").check()
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("The answer is recorded.").wait_for()
