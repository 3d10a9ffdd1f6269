"""The simulated accounting system in a process of its own, so that what is measured is the client alone."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVE = """
from syncd.sandbox import serve
serve(ready=lambda sandbox: print(sandbox.url, flush=True))
"""
_UNHURRIED = 100_000_000
"""Requests a minute: neither side waits for the other's limit."""


class Server:
    """One sandbox. Use it as a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", _SERVE], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        self.reset()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def reset(self) -> None:
        """Begin with one empty company."""
        self.control("POST", "reset", {})
        self.control("PUT", "switches", {"rate_limit": _UNHURRIED})

    def control(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401  JSON
        """What a bookkeeper or the test does on the other side of the wire."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}control/{path}", data=data, method=method)  # noqa: S310  loopback
        with urllib.request.urlopen(request) as reply:  # noqa: S310  same
            return json.loads(reply.read() or b"null")

    def writes(self) -> int:
        """How many writing requests the API has had since the log was cleared."""
        return sum(1 for line in self.control("GET", "requests?writes=1") if line["path"].startswith("/v2/"))

    def refresh_token(self) -> str:
        """A consent."""
        return str(self.control("POST", "refresh-tokens", {})["refresh_token"])

    def access_token(self) -> str:
        """A token for who asks without syncd."""
        basic = base64.b64encode(b"sandbox-client:sandbox-secret").decode()
        form = f"grant_type=refresh_token&refresh_token={self.refresh_token()}".encode()
        headers = {"Authorization": f"Basic {basic}"}
        request = urllib.request.Request(f"{self.url}identity/connect/token", form, headers)  # noqa: S310  loopback
        with urllib.request.urlopen(request) as reply:  # noqa: S310  same
            return str(json.load(reply)["access_token"])
