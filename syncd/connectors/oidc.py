"""A company's own login service, asked by OpenID Connect: where it is, who came back from it, which keys it signs with.

What is believed: what stands at its address (discovery), an answer to our code and verifier, a signature by its key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urljoin, urlsplit

import structlog

from syncd.connectors.http import Transport, TransportError, checked_base
from syncd.connectors.id_tokens import Expected, KeySet, UnknownKeyError, UntrustedTokenError, claims_of, keys_of
from syncd.errors import ConfigurationError
from syncd.ports.login_services import LoginServiceError, UntrustedAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.connectors.http import Reply
    from syncd.ports.login_services import Begun

_KNOWN_FOR = 3600.0
"""Seconds for which an address or a key is not asked for again."""

_ASKED_AGAIN = 60.0
"""Seconds between two looks for a key that is not known: nobody makes us ask more often."""

_MAX_BYTES = 1_000_000
_DISCOVERY = ".well-known/openid-configuration"

_log = structlog.get_logger("syncd.oidc")


@dataclass(frozen=True, slots=True)
class Registration:
    """Who we are to the login service."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid", "email", "profile")


@dataclass(frozen=True, slots=True)
class _Places:
    """What the login service says of itself."""

    authorization: str
    token: str
    keys: str
    logout: str | None
    secret_in_body: bool
    names_itself: bool


class Provider:
    """One login service. Safe to share between threads."""

    def __init__(self, registration: Registration, seconds: Callable[[], float]) -> None:
        self._us = registration
        self._seconds = seconds
        self._lock = threading.Lock()
        self._places: tuple[float, _Places] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def address(self, begun: Begun, redirect_uri: str) -> str:
        """Where a browser goes to log in."""
        query = {
            "client_id": self._us.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": " ".join(self._us.scopes),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": _challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        return _with_query(self._known().authorization, query)

    def way_out(self, back: str) -> str | None:
        """Where a browser goes to log out there, too; None where the service has no such place."""
        place = self._known().logout
        asked = {"client_id": self._us.client_id, "post_logout_redirect_uri": back}
        return _with_query(place, asked) if place is not None else None

    def finish(self, begun: Begun, redirect_uri: str, answer: Mapping[str, str]) -> Mapping[str, Any]:
        """What the service says of whoever came back. Raises ``LoginServiceError``, ``UntrustedAnswerError``."""
        places = self._known()
        issuer = answer.get("iss")
        if issuer != self._us.issuer and (issuer is not None or places.names_itself):
            raise UntrustedAnswerError
        token = self._token(places, begun, redirect_uri, answer["code"])
        expected = Expected(self._us.issuer, self._us.client_id, begun.nonce, int(self._seconds()))
        try:
            return self._believed(places, token, expected)
        except (UntrustedTokenError, UnknownKeyError) as error:
            _log.warning("oidc.untrusted", reason=str(error) or "no such key")
            raise UntrustedAnswerError from None

    def _believed(self, places: _Places, token: str, expected: Expected) -> Mapping[str, Any]:
        """What the token says; a key that is new is asked for."""
        try:
            return claims_of(token, self._known_keys(places), expected)
        except UnknownKeyError:
            return claims_of(token, self._known_keys(places, again=_ASKED_AGAIN), expected)

    # ----- asking

    def _known(self) -> _Places:
        with self._lock:
            now = self._seconds()
            if self._places is None or now - self._places[0] >= _KNOWN_FOR:
                document = self._asked("GET", urljoin(self._us.issuer.rstrip("/") + "/", _DISCOVERY))
                self._places = now, _places(document, self._us.issuer)
            return self._places[1]

    def _known_keys(self, places: _Places, *, again: float = _KNOWN_FOR) -> KeySet:
        with self._lock:
            now = self._seconds()
            if self._keys is None or now - self._keys[0] >= again:
                self._keys = now, keys_of(self._asked("GET", places.keys))
            return self._keys[1]

    def _token(self, places: _Places, begun: Begun, redirect_uri: str, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": begun.verifier,
        }
        secret, headers = self._us.client_secret, {"Content-Type": "application/x-www-form-urlencoded"}
        if secret is None or places.secret_in_body:
            form |= {"client_id": self._us.client_id} | ({"client_secret": secret} if secret is not None else {})
        else:
            pair = f"{quote_plus(self._us.client_id)}:{quote_plus(secret)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        token = self._asked("POST", places.token, headers, urlencode(form).encode()).get("id_token")
        if not isinstance(token, str):
            raise UntrustedAnswerError
        return token

    def _asked(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> dict[str, Any]:
        parts = urlsplit(url)
        transport = Transport(f"{parts.scheme}://{parts.netloc}/", max_bytes=_MAX_BYTES)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            reply = transport.request(method, path, headers=headers or {}, content=content)
        except TransportError as error:
            _log.warning("oidc.unreachable", reason=str(error))
            raise LoginServiceError from error
        finally:
            transport.close()
        return _object(reply)


def _places(document: Mapping[str, Any], issuer: str) -> _Places:
    if document.get("issuer") != issuer:
        _log.warning("oidc.untrusted", reason="the issuer calls itself otherwise than oidc.issuer")
        raise UntrustedAnswerError
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    logout = document.get("end_session_endpoint")
    return _Places(
        authorization=_place(document.get("authorization_endpoint")),
        token=_place(document.get("token_endpoint")),
        keys=_place(document.get("jwks_uri")),
        logout=_place(logout) if logout is not None else None,
        secret_in_body="client_secret_basic" not in methods,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _place(address: object) -> str:
    """An address that may be gone to: https, or this machine itself."""
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    try:
        checked_base(f"{parts.scheme}://{parts.netloc}/")
    except ConfigurationError:
        _log.warning("oidc.untrusted", reason="an address of the issuer is none")
        raise UntrustedAnswerError from None
    return str(address)


def _object(reply: Reply) -> dict[str, Any]:
    try:
        answer = json.loads(reply.text)
    except ValueError:
        answer = None
    if not reply.is_success or not isinstance(answer, dict):
        error = answer.get("error") if isinstance(answer, dict) else None
        known = error if isinstance(error, str) and error.replace("_", "").isalnum() else None
        _log.warning("oidc.refused", status=reply.status, error=known)
        raise LoginServiceError
    return answer


def _with_query(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
