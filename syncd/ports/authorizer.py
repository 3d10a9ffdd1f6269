"""Consent: how a connection gets its first tokens. Every accounting system with OAuth offers this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from syncd.values.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent under way: where to send the person, and what must come back with the answer."""

    url: str
    state: str
    verifier: str
    redirect_uri: str


class Authorizer(Protocol):
    """Asks for consent and turns its answer into tokens."""

    def begin(self, redirect_uri: str) -> Consent:
        """Make the address at which a person consents."""
        ...

    def complete(self, consent: Consent, answer: str) -> Tokens:
        """Turn the address that the person was sent back to into tokens. Raises ``RefusedError``."""
        ...

    def renew(self, refresh_token: str) -> Tokens:
        """Turn an existing refresh token into tokens. Raises ``NeedsConsentError``."""
        ...
