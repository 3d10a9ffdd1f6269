"""What a browser loads: little enough for a phone on a bad line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.services.register.catalogues import add_entry

if TYPE_CHECKING:
    from syncd.register.fields import Value
    from tests.web.site import Browser, Site
    from tests.world import World

MOST_BYTES = 100_000
STATIC = ("/static/pico/pico.min.css", "/static/console.css", "/static/console.js", "/static/icon.svg")


def _weight(browser: Browser, path: str) -> int:
    return browser.client.get(path).num_bytes_downloaded


def test_a_page_with_everything_around_it_is_below_a_hundred_kilobytes(site: Site, world: World) -> None:
    """The longest page that there is: fifty customers, thirty columns, each filled with more than fits."""
    own: dict[str, Value] = {f"custom.f{number}": "Lång text " * 30 for number in range(20)}
    with world.store.work() as work:
        for name in own:
            field: dict[str, Value] = {"key": name.removeprefix("custom."), "label": name, "type": "text"}
            add_entry(work, world.anna, world.group.id, CUSTOM_FIELDS, {**field, "show_in_list": True})
    for number in range(50):
        world.add(f"1{number:03}", {"name": f"Bostadsrättsföreningen Björkbacken {number}", **own})
    anna = site.logged_in()
    assert "Björkbacken 49" in anna.get("/customers").text
    assert _weight(anna, "/customers") + sum(_weight(anna, path) for path in STATIC) < MOST_BYTES
