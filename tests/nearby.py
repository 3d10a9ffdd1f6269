"""The simulated accounting system without a network: the same application, log and faults, asked in this very thread.

Nothing listens and nobody waits for another thread, so that thousands of stories can be played where a few could be.
What the network itself does (sockets, time limits, half answers) is tried over real HTTP elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import httpx
from typing_extensions import override

from syncd.sandbox.wire import Call

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox
    from syncd.sandbox.wire import Answer


class Nearby(httpx.BaseTransport):
    """Carries requests to a sandbox of this process. Silence and half an answer are what the network makes of them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._server = sandbox.server
        sandbox.identity.issuer = sandbox.identity_url.rstrip("/")

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._server.exchange(_call(request))
        if answer.silent:
            raise httpx.ReadTimeout("nothing came")
        if answer.cut:
            raise httpx.RemoteProtocolError("half of it came")
        return _response(answer)


def _call(request: httpx.Request) -> Call:
    path, _, query = request.url.raw_path.decode().partition("?")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(request.method, unquote(path), query, headers, request.read().decode())


def _response(answer: Answer) -> httpx.Response:
    headers = {"Content-Type": answer.content_type, **answer.headers}
    return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(answer.body.encode()))
