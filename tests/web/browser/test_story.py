"""A first day with syncd, in a real browser and in Swedish: from the login to a run that is taken back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from syncd.services import connections
from syncd.store.database import Database
from tests.web.browser.conftest import SHOTS
from tests.web.browser.people import Person
from tests.web.site import PASSWORD, Site
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, FilePayload

pytestmark = pytest.mark.xdist_group("chromium")

FILE = (
    "Kundnummer;Namn;Fakturaadress, ort;Fakturaadress, postnummer\n1001;Fisk AB;Umeå;903 26\n1002;Kött AB;Umeå;903 26\n"
)


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """A company that is connected to nothing yet, with a password for its administrator and one technician."""
    shutil.copy(sqlite_template, tmp_path / "syncd.db")
    with World(Database(f"sqlite:///{tmp_path / 'syncd.db'}"), tmp_path) as world, Site(world) as made:
        connections.remove(world.store, world.anna, world.connection)
        made.hire_administrator("berit", PASSWORD)
        world.hire("tore", "Tore Tekniker")
        yield made


@pytest.fixture
def berit(chromium: Browser, site: Site) -> Iterator[Person]:
    """The administrator, who reads Swedish."""
    made = Person(chromium, site, SHOTS, locale="sv-SE")
    yield made
    made.close()


def test_a_first_day(site: Site, berit: Person) -> None:
    """Log in, upload a register, assign in bulk, connect, approve, answer by keyboard alone, sync, take back."""
    _logs_in(berit)
    _uploads_and_assigns(berit)
    assert site.world.numbers() == ["1001", "1002"]
    _connects(berit)
    _approves_the_first_run(berit)
    visma = site.world.company
    assert sorted(one["CustomerNumber"] for one in visma.customers()) == ["1001", "1002"]
    site.world.change("1001", {"phone": "08-222 22 22"})
    visma.edit_customer("1001", Telephone="08-333 33 33")
    _answers_by_keyboard(berit)
    assert visma.customer("1001")["Telephone"] == "08-222 22 22"
    _takes_it_back(berit)
    assert visma.customer("1001")["Telephone"] == "08-333 33 33"
    assert berit.complaints == []


def _logs_in(berit: Person) -> None:
    page = berit.page
    page.goto("/")
    page.get_by_label("Användarnamn").fill("berit")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_text("Det finns ingen anslutning").wait_for()


def _uploads_and_assigns(berit: Person) -> None:
    page = berit.page
    page.get_by_role("link", name="Registret", exact=True).click()
    page.get_by_role("link", name="Register som filer").click()
    file: FilePayload = {"name": "k.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    page.get_by_label("Fil", exact=True).set_input_files(file)
    page.get_by_role("button", name="Granska den").click()
    page.get_by_text("Alla rader är rätt. 2 skulle läggas till").wait_for()
    page.get_by_role("button", name="Spara dem").click()
    page.get_by_text("Sparat: 2 tillagda").wait_for()
    page.get_by_role("link", name="Kunder", exact=True).click()
    page.get_by_role("button", name="Tilldela alla 2").click()
    page.get_by_label("Tore Tekniker").check()
    page.get_by_role("button", name="Tilldela dem").click()
    page.locator("td", has_text="Tore Tekniker").first.wait_for()


def _connects(berit: Person) -> None:
    page = berit.page
    page.get_by_role("link", name="Integrationer").click()
    page.get_by_label("Namn").fill("visma")
    page.get_by_role("button", name="Lägg till").click()
    page.get_by_role("button", name="Anslut", exact=True).click()
    page.get_by_role("button", name="Gå till bokföringssystemet").click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("heading", name="Är det här företaget?").wait_for()
    page.get_by_text("Testbolaget AB").wait_for()
    page.get_by_role("button", name="Ja, anslut det här företaget").click()
    page.get_by_text("Företaget är anslutet.").wait_for()


def _approves_the_first_run(berit: Person) -> None:
    page = berit.page
    page.get_by_role("link", name="Översikt").click()
    page.get_by_role("button", name="Synkronisera nu").click()
    page.get_by_text("Den första körningen väntar").wait_for()
    page.get_by_role("button", name="Godkänn exakt den här planen").click()
    page.get_by_text("2 kunder skapade i bokföringen").wait_for()


def _answers_by_keyboard(berit: Person) -> None:
    """From the page of a run, with the tabulator and Enter, to the run that carries the answer out."""
    page = berit.page
    berit.tab_to("Översikt")
    berit.press("Enter")
    page.wait_for_url("**/")
    berit.tab_to("Synkronisera nu")
    berit.press("Enter")
    page.get_by_text("1 konflikt öppnad").wait_for()
    berit.tab_to("Konflikter")
    berit.press("Enter")
    page.wait_for_url("**/conflicts")
    berit.press("j", "Enter")
    page.wait_for_url("**/conflicts/*")
    berit.press("1")
    berit.tab_to("Svara och synkronisera nu")
    berit.press("Enter")
    page.get_by_text("1 fält ändrat i bokföringen").wait_for()


def _takes_it_back(berit: Person) -> None:
    page = berit.page
    page.get_by_text("Ta tillbaka det som körningen skrev").click()
    page.get_by_role("button", name="Titta först").click()
    page.get_by_text("Torrkörning, inget skrivet").wait_for()
    page.get_by_role("button", name="Ta tillbaka nu").click()
    page.locator(".mark.succeeded", has_text="Klar").wait_for()
