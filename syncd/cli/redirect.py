"""Waiting for somebody to come back from a consent: the browser's redirect on loopback, or the address pasted."""

from __future__ import annotations

import os
import select
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

from syncd.errors import ConfigurationError, NeedsConsentError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATH = "/callback"
PATIENCE = 900.0
"""Seconds that a person may take."""

_LISTEN = 0.2
_SILENCE = 10.0
"""Seconds after which a browser that says nothing is left."""

_PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>syncd</title></head>
<body><h1>Thank you</h1><p>syncd goes on by itself. You can close this window.</p></body></html>
"""


class _Handler(BaseHTTPRequestHandler):
    timeout = _SILENCE
    server: Redirect

    def do_GET(self) -> None:
        """Take the redirect; anything else that a browser asks for is not here."""
        if not self.server.takes(self.path):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(_PAGE)))
        self.end_headers()
        self.wfile.write(_PAGE)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the address holds a code."""


class Redirect(ThreadingHTTPServer):
    """Listens on loopback for one redirect."""

    daemon_threads = True

    def __init__(self, port: int, patience: float = PATIENCE) -> None:
        self._patience = patience
        self.came_back: str | None = None
        self.state = ""
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "no such port"
            remedy = "Choose another one with --redirect-port."
            raise ConfigurationError(f"port {port} cannot be listened on: {reason}", remedy=remedy) from None

    @property
    def address(self) -> str:
        """Where the accounting system sends the person back to."""
        return f"http://127.0.0.1:{self.server_address[1]}{_PATH}"

    def takes(self, path: str) -> bool:
        """Whether this is the redirect that is waited for."""
        parts = urlsplit(path)
        if parts.path != _PATH or parse_qs(parts.query).get("state") != [self.state]:
            return False
        self.came_back = f"http://127.0.0.1:{self.server_address[1]}{path}"
        return True

    def wait(self, state: str) -> str:
        """The address that the person came back to, by redirect or typed in. Raises ``NeedsConsentError``."""
        self.state = state
        typed = _Typed()
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            ready, _, _ = select.select([self.fileno(), *typed.sources], [], [], _LISTEN)
            if self.fileno() in ready:
                self.handle_request()
            line = typed.line() if typed.sources and typed.sources[0] in ready else None
            if self.came_back or line:
                return self.came_back or str(line)
        raise NeedsConsentError("nobody came back from the consent", remedy="Start again when you have the time.")


class _Typed:
    """Standard input, line by line, for as long as there is somebody at its other end."""

    def __init__(self) -> None:
        self.sources = list(_readable())
        self._rest = b""

    def line(self) -> str | None:
        """The next line that is not blank, if it is there already."""
        read = os.read(self.sources[0], 65_536)
        self._rest += read
        if not read:
            self.sources.clear()
            self._rest += b"\n"
        *lines, self._rest = self._rest.split(b"\n")
        return next((text for line in lines if (text := line.decode(errors="replace").strip())), None)


def _readable() -> Iterator[int]:
    """Standard input where it is a real file; a test's stand-in is not."""
    try:
        yield sys.stdin.fileno()
    except (OSError, ValueError):
        return
