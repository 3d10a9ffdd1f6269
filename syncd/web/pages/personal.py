"""What personal data law asks for: everything that is held on a customer handed out, or erased (R-14)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.access import Verb
from syncd.services import personal as service
from syncd.services.files import discard
from syncd.services.register.reading import printable
from syncd.web.attachments import as_file
from syncd.web.pages.staff import for_staff
from syncd.web.pages.wrong import wrong

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.wrong import Wrong


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/personal", for_staff(ask)),
        door.takes("/personal", for_staff(find)),
        door.takes("/personal/export", for_staff(export)),
        door.takes("/personal/erase", for_staff(erase)),
    ]


def ask(visit: Visit) -> Response:
    """The form that names a customer, also a deleted one, by number."""
    return _page(visit)


def find(visit: Visit) -> Response:
    """Every customer of this number: the one that is there, else those that were deleted."""
    return _page(visit)


def _page(visit: Visit, why: Wrong | None = None) -> Response:
    visit.require(Verb.ERASE)
    number = printable(visit.asked("number"))
    with visit.reading() as work:
        found = work.personal.find(visit.group_id, number) if number else ()
    return visit.page(
        "personal.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        number=number,
        found=found,
    )


def _which(visit: Visit) -> int | None:
    asked = visit.asked("which")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len(str(2**63)) else None


def export(visit: Visit) -> Response:
    """All that is held, as one document; that it was handed out stands in the history."""
    try:
        document = service.export(
            visit.store,
            visit.actor,
            visit.group_id,
            printable(visit.asked("number")),
            _which(visit),
            now=visit.now,
        )
    except RefusedError as error:
        return _page(visit, wrong(error, visit))
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return as_file(f"customer-{_which(visit) or 0}.json", iter([text.encode()]), "application/json")


def erase(visit: Visit) -> Response:
    """Erase everything personal, once somebody said that they are sure."""
    number, house = printable(visit.asked("number")), visit.house
    if visit.asked("sure") != "yes":
        return _page(visit)
    try:
        done = service.erase(visit.store, visit.actor, visit.group_id, number, _which(visit))
    except RefusedError as error:
        return _page(visit, wrong(error, visit))
    discard(visit.store, house.shelf)
    return visit.page("personal_erased.html", done=done)
