"""What somebody was told: customers assigned and taken away, new orders and error reports (R-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.services.notices import list_notices, mark_read, words
from syncd.web.pages.staff import for_staff

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [door.shows("/notices", for_staff(show)), door.takes("/notices", for_staff(read))]


def show(visit: Visit) -> Response:
    """The latest ones, those that were read among them if that is asked for."""
    everything = visit.asked("read") == "yes"
    with visit.reading() as work:
        found = list_notices(work, visit.actor, everything=everything)
    told = [{**one, "message": words.headline(_happened(one), visit.words.language)} for one in found]
    return visit.page("notices.html", notices=told, everything=everything)


def _happened(one: dict[str, object]) -> words.Happened:
    numbers = [str(customer["number"]) for customer in one["customers"]]  # type: ignore[attr-defined]  # as JSON
    return words.Happened(str(one["kind"]), numbers, int(str(one["count"])))


def read(visit: Visit) -> Response:
    """Mark one as read, or all that the page showed."""
    ids = [int(one) for one in visit.several("id") if one.isascii() and one.isdigit() and int(one) < 2**63]
    with visit.work() as work:
        mark_read(work, visit.actor, ids)
    return visit.go("/notices", said="notices_read")
