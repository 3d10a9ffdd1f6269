"""Tokens: bound to one user and one company, access for an hour, refresh rotating (facts §2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from threading import RLock
from typing import TYPE_CHECKING

from syncd.sandbox.visma_eaccounting import errors
from syncd.sandbox.visma_eaccounting.errors import ApiError

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.company import Company
    from syncd.sandbox.visma_eaccounting.world import World

DAY = 86400.0


class NoGrantError(Exception):
    """The token or code is unknown, spent, expired or another's: ``invalid_grant``."""


@dataclass(frozen=True)
class Grant:
    """What a person agreed to: their user, one company, some scopes."""

    user: str
    company: Company
    scopes: tuple[str, ...]
    family: str

    @classmethod
    def new(cls, company: Company, scopes: tuple[str, ...], user: str | None = None) -> Grant:
        """A consent given just now."""
        return cls(user or company.users[0]["Id"], company, scopes, secrets.token_hex(8))


@dataclass(frozen=True)
class Token:
    """One token with its end of life; a refresh token also knows when it was spent."""

    grant: Grant
    expires: float
    spent: float | None = None


class Tokens:
    """Every token that is alive."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lock = RLock()
        self.access_tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, Token] = {}

    def now(self) -> float:
        """The server's time in seconds."""
        return self.world.clock.now().timestamp()

    def access(self, header: str) -> Grant:
        """The grant behind an Authorization header, or 401 with 4005."""
        kind, _, text = header.partition(" ")
        token = self.access_tokens.get(text.strip()) if kind.lower() == "bearer" else None
        if token is None or token.expires <= self.now():
            raise ApiError(401, errors.NOT_AUTHORIZED)
        return token.grant

    def issue_access(self, grant: Grant) -> str:
        """A new access token."""
        text = secrets.token_urlsafe(32)
        expires = self.now() + self.world.switches.access_seconds
        self.access_tokens[text] = Token(grant, expires)
        return text

    def issue_refresh(self, grant: Grant) -> str:
        """A new refresh token."""
        text = secrets.token_hex(32).upper() + "-1"
        expires = self.now() + self.world.switches.refresh_days * DAY
        self.refresh_tokens[text] = Token(grant, expires)
        return text

    def refresh(self, text: str) -> tuple[Grant, str]:
        """Spend a refresh token: its grant and the refresh token to use from now on."""
        with self.lock:
            token = self.refresh_tokens.get(text)
            if token is None or token.expires <= self.now():
                raise NoGrantError
            if token.spent is not None:
                self._check_reuse(token)
            if not self.world.switches.refresh_rotation:
                return token.grant, text
            if token.spent is None:
                self.refresh_tokens[text] = replace(token, spent=self.now())
            return token.grant, self.issue_refresh(token.grant)

    def _check_reuse(self, token: Token) -> None:
        switches = self.world.switches
        since = self.now() - (token.spent or 0.0)
        if switches.refresh_reuse == "grace" and since <= switches.refresh_grace_seconds:
            return
        if switches.refresh_reuse == "revoke_family":
            self.drop_family(token.grant.family)
        raise NoGrantError

    def drop_family(self, family: str) -> None:
        """End everything that came from one consent."""
        for tokens in (self.access_tokens, self.refresh_tokens):
            for text in [text for text, one in tokens.items() if one.grant.family == family]:
                del tokens[text]

    def revoke(self, text: str) -> None:
        """End one token; a refresh token takes its access tokens along."""
        with self.lock:
            self.access_tokens.pop(text, None)
            token = self.refresh_tokens.get(text)
            if token:
                self.drop_family(token.grant.family)

    def kill(self) -> None:
        """The user changed the password: everything is dead."""
        with self.lock:
            self.access_tokens.clear()
            self.refresh_tokens.clear()

    def expire_access(self) -> None:
        """Let every access token be too old."""
        with self.lock:
            self.access_tokens.clear()
