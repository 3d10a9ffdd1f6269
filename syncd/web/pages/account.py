"""What somebody may change and see about themselves: password, sessions, logins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import RefusedError, SyncdError
from syncd.services.logins import sessions
from syncd.services.register import api_tokens
from syncd.web.pages.entry import without_session
from syncd.web.pages.faults import Fault, NothingHereError, told
from syncd.web.pages.guarding import client_of
from syncd.web.pages.login import takes_passwords
from syncd.web.pages.visit import KEYS_COOKIE, keep_choice

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

_LOGINS_SHOWN = 20


class UnequalPasswordsError(RefusedError):
    """The new password was typed in two ways."""

    code = "unequal_passwords"

    def __init__(self) -> None:
        super().__init__("The two new passwords differ.", remedy="Type the same password twice.")


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/account", show),
        door.takes("/account/sessions/{id:int}", end),
        door.takes("/account/everywhere", everywhere),
        door.takes("/account/tokens/{id:int}", revoke),
        door.takes("/account/keys", keys),
        door.shows("/password", ask_password),
        door.takes("/password", change_password),
    ]


def show(visit: Visit) -> Response:
    """The user's own sessions and logins."""
    with visit.store.reading() as work:
        open_ones = work.logins.sessions(visit.who.user.id)
        logins = work.logins.latest(visit.who.user.id, _LOGINS_SHOWN)
        tokens = api_tokens.own_tokens(work, visit.actor, visit.group_id)
    return visit.page(
        "account.html", sessions=open_ones, logins=logins, tokens=tokens, passwords=takes_passwords(visit)
    )


def end(visit: Visit) -> Response:
    """End one of the user's own sessions."""
    sessions.end(visit.store, visit.who, visit.number())
    return visit.go("/account", said="session_ended")


def everywhere(visit: Visit) -> Response:
    """End every session of the user, the one of this browser as well."""
    sessions.end_all(visit.store, visit.who)
    return without_session(visit, visit.go("/login"))


def revoke(visit: Visit) -> Response:
    """Let one of the user's own tokens be used no more."""
    with visit.work() as work:
        api_tokens.revoke_own(work, visit.actor, visit.group_id, visit.number())
    return visit.go("/account", said="token_revoked")


def keys(visit: Visit) -> Response:
    """Switch the single keys on or off, in this browser."""
    answer = visit.go("/account")
    keep_choice(visit, answer, KEYS_COOKIE, "off" if visit.asked("keys") == "off" else "on")
    return answer


def ask_password(visit: Visit) -> Response:
    """The form to change one's password, where one is of any use."""
    if not takes_passwords(visit):
        raise NothingHereError
    return _password(visit)


def _password(visit: Visit, fault: Fault | None = None) -> Response:
    return visit.page("password.html", status=fault.status if fault is not None else 200, fault=fault)


def change_password(visit: Visit) -> Response:
    """Change it; a form that cannot be carried out is shown again."""
    try:
        if visit.typed("new") != visit.typed("again"):
            raise UnequalPasswordsError
        passwords, house = (visit.typed("old"), visit.typed("new")), visit.house
        address = client_of(visit.request, house.public_url)
        sessions.change_password(visit.store, visit.who, passwords, address, (house.guesses, house.clock))
    except SyncdError as error:
        return _password(visit, told(error, visit.words))
    return visit.go("/", said="password_changed")
