"""A session as a browser keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.services.logins.sessions import log_out

if TYPE_CHECKING:
    from starlette.responses import RedirectResponse, Response

    from syncd.services.logins.entering import Entered
    from syncd.web.pages.visit import Visit


def session_begun(visit: Visit, entered: Entered, to: str) -> Response:
    """On to where somebody wanted to go, with the new session; the one that the browser had ends."""
    if visit.present is not None:
        log_out(visit.store, visit.present)
    answer, address = visit.go(to), visit.address
    answer.set_cookie(address.cookie, entered.token, path="/", secure=address.secure, httponly=True, samesite="lax")
    return answer


def without_session(visit: Visit, answer: RedirectResponse) -> Response:
    """The answer, after which the browser holds no session."""
    answer.delete_cookie(visit.address.cookie, path="/", secure=visit.address.secure, httponly=True, samesite="lax")
    return answer
