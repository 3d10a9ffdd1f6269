"""A real Chromium, the system's own, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from syncd.store.database import Database
from tests.web.browser.people import Person
from tests.web.site import Site
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SHOTS = Path(__file__).parents[3] / "screenshots"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once. Without one the tests are skipped, but never in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no Chromium: see `make tools`")
        pytest.skip("there is no Chromium here: `make tools` installs Debian's")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A connected company with its console, for a whole file of tests."""
    directory = tmp_path_factory.mktemp("console")
    shutil.copy(sqlite_template, directory / "syncd.db")
    with World(Database(f"sqlite:///{directory / 'syncd.db'}"), directory) as world, Site(world) as made:
        world.configure({"approve_first_run": False})
        yield made


@pytest.fixture
def person(chromium: Browser, site: Site) -> Iterator[Person]:
    """Somebody in front of the browser."""
    made = Person(chromium, site, SHOTS)
    yield made
    made.close()
