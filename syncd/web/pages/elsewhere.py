"""Logging in at the company's own login service: there, back, and out of it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import SyncdError
from syncd.services.logins import elsewhere as service
from syncd.services.logins.sessions import log_out
from syncd.web.pages.entry import session_begun
from syncd.web.pages.faults import NothingHereError, told
from syncd.web.pages.guarding import client_of, local_path

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.services.logins.elsewhere import Elsewhere, Sealer
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

BACK = "/login/back"
"""Where the login service sends people back to; it has to know this address."""

_LONGEST = 2_000
"""Characters of what is read of an answer."""


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/login/there", begin, to_all=True),
        door.shows(BACK, back, to_all=True),
        door.shows("/logout/there", leave, to_all=True),
    ]


def _used(visit: Visit) -> tuple[Elsewhere, Sealer]:
    if visit.house.elsewhere is None or visit.house.sealer is None:
        raise NothingHereError
    return visit.house.elsewhere, visit.house.sealer


def _cookie(visit: Visit) -> str:
    """What the browser keeps while somebody logs in there; over https no other site can set it."""
    return "__Host-syncd-login" if visit.address.secure else "syncd-login"


def begin(visit: Visit) -> Response:
    """On to the login service: a link, since a form may lead nowhere else."""
    elsewhere, sealer = _used(visit)
    waiting = service.begin(local_path(visit.asked("to")), visit.asked("company"), visit.now)
    answer = visit.go(elsewhere.service.address(waiting.begun, f"{visit.address.origin}{BACK}"))
    answer.set_cookie(
        _cookie(visit),
        waiting.sealed(sealer),
        max_age=int(service.PATIENCE.total_seconds()),
        path="/",
        secure=visit.address.secure,
        httponly=True,
        samesite="lax",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def back(visit: Visit) -> Response:
    """Let in whoever the login service names; the login that was begun is spent, however it ended."""
    _used(visit)
    try:
        answer = _came_back(visit)
    except service.SeveralCompaniesError as error:
        answer = visit.page("login_companies.html", companies=error.names)
    except SyncdError as error:
        fault = told(error, visit.words)
        answer = visit.page("login_fault.html", status=fault.status, fault=fault)
    answer.delete_cookie(_cookie(visit), path="/", secure=visit.address.secure, httponly=True, samesite="lax")
    return answer


def _came_back(visit: Visit) -> Response:
    elsewhere, sealer = _used(visit)
    kept = visit.request.cookies.get(_cookie(visit), "")
    waiting = service.Waiting.opened(kept, visit.asked("state"), sealer, visit.now)
    answer = {name: value[:_LONGEST] for name, value in visit.request.query_params.items()}
    came = f"{visit.address.origin}{BACK}", answer
    address = client_of(visit.request, visit.house.public_url)
    entered = service.come_back(visit.store, elsewhere, waiting, came, address)
    return session_begun(visit, entered, waiting.to)


def leave(visit: Visit) -> Response:
    """Log out there, too."""
    elsewhere, _sealer = _used(visit)
    if visit.present is not None:
        log_out(visit.store, visit.present)
    return visit.go(elsewhere.service.way_out(f"{visit.address.origin}/login") or "/login")
