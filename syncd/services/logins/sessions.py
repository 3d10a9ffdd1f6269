"""Sessions: who is logged in, for how long, and how that ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from syncd.errors import RefusedError
from syncd.services.logins.entering import prove, token_hash
from syncd.services.register.passwords import hashed

if TYPE_CHECKING:
    from syncd.ports.clock import Clock
    from syncd.ports.groups import GroupInfo
    from syncd.ports.logins import SessionInfo
    from syncd.ports.people import UserInfo
    from syncd.ports.work import Store
    from syncd.register.access import Actor
    from syncd.services.logins.entering import Guesses

KEPT = timedelta(days=90)
"""For how long logins can be looked up."""

_SEEN_EVERY = timedelta(seconds=30)
"""A session in use is written down no more often than this."""

_log = structlog.get_logger("syncd.logins")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives: unused, and at all."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is logged in."""

    session: SessionInfo
    user: UserInfo
    actor: Actor
    group: GroupInfo

    @property
    def must_change(self) -> bool:
        """Whether the password that opened this session was made for one login."""
        return self.user.one_time and self.session.by == "password"


class SamePasswordError(RefusedError):
    """The new password is the old one."""

    code = "same_password"

    def __init__(self) -> None:
        super().__init__("This is the password you have.", remedy="Choose another one.")


def present(store: Store, token: str, limits: Limits, clock: Clock) -> Present | None:
    """Who holds this token; None when the session has run out or was ended, or its user may not log in any more."""
    now = clock()
    with store.reading() as work:
        session = work.logins.find(token_hash(token))
        if session is None or _is_over(session, limits, now):
            return None
        actor = work.users.actor(session.group_id, session.login)
        user = work.users.find(session.group_id, session.login)
        group = next((one for one in work.groups.list() if one.id == session.group_id), None)
    if actor is None or user is None or group is None:
        return None
    if now - _moment(session.seen_at) >= _SEEN_EVERY:
        with store.work() as work:
            work.logins.seen(session.id)
            work.commit()
    return Present(session, user, actor, group)


def _is_over(session: SessionInfo, limits: Limits, now: datetime) -> bool:
    unused, age = now - _moment(session.seen_at), now - _moment(session.created_at)
    return unused >= limits.idle or age >= limits.absolute


def log_out(store: Store, who: Present) -> None:
    """End this session."""
    end(store, who, who.session.id)


def end(store: Store, who: Present, session_id: int) -> None:
    """End one of a user's own sessions; one that has gone is no fault."""
    with store.work() as work:
        work.logins.end(who.user.id, session_id)
        work.commit()
    _log.info("session.ended", user=who.user.id)


def end_all(store: Store, who: Present) -> None:
    """End every session of a user, this one as well."""
    with store.work() as work:
        ended = work.logins.end(who.user.id)
        work.commit()
    _log.info("session.all_ended", user=who.user.id, sessions=ended)


def change_password(
    store: Store, who: Present, passwords: tuple[str, str], address: str, guard: tuple[Guesses, Clock]
) -> None:
    """Change one's own password, the old to the new; every other session of the user ends.

    Raises ``WrongPasswordError`` for a wrong old one, ``TooManyAttemptsError``, ``SamePasswordError``,
    ``WeakPasswordError``.
    """
    old, new = passwords
    prove(store, who.user, who.group, (old, address), guard)
    if old == new:
        raise SamePasswordError
    password_hash = hashed(new)
    with store.work() as work:
        work.users.set_password_hash(who.user.id, password_hash)
        work.logins.end(who.user.id, but=who.session.id)
        work.commit()
    _log.info("password.changed", user=who.user.id)


def choose_language(store: Store, who: Present, language: str) -> None:
    """Remember the language in which a user reads."""
    with store.work() as work:
        work.users.set(who.user.id, language=language)
        work.commit()


def prune(store: Store, limits: Limits, clock: Clock) -> None:
    """Forget old attempts, and sessions that have run out."""
    now = clock()
    with store.work() as work:
        work.logins.prune(
            attempts_before=now - KEPT, seen_before=now - limits.idle, created_before=now - limits.absolute
        )
        work.commit()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
