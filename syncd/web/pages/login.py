"""Logging in and out, and the language before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import NotAllowedError
from syncd.services.logins import entering, sessions
from syncd.web.pages.door import LANGUAGE_COOKIE
from syncd.web.pages.faults import Fault, told
from syncd.web.pages.guarding import client_of, local_path
from syncd.web.pages.visit import keep_choice
from syncd.web.pages.words import known

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/login", show, to_all=True),
        door.takes("/login", enter, to_all=True),
        door.takes("/logout", leave),
        door.takes("/language", speak, to_all=True),
    ]


def show(visit: Visit) -> Response:
    """The form to log in with."""
    return visit.go("/") if visit.present is not None else _form(visit)


def _form(visit: Visit, fault: Fault | None = None) -> Response:
    with visit.store.reading() as work:
        several = work.groups.only() is None
    status = fault.status if fault is not None else 200
    return visit.page("login.html", status=status, fault=fault, several=several, to=local_path(visit.asked("to")))


def enter(visit: Visit) -> Response:
    """Check what was typed; a session begins with a new token, whatever the browser held before."""
    typed = entering.Credentials(visit.asked("login"), visit.typed("password"), visit.asked("company"))
    try:
        address = client_of(visit.request, visit.house.public_url)
        entered = entering.log_in(visit.store, typed, address, visit.house.guesses, visit.house.clock)
    except NotAllowedError as error:
        return _form(visit, told(error, visit.words))
    answer = visit.go(local_path(visit.asked("to")))
    here = visit.address
    answer.set_cookie(here.cookie, entered.token, path="/", secure=here.secure, httponly=True, samesite="lax")
    return answer


def leave(visit: Visit) -> Response:
    """End the session, here and in the database."""
    sessions.log_out(visit.store, visit.who)
    answer = visit.go("/login")
    answer.delete_cookie(visit.address.cookie, path="/", secure=visit.address.secure, httponly=True, samesite="lax")
    return answer


def speak(visit: Visit) -> Response:
    """Read in another language from now on."""
    language = known(visit.asked("language"))
    answer = visit.go(local_path(visit.asked("to")))
    if language is None:
        return answer
    if visit.present is not None:
        sessions.choose_language(visit.store, visit.present, language)
    keep_choice(visit, answer, LANGUAGE_COOKIE, language)
    return answer
