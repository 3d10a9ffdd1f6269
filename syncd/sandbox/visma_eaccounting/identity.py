"""The identity server (facts §2): authorization code flow, rotation, revocation, discovery.

``connect/authorize`` shows a consent form (``auto=1`` or the switch ``auto_consent`` agrees
by itself), ``connect/token`` takes the client's secret by Basic authentication or in the
body, ``connect/revocation`` answers 200 with nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlencode

from syncd.sandbox import jsontext
from syncd.sandbox.visma_eaccounting import consent
from syncd.sandbox.visma_eaccounting.access import ALL_SCOPES, API
from syncd.sandbox.visma_eaccounting.tokens import Grant, NoGrantError, Tokens
from syncd.sandbox.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from syncd.sandbox.visma_eaccounting.company import Company
    from syncd.sandbox.visma_eaccounting.world import World
    from syncd.sandbox.wire import Call

CODE_SECONDS = 300.0
OFFLINE = "offline_access"
NO_STORE = {"Cache-Control": "no-store"}


class OAuthError(Exception):
    """An error of the token endpoint, in OAuth2's own form."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status

    def answer(self) -> Answer:
        """The error as it goes over the wire."""
        return Answer(self.status, jsontext.dumps({"error": self.error}), NO_STORE)


@dataclass(frozen=True)
class Code:
    """A consent on its way to the program: good once, for a short while."""

    grant: Grant
    redirect_uri: str
    challenge: str
    expires: float


