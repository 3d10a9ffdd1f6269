"""Pages of the company: somebody of a customer has pages of their own (R-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.web.pages.faults import NothingHereError

if TYPE_CHECKING:
    from starlette.responses import Response

    from syncd.web.pages.door import Page
    from syncd.web.pages.visit import Visit


def for_staff(page: Page) -> Page:
    """The page, for people of the company alone; for others there is nothing here."""

    def judged(visit: Visit, /) -> Response:
        if visit.actor.customer_id is not None:
            raise NothingHereError
        return page(visit)

    return judged
