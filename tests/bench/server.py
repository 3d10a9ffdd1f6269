"""The simulated accounting system in a process of its own, so that what is measured is the client alone."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVE = """
from syncd.sandbox import serve
serve(ready=lambda sandbox: print(sandbox.url, flush=True))
"""
_UNHURRIED = {"rate_limit": 100_000_000, "access_seconds": 1e7}
"""Neither side waits for the other's limit, and no token ends while the clock is moved."""


class Server:
    """One sandbox. Use it as a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", _SERVE], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self._kept = HTTPConnection(str(urlsplit(self.url).hostname), urlsplit(self.url).port)

    def __enter__(self) -> Self:
        self.reset()
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def reset(self) -> None:
        """Begin with one empty company."""
        self.control("POST", "reset", {})
        self.control("PUT", "switches", _UNHURRIED)

    def empty(self, latency: int) -> None:
        """Begin with one empty company, as far away as before."""
        self.reset()
        self.delay(latency)

    def delay(self, milliseconds: int) -> None:
        """Answer the API's requests this much later from now on."""
        if milliseconds:
            fault = {"kind": "slow", "path": "/v2/*", "times": None, "seconds": milliseconds / 1000}
            self.control("POST", "faults", fault)

    def control(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401  JSON
        """What a bookkeeper or the test does on the other side of the wire."""
        return self._asked(method, f"control/{path}", json.dumps(body) if body is not None else None, {})

    def refresh_token(self) -> str:
        """A consent."""
        return str(self.control("POST", "refresh-tokens", {})["refresh_token"])

    def access_token(self) -> str:
        """A token for who asks without syncd."""
        basic = base64.b64encode(b"sandbox-client:sandbox-secret").decode()
        form = f"grant_type=refresh_token&refresh_token={self.refresh_token()}"
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        return str(self._asked("POST", "identity/connect/token", form, headers)["access_token"])

    def _asked(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Any:  # noqa: ANN401  JSON
        self._kept.request(method, f"/{path}", body, dict(headers))
        return json.loads(self._kept.getresponse().read() or b"null")
