"""API tokens as services see them. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewApiToken:
    """A token to store. ``scope`` None means everything its user may; what proves it is kept as a digest alone."""

    name: str
    handle: str
    digest: str = field(repr=False)
    scope: tuple[str, ...] | None = None
    expires_at: str | None = None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A stored token of a user. Times are UTC, ISO 8601."""

    id: int
    group_id: int
    user_id: int
    login: str
    name: str
    handle: str
    digest: str = field(repr=False)
    scope: tuple[str, ...] | None
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None


class ApiTokensPort(Protocol):
    """The API tokens of all groups."""

    def add(self, group_id: int, user_id: int, token: NewApiToken) -> ApiToken:
        """Store a token. Raises ``RefusedError`` for a name that is taken."""
        ...

    def find(self, handle: str) -> ApiToken | None:
        """Read a token by the part of it that is no secret; a revoked one as well."""
        ...

    def list(self, group_id: int, user_id: int | None = None, *, revoked: bool = False) -> tuple[ApiToken, ...]:
        """The tokens of a group, or of one user, by name; revoked ones if they are asked for."""
        ...

    def revoke(self, token_id: int) -> None:
        """Let a token be used no more."""
        ...

    def used(self, token_id: int, at: str) -> None:
        """Note when a token was last used."""
        ...
