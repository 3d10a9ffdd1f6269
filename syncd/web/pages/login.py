"""Logging in and out, and the language before that."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from syncd.errors import NotAllowedError
from syncd.services.logins import entering, sessions
from syncd.web.pages.door import LANGUAGE_COOKIE
from syncd.web.pages.entry import session_begun, without_session
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


class PasswordsOffError(NotAllowedError):
    """Everybody logs in at the login service."""

    code = "passwords_off"

    def __init__(self) -> None:
        super().__init__("Passwords are not taken here.", remedy="Log in at your company's login service.")


def takes_passwords(visit: Visit) -> bool:
    """Whether people may log in with a password."""
    return visit.house.elsewhere is None or visit.house.elsewhere.passwords


def _form(visit: Visit, fault: Fault | None = None) -> Response:
    with visit.store.reading() as work:
        several = work.groups.only() is None
    status = fault.status if fault is not None else 200
    elsewhere, to = visit.house.elsewhere, local_path(visit.asked("to"))
    return visit.page(
        "login.html",
        status=status,
        fault=fault,
        several=several,
        to=to,
        passwords=takes_passwords(visit),
        elsewhere=elsewhere.rules.name if elsewhere is not None else None,
        there="/login/there?" + urlencode({"to": to}),
    )


def enter(visit: Visit) -> Response:
    """Check what was typed; a session begins with a new token, whatever the browser held before."""
    if not takes_passwords(visit):
        raise PasswordsOffError
    typed = entering.Credentials(visit.asked("login"), visit.typed("password"), visit.asked("company"))
    try:
        address = client_of(visit.request, visit.house.public_url)
        entered = entering.log_in(visit.store, typed, address, visit.house.guesses, visit.house.clock)
    except NotAllowedError as error:
        return _form(visit, told(error, visit.words))
    return session_begun(visit, entered, local_path(visit.asked("to")))


def leave(visit: Visit) -> Response:
    """End the session, here and in the database."""
    sessions.log_out(visit.store, visit.who)
    return without_session(visit, visit.go("/login", said="logged_out" if visit.house.elsewhere is not None else None))


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
