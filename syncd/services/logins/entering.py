"""Logging in: slow for whoever guesses, and equally silent about every reason why it did not work."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import structlog

from syncd.errors import NotAllowedError
from syncd.ports.logins import NewAttempt
from syncd.services.register.passwords import hashed, matches

if TYPE_CHECKING:
    from syncd.ports.clock import Clock
    from syncd.ports.groups import GroupInfo
    from syncd.ports.logins import Way
    from syncd.ports.people import UserInfo
    from syncd.ports.work import Store, Work

_TOKEN_BYTES = 32
_ONE_AT_A_TIME = threading.Lock()
"""A password costs 64 MB to check: a crowd of guesses must not take the machine's memory."""

_log = structlog.get_logger("syncd.logins")


class WrongPasswordError(NotAllowedError):
    """The login, the password, the company or the right to log in is missing: which one is not told."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("Login and password do not fit.", remedy="Try again, or ask an administrator for a new one.")


class TooManyAttemptsError(NotAllowedError):
    """Somebody guesses."""

    code = "too_many_attempts"

    def __init__(self, window: timedelta) -> None:
        minutes = int(window.total_seconds() // 60)
        super().__init__("There were too many attempts.", remedy=f"Try again in {minutes} minutes.")


@dataclass(frozen=True, slots=True)
class Guesses:
    """How many refused attempts within a window are listened to, for one login and from one address."""

    for_login: int = 10
    from_address: int = 30
    window: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed. ``group`` may be left out where there is one group only."""

    login: str
    password: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in. ``token`` is for the browser alone; the database holds its hash."""

    token: str
    user: UserInfo


@cache
def _nobodys() -> str:
    """What the password of a login that does not exist is compared with: it takes as long as a real one."""
    return hashed(secrets.token_urlsafe(_TOKEN_BYTES))


def token_hash(token: str) -> str:
    """What the database holds of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def log_in(store: Store, typed: Credentials, address: str, guesses: Guesses, clock: Clock) -> Entered:
    """Check a password and open a session. Raises ``WrongPasswordError`` and ``TooManyAttemptsError``."""
    with _ONE_AT_A_TIME:
        group, user, kept = _known(store, typed)
        attempt = _noted(store, typed, address, group, user)
        _refuse_guessing(store, attempt, (_mark(typed, group), address), guesses, clock)
        right = matches(kept or _nobodys(), typed.password)
    if not right or kept is None or user is None or not user.active:
        _log.warning("login.refused", user=user.id if user is not None else None)
        raise WrongPasswordError
    with store.work() as work:
        work.logins.accept(attempt)
        entered = opened(work, user, address, by="password")
        work.commit()
    _log.info("login.accepted", user=user.id, by="password")
    return entered


def prove(store: Store, user: UserInfo, group: GroupInfo, typed: tuple[str, str], guard: tuple[Guesses, Clock]) -> None:
    """Return when this is the password of somebody who is in already; ``typed``: what, and from where.

    Guessing it is counted as at the login. Raises ``WrongPasswordError`` and ``TooManyAttemptsError``.
    """
    password, address = typed
    credentials = Credentials(user.login, password)
    with _ONE_AT_A_TIME:
        with store.reading() as work:
            kept = work.users.password_hash(user.id)
        attempt = _noted(store, credentials, address, group, user)
        _refuse_guessing(store, attempt, (_mark(credentials, group), address), *guard)
        right = matches(kept or _nobodys(), password)
    if not right or kept is None:
        _log.warning("password.refused", user=user.id)
        raise WrongPasswordError
    with store.work() as work:
        work.logins.forget(attempt)  # nobody logged in by it
        work.commit()


def opened(work: Work, user: UserInfo, address: str, *, by: Way) -> Entered:
    """Open a session with a token that nobody knew before."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    work.logins.open(user.id, token_hash(token), address, by)
    return Entered(token, user)


def _known(store: Store, typed: Credentials) -> tuple[GroupInfo | None, UserInfo | None, str | None]:
    with store.reading() as work:
        group = _group(work, typed.group)
        user = work.users.find(group.id, typed.login.strip()) if group is not None else None
        return group, user, work.users.password_hash(user.id) if user is not None else None


def _group(work: Work, name: str | None) -> GroupInfo | None:
    wanted = (name or "").strip()
    return work.groups.get(wanted) if wanted else work.groups.only()


def _mark(typed: Credentials, group: GroupInfo | None) -> str:
    """What was typed, in a form that tells nobody a password typed into the wrong field."""
    where = str(group.id) if group is not None else (typed.group or "").strip()
    return hashlib.sha256(f"{where}\n{typed.login.strip().casefold()}".encode()).hexdigest()


def _noted(store: Store, typed: Credentials, address: str, group: GroupInfo | None, user: UserInfo | None) -> int:
    """Note the attempt before its password is looked at: of many at once, each sees those before it."""
    attempt = NewAttempt(
        _mark(typed, group), address, group.id if group is not None else None, user.id if user is not None else None
    )
    with store.work() as work:
        noted = work.logins.note(attempt)
        work.commit()
    return noted


def _refuse_guessing(store: Store, attempt: int, who: tuple[str, str], guesses: Guesses, clock: Clock) -> None:
    mark, address = who
    since = clock() - guesses.window
    with store.work() as work:
        many = work.logins.refused_for(mark, since, attempt) > guesses.for_login
        if not many and work.logins.refused_from(address, since, attempt) <= guesses.from_address:
            return
        work.logins.forget(attempt)
        work.commit()
    _log.warning("login.too_many_attempts", by="login" if many else "address")
    raise TooManyAttemptsError(guesses.window)
