"""OAuth 2, authorization code flow: consent, exchange, refresh (FACTS §2). For any vendor that speaks it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

from syncd.connectors.http import Transport, TransportError, checked_base
from syncd.errors import NeedsAttentionError, NeedsConsentError, RefusedError, TryLaterError
from syncd.values.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from syncd.connectors.http import Reply

AUTHORIZE = "Authorize the connection again: syncd connection authorize NAME"
LIFETIME = 3600.0
"""Seconds that an access token lives when the answer does not say (FACTS §2)."""


@dataclass(frozen=True, slots=True)
class Client:
    """Our registration with a vendor's identity server."""

    identity_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further parameters of the consent address."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent that was begun: the address to open, and what its end is checked against."""

    url: str
    redirect_uri: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


class OAuth:
    """Talks to one identity server. Keeps nothing."""

    def __init__(self, client: Client, now: Callable[[], float], network: httpx.BaseTransport | None = None) -> None:
        self._client = client
        self._now = now
        self._transport = Transport(client.identity_url, network=network)

    @property
    def requests(self) -> int:
        """How many token requests were sent."""
        return self._transport.requests

    def begin(self, redirect_uri: str) -> Consent:
        """Begin a consent."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        query = {
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": self._client.scope,
            "state": state,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            **self._client.extra,
        }
        address = checked_base(self._client.identity_url).join("connect/authorize")
        return Consent(f"{address}?{urlencode(query)}", redirect_uri, state, verifier)

    def finish(self, consent: Consent, redirected_to: str) -> Tokens:
        """Exchange what the person was sent back with. Raises ``RefusedError``, ``NeedsConsentError``."""
        code = _code(consent, redirected_to)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": consent.redirect_uri}
        tokens = self._ask({**form, "code_verifier": consent.verifier}, None)
        if not tokens.refresh_token:
            raise NeedsConsentError("the consent did not include offline access", remedy=AUTHORIZE)
        return tokens

    def refresh(self, refresh_token: str) -> Tokens:
        """Renew. The answer's refresh token replaces the one given; without one the old one stays good."""
        return self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token}, refresh_token)

    def close(self) -> None:
        """Give connections back."""
        self._transport.close()

    def _ask(self, form: Mapping[str, str], refresh_token: str | None) -> Tokens:
        asked_at = self._now()
        try:
            reply = self._transport.request(
                "POST", "connect/token", headers=self._headers(), content=urlencode(form).encode()
            )
        except TransportError as error:
            raise TryLaterError(f"the identity server did not answer ({error})") from error
        return self._tokens(reply, asked_at, refresh_token)

    def _headers(self) -> dict[str, str]:
        pair = f"{quote_plus(self._client.client_id)}:{quote_plus(self._client.client_secret)}"
        return {
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def _tokens(self, reply: Reply, asked_at: float, refresh_token: str | None) -> Tokens:
        answer = _object(reply.text)
        if not reply.is_success:
            raise _refusal(reply.status, answer.get("error"))
        access, renewed = answer.get("access_token"), answer.get("refresh_token") or refresh_token or ""
        if not isinstance(access, str) or not access or not isinstance(renewed, str):
            raise TryLaterError("the identity server's answer holds no token")
        scope = answer.get("scope")
        return Tokens(access, renewed, asked_at + _seconds(answer), scope if isinstance(scope, str) else "")


def _code(consent: Consent, redirected_to: str) -> str:
    """The code in the address the person came back to, if it is this consent's."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(redirected_to.strip()).query).items()}
    if not hmac.compare_digest(query.get("state", "").encode(), consent.state.encode()):
        raise RefusedError("this address belongs to another consent", remedy="Begin again and paste the newest one.")
    if "error" in query:
        raise NeedsConsentError("the consent was not given", remedy=AUTHORIZE)
    if "code" not in query:
        raise RefusedError("this address holds no code", remedy="Paste the whole address of the page you came back to.")
    return query["code"]


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _seconds(answer: Mapping[str, object]) -> float:
    seconds = answer.get("expires_in")
    return float(seconds) if isinstance(seconds, int | float) else LIFETIME


def _refusal(status: int, error: object) -> Exception:
    """What a refusal of the token endpoint means (RFC 6749 §5.2)."""
    if error == "invalid_grant":
        return NeedsConsentError("the consent has ended (a changed password ends it, too)", remedy=AUTHORIZE)
    if isinstance(error, str) and error.isidentifier():
        return NeedsAttentionError(
            f"the identity server refuses this program ({error})",
            remedy="Check client_id and client_secret_file in the configuration.",
        )
    return TryLaterError(f"the identity server answered {status}", remedy="Check identity_url if this lasts.")
