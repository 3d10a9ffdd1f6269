"""Logging in at the company's own login service: begun here, finished there, and only for people who are known here."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, assert_never

import structlog

from syncd.errors import NotAllowedError, RefusedError
from syncd.ports.login_services import Begun
from syncd.ports.logins import NewAttempt
from syncd.ports.people import NewUser
from syncd.services.logins.entering import opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.ports.login_services import LoginService
    from syncd.ports.people import UserInfo
    from syncd.ports.work import Store, Work
    from syncd.services.logins.entering import Entered

PATIENCE = timedelta(minutes=15)
"""For how long somebody may take to log in there."""

_EMAIL: Final = "email"
_NOT_IN_LOGINS = re.compile(r"[^A-Za-z0-9.\-_+@]")
_LONGEST_LOGIN = 64

_log = structlog.get_logger("syncd.logins")


class LoginForgottenError(RefusedError):
    """Somebody came back from a login that this browser did not begin, or not lately."""

    code = "login_forgotten"

    def __init__(self) -> None:
        super().__init__("This login is not waited for (any more).", remedy="Begin again.")


class LoginDeclinedError(NotAllowedError):
    """The login service sent somebody back without a login."""

    code = "login_declined"

    def __init__(self) -> None:
        super().__init__("The login was not completed there.", remedy="Begin again, or ask whoever runs that service.")


class NobodyHereError(NotAllowedError):
    """Whoever logged in there may not log in here: nobody of them is active, or more than one."""

    code = "login_unknown"

    def __init__(self) -> None:
        super().__init__(
            "You may not log in here with that account.",
            remedy="Ask an administrator: a user with the same address must be there and be active.",
        )


class SeveralCompaniesError(NotAllowedError):
    """Whoever logged in belongs to several companies: one has to be chosen."""

    code = "login_company"

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__("You belong to several companies.", remedy="Choose one.")
        self.names = names


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom the login service's word lets in: the user whose e-mail address or login is what a claim says."""

    name: str
    claim: str = _EMAIL
    matches: Literal["email", "login"] = _EMAIL
    create_users: bool = False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The login service, its rules, and whether passwords are taken here as well."""

    service: LoginService
    rules: Rules
    passwords: bool = True


class Sealer(Protocol):
    """Seals a text that is handed out and comes back; ``store.vault`` is one."""

    def wrap(self, text: str) -> str:
        """Seal it."""
        ...

    def unwrap(self, sealed: str) -> str | None:
        """Open it; None for one that was not sealed here."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A login under way, as the browser that began it keeps it, sealed: the server remembers nothing."""

    begun: Begun
    to: str
    company: str
    since: str

    def sealed(self, sealer: Sealer) -> str:
        """For the browser."""
        return sealer.wrap(json.dumps(asdict(self)))

    @classmethod
    def opened(cls, sealed: str, state: str, sealer: Sealer, now: datetime) -> Waiting:
        """What the browser kept, if it is this login's and not too old. Raises ``LoginForgottenError``."""
        text = sealer.unwrap(sealed) if sealed.isascii() else None
        if text is None:
            raise LoginForgottenError
        kept = json.loads(text)
        waiting = cls(Begun(**kept.pop("begun")), **kept)
        ours = hmac.compare_digest(waiting.begun.state.encode(), state.encode())
        if not ours or now - datetime.fromisoformat(waiting.since) >= PATIENCE:
            raise LoginForgottenError
        return waiting


def begin(to: str, company: str, now: datetime) -> Waiting:
    """Begin a login elsewhere; ``to``: where somebody wants to go after it."""
    begun = Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    return Waiting(begun, to, company, now.isoformat())


def come_back(
    store: Store, elsewhere: Elsewhere, waiting: Waiting, came: tuple[str, Mapping[str, str]], address: str
) -> Entered:
    """Let in whom the login service names; ``came``: back to which address of ours, and with what it asks.

    Raises ``LoginDeclinedError``, ``NobodyHereError``, ``SeveralCompaniesError``, and what the service raises.
    """
    redirect_uri, answer = came
    if not answer.get("code"):
        raise LoginDeclinedError
    claims = elsewhere.service.finish(waiting.begun, redirect_uri, answer)
    with store.work() as work:
        user = _user(work, elsewhere.rules, claims, waiting.company)
        entered = _entered(work, user, str(claims["sub"]), address) if user is not None else None
        work.commit()
    if entered is None:
        _log.warning("login.refused", user=user.id if user is not None else None, by="oidc")
        raise NobodyHereError
    _log.info("login.accepted", user=entered.user.id, by="oidc")
    return entered


def _entered(work: Work, user: UserInfo, subject: str, address: str) -> Entered | None:
    """Open a session of somebody active; from then on the account is known by what the service never gives anew."""
    attempt = work.logins.note(NewAttempt(f"oidc:{user.id}", address, user.group_id, user.id))
    if not user.active:
        return None
    work.logins.accept(attempt)
    work.users.set(user.id, subject=subject)
    return opened(work, user, address, by="oidc")


def _user(work: Work, rules: Rules, claims: Mapping[str, Any], company: str) -> UserInfo | None:
    """The one user who is meant; deactivated ones only where no other is."""
    meant, subject = _meant(rules, claims), str(claims["sub"])
    groups = [one for one in work.groups.list() if company in {"", one.name}]
    people = [user for group in groups for user in work.users.list(group.id)]
    found = [one for one in people if one.subject == subject]
    if not found and meant is not None:
        found = [one for one in people if one.subject is None and _named(one, rules) == meant]
    active = [one for one in found if one.active]
    homes = {one.group_id for one in active}
    if len(homes) > 1:
        raise SeveralCompaniesError(tuple(group.name for group in groups if group.id in homes))
    if not found and meant is not None and rules.create_users and len(groups) == 1:
        return work.users.add(groups[0].id, _new(meant, claims))
    return (active or found)[0] if len(active or found) == 1 else None


def _meant(rules: Rules, claims: Mapping[str, Any]) -> str | None:
    """What names the user; an address only where the service has seen that it is theirs."""
    value = claims.get(rules.claim)
    if not isinstance(value, str) or not value.strip():
        return None
    if rules.claim == _EMAIL and claims.get("email_verified") is not True:
        return None
    return value.strip().casefold()


def _named(user: UserInfo, rules: Rules) -> str | None:
    """What the claim must say to mean this user."""
    match rules.matches:
        case "email":
            return user.email.casefold() if user.email is not None else None
        case "login":
            return user.login.casefold()
        case _:
            assert_never(rules.matches)


def _new(meant: str, claims: Mapping[str, Any]) -> NewUser:
    """A user without any right, until an administrator gives some."""
    login = _NOT_IN_LOGINS.sub("", meant)[:_LONGEST_LOGIN]
    name = str(claims.get("name") or login)[:255]
    verified = claims.get("email_verified") is True and isinstance(claims.get(_EMAIL), str)
    return NewUser(login, name, email=str(claims[_EMAIL]) if verified else None)