@dataclass
class Client:
    """The program that is registered here."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...] | None = None
    """None lets any address be one."""

    def knows(self, redirect_uri: str) -> bool:
        """Whether a person may be sent back there."""
        return (bool(redirect_uri) and self.redirect_uris in (None, ())) or (redirect_uri in (self.redirect_uris or ()))


class Identity:
    """Everything below the identity address."""

    def __init__(self, world: World, tokens: Tokens, client: Client, companies: Sequence[Company]) -> None:
        self.world = world
        self.tokens = tokens
        self.client = client
        self.companies = companies
        self.issuer = ""
        self.codes: dict[str, Code] = {}
        self._paths: dict[tuple[str, str], Callable[[Call], Answer]] = {
            ("GET", "connect/authorize"): self._authorize,
            ("POST", "connect/authorize"): self._decide,
            ("POST", "connect/token"): self._token,
            ("POST", "connect/revocation"): self._revoke,
            ("GET", ".well-known/openid-configuration"): self._discovery,
        }

    def answer(self, call: Call) -> Answer:
        """Answer one call to the identity server."""
        path = call.path.removeprefix("/identity/")
        handler = self._paths.get((call.method, path))
        if handler is None:
            return Answer(404)
        try:
            return handler(call)
        except OAuthError as error:
            return error.answer()
        except NoGrantError:
            return OAuthError("invalid_grant").answer()

    def _authorize(self, call: Call) -> Answer:
        asked = call.query
        refused = self._refused(asked)
        if refused:
            return refused
        select = asked.get("prompt") == "select_account"
        if asked.pop("auto", "") == "1" or self.world.switches.auto_consent:
            named = [one for one in self.companies if one.id == asked.get("company")]
            return self._agreed(asked, [*named, self.companies[0]][0])
        return consent.form(asked, self.companies if select else self.companies[:1])

    def _decide(self, call: Call) -> Answer:
        asked = call.query | call.form
        refused = self._refused(asked)
        if refused:
            return refused
        if asked.get("decision") != "allow":
            return _back(asked, {"error": "access_denied"})
        chosen = [one for one in self.companies if one.id == asked.get("company")]
        return self._agreed(asked, chosen[0]) if chosen else consent.refusal("Unknown company")

    def _refused(self, asked: Mapping[str, str]) -> Answer | None:
        if asked.get("client_id") != self.client.id:
            return consent.refusal("Unknown client")
        if not self.client.knows(asked.get("redirect_uri", "")):
            return consent.refusal("Invalid redirect_uri")
        if asked.get("response_type") != "code":
            return _back(asked, {"error": "unsupported_response_type"})
        scopes = asked.get("scope", "").split()
        if API not in scopes or not set(scopes) <= {*ALL_SCOPES, "openid", "profile", "email"}:
            return _back(asked, {"error": "invalid_scope"})
        if asked.get("code_challenge_method", "S256") != "S256":
            return _back(asked, {"error": "invalid_request"})
        return None

    def _agreed(self, asked: Mapping[str, str], company: Company) -> Answer:
        granted = self.world.switches.granted_scopes
        scopes = tuple(asked["scope"].split()) if granted is None else granted
        code = secrets.token_hex(32).upper() + "-1"
        expires = self.tokens.now() + CODE_SECONDS
        challenge = asked.get("code_challenge", "")
        grant = Grant.new(company, scopes)
        self.codes[code] = Code(grant, asked["redirect_uri"], challenge, expires)
        scope = " ".join(scopes)
        return _back(asked, {"code": code, "scope": scope, "iss": self.issuer})

    def _token(self, call: Call) -> Answer:
        form = call.form
        self._check_client(call)
        match form.get("grant_type"):
            case "authorization_code":
                grant = self._redeem(form)
                return self._issued(grant, self._first_refresh(grant))
            case "refresh_token":
                grant, refresh = self.tokens.refresh(form.get("refresh_token", ""))
                return self._issued(grant, refresh)
            case _:
                error = "unsupported_grant_type"
                raise OAuthError(error)

    def _first_refresh(self, grant: Grant) -> str | None:
        return self.tokens.issue_refresh(grant) if OFFLINE in grant.scopes else None

    def _redeem(self, form: Mapping[str, str]) -> Grant:
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or code.expires <= self.tokens.now():
            raise NoGrantError
        if form.get("redirect_uri") != code.redirect_uri:
            raise NoGrantError
        if code.challenge and _challenge(form.get("code_verifier", "")) != code.challenge:
            raise NoGrantError
        return code.grant

    def _issued(self, grant: Grant, refresh: str | None) -> Answer:
        body: dict[str, Any] = {
            "access_token": self.tokens.issue_access(grant),
            "expires_in": int(self.world.switches.access_seconds),
            "token_type": "Bearer",
            "refresh_token": refresh,
            "scope": " ".join(grant.scopes),
        }
        if refresh is None:
            del body["refresh_token"]
        return Answer(200, jsontext.dumps(body), NO_STORE)

    def _revoke(self, call: Call) -> Answer:
        self._check_client(call)
        self.tokens.revoke(call.form.get("token", ""))
        return Answer(200)

    def _check_client(self, call: Call) -> None:
        given = _credentials(call)
        known = (self.client.id, self.client.secret)
        if not hmac.compare_digest(":".join(given).encode(), ":".join(known).encode()):
            error = "invalid_client"
            raise OAuthError(error, self.world.switches.invalid_client_status)

    def _discovery(self, call: Call) -> Answer:
        del call
        places = {
            f"{name}_endpoint": f"{self.issuer}/connect/{path}"
            for name, path in (
                *(("authorization", "authorize"), ("token", "token")),
                *(("revocation", "revocation"),),
            )
        }
        about = {
            "issuer": self.issuer,
            **places,
            "scopes_supported": list(ALL_SCOPES),
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
        }
        return Answer(200, jsontext.dumps(about))


def _back(asked: Mapping[str, str], answer: dict[str, str]) -> Answer:
    """Send the person back to the program with an answer."""
    if "state" in asked:
        answer["state"] = asked["state"]
    place = asked["redirect_uri"]
    return Answer(302, headers={"Location": f"{place}{'&' if '?' in place else '?'}{urlencode(answer)}"})


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _credentials(call: Call) -> tuple[str, str]:
    """Id and secret, from the Basic header or from the body."""
    kind, _, text = call.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return call.form.get("client_id", ""), call.form.get("client_secret", "")
    try:
        id_, _, secret = base64.b64decode(text).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote_plus(id_), unquote_plus(secret)
