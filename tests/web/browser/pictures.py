"""Pictures of the console for the README: `make pictures` takes them anew, of a company that nobody has."""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from syncd.demo.inventing import invented
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.services.register import catalogues
from syncd.store.database import Database
from tests.web.browser.conftest import CHROMIUM
from tests.web.browser.people import Person
from tests.web.browser.png import smaller
from tests.web.site import Site
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import ViewportSize

    from syncd.demo.inventing import Invented
    from syncd.register.fields import Value

FOLDER = Path(__file__).parents[3] / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1120, "height": 720}
DARK = frozenset({"run"})
EDITED = (2, 9, 5, 1, 7)
"""How many customers were edited before each run."""
TECHNICIANS = {"lisa": "Lisa Öberg", "omar": "Omar Haddad", "par": "Pär Lindqvist"}


def main() -> None:
    """Make the company, look at it, keep the pictures."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        database = Database(f"sqlite:///{directory / 'syncd.db'}")
        database.upgrade()
        with World(database, directory) as world, Site(world) as site:
            _work(world)
            for picture in _taken(site):
                sys.stdout.write(f"{picture.relative_to(FOLDER.parents[1])}: {picture.stat().st_size} bytes\n")


def _work(world: World) -> None:
    """A year of work in a minute: customers on both sides, a field of their own, edits that meet, runs."""
    world.configure({"approve_first_run": False, "add_assigned_in_our_reference": True})
    for login, name in TECHNICIANS.items():
        world.hire(login, name)
    with world.store.work() as work:
        field: dict[str, Value] = {"key": "contract", "label": "Avtal", "type": "text", "show_in_list": True}
        catalogues.add_entry(work, world.anna, world.group.id, CUSTOM_FIELDS, field)
    people = list(itertools.islice(invented(), 24))
    for one, login in zip(people, itertools.cycle(TECHNICIANS), strict=False):
        world.add(one.number, {**_fields(one), "custom.contract": f"Service {one.number[-1]}"})
        world.assign(one.number, [login])
    world.run()
    rest = iter(people)
    for number in EDITED:
        for place, one in enumerate(itertools.islice(rest, number)):
            _edited(world, one.number, place)
        world.run()


def _fields(one: Invented) -> Mapping[str, Value]:
    return {
        "name": one.name,
        "type": "private" if one.private else "company",
        "organisation_number": one.identity,
        "phone": one.phone,
        "email": one.email,
        "invoice_line1": one.street,
        "invoice_postal_code": one.postal_code,
        "invoice_city": one.city,
    }


def _edited(world: World, number: str, place: int) -> None:
    """In turn: on both sides, here, there."""
    if place % 3 != 1:
        world.company.edit_customer(
            number, InvoiceAddress1="Torget 9 B", InvoiceCity="Sundsvall", Telephone="060-15 50"
        )
    if place % 3 != 2:
        world.change(number, {"invoice_line1": "Kajen 1", "mobile": "070-123 45 67"})


def _taken(site: Site) -> list[Path]:
    conflict, run = site.world.conflicts()[-1].id, site.world.latest_run()
    paths = {"overview": "/", "conflict": f"/conflicts/{conflict}", "customers": "/customers", "run": f"/runs/{run}"}
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        person = Person(browser, site, FOLDER)
        person.is_let_in()
        person.page.set_viewport_size(SIZE)
        for name, path in paths.items():
            person.page.emulate_media(color_scheme="dark" if name in DARK else "light")
            person.page.goto(path)
            (FOLDER / f"{name}.png").write_bytes(smaller(person.page.screenshot()))
        browser.close()
    return [FOLDER / f"{name}.png" for name in paths]


if __name__ == "__main__":
    main()
