"""Tokens of a connection, as a value that never shows itself."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token with its end (seconds since 1970 by our own clock) and the refresh token that renews it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    scope: str = ""
