"""A company's login service, served for real: OpenID Connect with code, PKCE and keys of its own. It can lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENT, SECRET = "syncd", "a secret: with % and ü"
BERTIL = {"sub": "b-1", "email": "bertil@example.com", "email_verified": True, "name": "Bertil Byrå"}


class Issuer:
    """Whoever comes is logged in as ``person``. ``lies`` change what a token says, ``signs`` how it is signed."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = dict(BERTIL)
        self.lies: dict[str, Any] = {}
        self.signs: Callable[[dict[str, Any]], str | None] = self.signed
        self.document: dict[str, Any] = {}
        self.declines = False
        self.now: Callable[[], float] = time.time
        self.answered: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.rotate()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/tenant"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is forgotten."""
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"})

    # ----- what is asked

    def discovery(self) -> dict[str, Any]:
        base = self.url
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize?prompt=none",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/keys",
            "end_session_endpoint": f"{base}/out",
            **self.document,
        }

    def authorized(self, query: dict[str, str]) -> str:
        """Send somebody back, with a code or with the reason why not."""
        assert query["response_type"] == "code"
        assert (query["client_id"], query["code_challenge_method"]) == (CLIENT, "S256")
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        answer = {"error": "access_denied"} if self.declines else {"code": code}
        return f"{query['redirect_uri']}?{urlencode({**answer, 'state': query['state']})}"

    def exchanged(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """A token for a code: once, to the one who asked for it."""
        began = self._codes.pop(form["code"], None)
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        known = pair == urlencode({CLIENT: SECRET}).replace("=", ":") or form.get("client_secret") == SECRET
        if began is None or not known or began["redirect_uri"] != form["redirect_uri"]:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != began["code_challenge"]:
            return None
        now = int(self.now())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": began["nonce"], **self.person}
        told = {name: value for name, value in (claims | self.lies).items() if value is not None}
        return {"access_token": "-", "token_type": "Bearer", "id_token": self.signs(told)}

    def signed(self, claims: dict[str, Any]) -> str:
        """A token as it should be."""
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key, algorithms=["ES256"])

    def keys(self) -> dict[str, Any]:
        """What it signs with, beside keys that nobody here has a use for."""
        odd = [{"kty": "OKP", "crv": "X", "x": "-"}, {"kty": "EC", "use": "enc"}, {"kty": "RSA"}, "nonsense"]
        return {"keys": [*KeySet([self.key]).as_dict(private=False)["keys"], *odd]}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        issuer, parts = self.server.issuer, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        issuer.answered.append(parts.path)
        match parts.path.removeprefix("/tenant"):
            case "/.well-known/openid-configuration":
                self._said(issuer.discovery())
            case "/keys":
                self._said(issuer.keys())
            case "/authorize":
                self._sent_on(issuer.authorized(query))
            case "/out":
                self._sent_on(query["post_logout_redirect_uri"])
            case _:
                self._said(None)

    def do_POST(self) -> None:
        issuer = self.server.issuer
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(text).items()}
        self._said(issuer.exchanged(form, self.headers.get("Authorization", "")))

    def _said(self, document: dict[str, Any] | None) -> None:
        body = json.dumps(document if document is not None else {"error": "invalid_grant"}).encode()
        self.send_response(200 if document is not None else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _sent_on(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
