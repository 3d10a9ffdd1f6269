"""API tokens: a program acts as a user, within a scope. A token is shown once and kept as a digest alone."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING

from syncd.errors import NotAllowedError, NotFoundError, RefusedError
from syncd.ports.api_tokens import NewApiToken
from syncd.ports.clock import stamp
from syncd.register.access import Verb, may
from syncd.register.clean import clean
from syncd.register.fields import Field
from syncd.register.problems import InvalidValueError
from syncd.register.scopes import SLICES
from syncd.services.register.users import GRANTABLE, named_rights

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.ports.api_tokens import ApiToken
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor

_FORM = re.compile(r"syncd_([0-9a-f]{12})_[0-9a-f]{40}")
"""How a token reads: a mark that secret scanners find, the handle under which it is stored, and the secret."""

_NAME = {"name": Field("name", limit=64, required=True)}
_DAYS = re.compile(r"([1-9][0-9]{0,3})d")
_NOBODYS = hashlib.sha256(b"").hexdigest()
_SEEN_AGAIN = timedelta(minutes=1)
"""How exactly it is known when a token was last used: a read should not have to write every time."""

SCOPES = (*GRANTABLE, *SLICES)
"""What a token can be narrowed to: rights, and single things that administrators alone do."""


class WrongTokenError(NotAllowedError):
    """Nobody may act with this token: the same words whether it never existed or stands no more."""

    code = "wrong_token"

    def __init__(self) -> None:
        super().__init__("The token is not valid.", remedy="Make a new one: syncd token add NAME")


class UnknownTokenError(NotFoundError):
    """The actor has no such token."""

    code = "unknown_token"

    def __init__(self) -> None:
        super().__init__("There is no such token.", remedy="`syncd token list` shows all of them.")


class NobodysTokenError(RefusedError):
    """Somebody who is no user of the group has nothing that a token could stand for."""

    code = "nobodys_token"

    def __init__(self) -> None:
        super().__init__("A token belongs to a user.", remedy="Name the user with --as LOGIN.")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever came with a valid token."""

    token: ApiToken
    actor: Actor


def add_token(
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    name: str,
    *,
    scope: Iterable[str] | None = None,
    expires_at: str | None = None,
) -> tuple[ApiToken, str]:
    """Make a token with which a program acts as the actor; returns it with the secret that is shown once."""
    if actor.user_id is None:
        raise NobodysTokenError
    handle = secrets.token_hex(6)
    secret = f"syncd_{handle}_{secrets.token_hex(20)}"
    named = None if scope is None else tuple(sorted(set(named_rights(scope, SCOPES))))
    new = NewApiToken(str(clean("name", name, known=_NAME)), handle, _digest(secret), named, expires_at)
    added = work.api_tokens.add(group_id, actor.user_id, new)
    work.commit()
    return added, secret


def list_tokens(work: RegisterWork, actor: Actor, group_id: int, *, revoked: bool = False) -> tuple[ApiToken, ...]:
    """Return the actor's own tokens; everybody's to those who manage users."""
    return work.api_tokens.list(group_id, None if may(actor, Verb.USERS) else actor.user_id or 0, revoked=revoked)


def own_tokens(work: RegisterWork, actor: Actor, group_id: int) -> tuple[ApiToken, ...]:
    """Return the actor's own tokens alone, whatever else they may see."""
    return work.api_tokens.list(group_id, actor.user_id or 0)


def revoke_own(work: RegisterWork, actor: Actor, group_id: int, token_id: int) -> None:
    """Let one of the actor's own tokens be used no more. Raises ``UnknownTokenError``."""
    if not any(one.id == token_id for one in own_tokens(work, actor, group_id)):
        raise UnknownTokenError
    work.api_tokens.revoke(token_id)
    work.commit()


def revoke_token(work: RegisterWork, actor: Actor, group_id: int, name: str) -> None:
    """Let a token be used no more, from this moment on."""
    wanted = name.strip()
    found = next((one for one in list_tokens(work, actor, group_id) if one.name == wanted), None)
    if found is None:
        raise UnknownTokenError
    work.api_tokens.revoke(found.id)
    work.commit()


def bearer_of(work: RegisterWork, token: str, now: datetime) -> Bearer:
    """Return who acts with this token. Raises ``WrongTokenError``; secrets are compared in constant time."""
    form = _FORM.fullmatch(token)
    known = work.api_tokens.find(form[1]) if form else None
    proven = compare_digest(_digest(token), known.digest if known is not None else _NOBODYS)
    if known is None or not proven or not _stands(known, now):
        raise WrongTokenError
    actor = work.users.actor(known.group_id, known.login, known.scope)
    if actor is None:
        raise WrongTokenError
    return Bearer(known, actor)


def is_noted(token: ApiToken, now: datetime) -> bool:
    """Whether it is known already, exactly enough, that the token is in use."""
    last = token.last_used_at
    return last is not None and now - datetime.fromisoformat(last) < _SEEN_AGAIN


def note_use(work: RegisterWork, token: ApiToken, now: datetime) -> None:
    """Write down when a token was last used."""
    work.api_tokens.used(token.id, stamp(now))
    work.commit()


def expiry(typed: str, now: datetime) -> str:
    """Return the moment that somebody means by a date (its end, UTC) or by a number of days such as ``90d``."""
    days = _DAYS.fullmatch(typed.strip())
    moment = now + timedelta(days=int(days[1])) if days else _end_of(typed)
    if moment is None:
        raise InvalidValueError("expires", "is neither a date nor a number of days", "Write 2027-01-31, or 90d.")
    if moment <= now:
        raise InvalidValueError("expires", "has passed already", "Choose a later day.")
    return stamp(moment)


def _end_of(typed: str) -> datetime | None:
    try:
        day = datetime.strptime(typed.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return datetime.combine(day, time.max, UTC)


def _stands(token: ApiToken, now: datetime) -> bool:
    return token.revoked_at is None and (token.expires_at is None or stamp(now) < token.expires_at)


def _digest(token: str) -> str:
    """A token is random enough that nobody finds it from its digest; a slow hash would only cost time."""
    return hashlib.sha256(token.encode()).hexdigest()
