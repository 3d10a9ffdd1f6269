"""What keeps strangers out: who may be addressed, where a form must come from, and what every answer carries."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.formparsers import MultiPartException

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD"})

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; img-src 'self' data:"
)
"""Our own files and nothing inline. ``data:`` is for the arrows and ticks in Pico's style sheet."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
LARGEST = 1_000_000
"""Bytes of a form; whoever sends more is not listened to, unless the door was told to take a file."""

ALLOWED = "syncd.allowed"
"""Where in the scope of a request stands how many bytes it may send."""

_HSTS = "max-age=31536000"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a browser says that it is: a scheme with a host and port."""

    origin: str

    @property
    def secure(self) -> bool:
        """Whether the way from the browser is encrypted."""
        return self.origin.startswith("https:")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie: over https one that no other site and no plain page can set."""
        return "__Host-syncd" if self.secure else "syncd"


def address_of(request: Request, public_url: str | None) -> Address | None:
    """Where the browser is, by its ``Host``; None for a host that is not ours.

    Ours are the public address, and plain http on this machine itself: a name that somebody else made point here
    (DNS rebinding) is neither.
    """
    host = request.headers.get("host", "")
    parts = urlsplit(public_url or "")
    if parts.netloc and host.lower() == parts.netloc.lower():
        return Address(f"{parts.scheme}://{parts.netloc.lower()}")
    return Address(f"http://{host.lower()}") if _is_here(host) else None


def _is_here(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def came_from_here(request: Request, address: Address) -> bool:
    """Whether a form was sent by one of our own pages: every browser says so, in at least one of two ways."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        return False
    return site in {None, "same-origin"} and (origin is None or origin.lower() == address.origin)


def client_of(request: Request, public_url: str | None) -> str:
    """Where a request comes from: the other end, or what our own proxy on this machine says of it."""
    other = request.client.host if request.client is not None else ""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if public_url is not None and forwarded and (not other or _is_here(other)):
        return forwarded[:64]
    return other or "local"


def form_token(session_token: str) -> str:
    """What every form of a session holds: made from its token, which no other site can read."""
    return hmac.new(session_token.encode(), b"form", hashlib.sha256).hexdigest()


def same_token(one: str, other: str) -> bool:
    """Whether two tokens are one, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def local_path(wished: str) -> str:
    """A place on this site to go to; anything else is the start page."""
    plain = wished.isascii() and wished.isprintable() and "\\" not in wished
    return wished if plain and wished.startswith("/") and not wished.startswith("//") else "/"


class Guarded:
    """An application whose every answer carries ``HEADERS``, and that nobody sends more than is ``ALLOWED``."""

    def __init__(self, application: ASGIApp, public_url: str | None) -> None:
        self._application = application
        secure = (public_url or "").startswith("https:")
        headers = HEADERS | ({"Strict-Transport-Security": _HSTS} if secure else {})
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received <= scope.get(ALLOWED, LARGEST):
                return message
            if ALLOWED in scope:
                raise MultiPartException("too much")  # what was received of the file is thrown away
            return {"type": "http.disconnect"}

        await self._application(scope, counted, guarded)
