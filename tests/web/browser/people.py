"""Somebody in front of a real browser."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

    from tests.web.site import Site

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COLOURS = ["color-contrast", "link-in-text-block"]
_SCHEMES: dict[Literal["light", "dark"], Any] = {
    "light": {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]},
    "dark": {"runOnly": {"type": "rule", "values": _COLOURS}, "resultTypes": ["violations"]},
}
"""What is looked at in each: every rule, then those that colours can break."""

_LOOK = "options => axe.run(options).then(found => found.violations)"

PHONE: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 1200, "height": 900}


_STAYS = """({region, kept}) => {
  const box = document.querySelector(region), one = box.querySelector(kept);
  box.scrollLeft = box.scrollWidth;
  const seen = one.getBoundingClientRect(), around = box.getBoundingClientRect();
  return box.scrollLeft > 0 && seen.left >= around.left && seen.width < around.width * 0.6;
}"""


class Person:
    """Opens pages, presses keys, and looks whether everybody can use what is shown."""

    def __init__(self, chromium: Browser, site: Site, shots: Path, *, locale: str = "en-GB") -> None:
        self._chromium, self._site, self._shots, self._locale = chromium, site, shots, locale
        self.page = self.opened()

    def opened(self, *, javascript: bool = True) -> Page:
        """A window of one's own. What the browser complains about, on our own pages, is a failure."""
        context = self._chromium.new_context(
            base_url=self._site.url,
            locale=self._locale,
            java_script_enabled=javascript,
            viewport=DESK,
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)
        page = context.new_page()
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and message.location["url"].startswith(self._site.url):
            self.complaints.append(message.text)

    def is_let_in(self, page: Page | None = None, login: str = "anna") -> None:
        """With a session that costs no password's time."""
        token = self._site.logged_in(login).client.cookies["syncd"]
        (page or self.page).context.add_cookies([{"name": "syncd", "value": token, "url": self._site.url}])

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, text: str, *, most: int = 60) -> None:
        """Step with the tabulator until something with this text has the focus, and can be seen to have it."""
        for _ in range(most):
            self.press("Tab")
            if text in self.page.evaluate("document.activeElement.textContent || document.activeElement.name || ''"):
                return
        raise AssertionError(f"{text} cannot be reached by keyboard")

    def sees(self, path: str, name: str) -> dict[str, Any]:
        """Go to a page, and return what is wrong with it: in light, in dark, on a phone."""
        self.page.set_viewport_size(DESK)
        self.page.goto(path)
        wrong: dict[str, Any] = {}
        self.page.evaluate(AXE_SCRIPT)
        for scheme, options in _SCHEMES.items():
            self.page.emulate_media(color_scheme=scheme)
            found = self.page.evaluate(_LOOK, options)
            wrong |= {f"{name} {scheme} {one['id']}": [node["html"] for node in one["nodes"]][:3] for one in found}
            self._shot(f"{name}-{scheme}")
        self.page.set_viewport_size(PHONE)
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong[f"{name} phone"] = ["wider than the screen"]
        self._shot(f"{name}-phone")
        return wrong

    def keeps_in_sight(self, region: str, kept: str) -> bool:
        """Whether something stays where it can be seen when a region is scrolled to its end, with room beside it."""
        return bool(self.page.evaluate(_STAYS, {"region": region, "kept": kept}))

    def _shot(self, name: str) -> None:
        """Keep a picture, where pictures are asked for: they take longer than all the looking."""
        if not os.environ.get("SYNCD_SCREENSHOTS"):
            return
        self._shots.mkdir(exist_ok=True)
        self.page.screenshot(path=self._shots / f"{name}.png", full_page=True)

    def close(self) -> None:
        """Go home."""
        for context in list(self._chromium.contexts):
            context.close()
