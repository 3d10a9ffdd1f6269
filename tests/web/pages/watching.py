"""Starting a run from a page and watching it to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.daemon.waiting import until

if TYPE_CHECKING:
    from tests.web.site import Browser, Shown


def ran(browser: Browser, page: Shown, action: str, **typed: str) -> Shown:
    """Send the form of a page that starts a run, and wait for the run's own page."""
    return watched(browser, browser.submit(page, action, **typed))


def watched(browser: Browser, page: Shown, *, ended: str = "Requests to accounting") -> Shown:
    """Look at the page of an order again until its run has ended."""
    seen = [page]

    def look() -> bool:
        if ended in seen[-1].text:
            return True
        seen.append(browser.get(seen[-1].path))
        return False

    until(look)
    return seen[-1]
