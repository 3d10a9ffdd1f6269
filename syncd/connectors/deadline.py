"""One end of time for a whole request: connecting, TLS, sending and every piece of the answer.

httpx counts each read alone, so a server that drips a byte a second is never late. Here every wait on the network
gets what is left of the request's own time, and no more: looking the name up, and each address of a host, too.
"""

from __future__ import annotations

import contextlib
import functools
import math
import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
from typing_extensions import override

from syncd.connectors.lookup import addresses

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from syncd.connectors.retry import Stop

    SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

_CONNECTING = 3.0
"""A machine that does not answer at all is known by then; a busy one answers the handshake."""

_LOOK = 0.2
"""Seconds between two looks whether the program is about to end."""


class Deadline(threading.local):
    """When the request that this thread is making must be over.

    Once the program is about to end, ``patience`` is what is left at most: an answer that only tells is not waited for,
    one that says what became of a write is, for as long as ending within ten seconds allows (S-57).
    """

    at: float = 0.0
    patience: float = 0.0
    hurried: bool = False

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def begin(self, seconds: float, patience: float) -> None:
        """From now on this thread has ``seconds`` in all."""
        self.at, self.patience, self.hurried = time.monotonic() + seconds, patience, False

    def left(self, error: type[Exception], at_most: float = math.inf) -> float:
        """The seconds left; raises ``error`` when there are none."""
        if not self.hurried and self._stop.is_set():
            self.at, self.hurried = min(self.at, time.monotonic() + self.patience), True
        left = self.at - time.monotonic()
        if left <= 0:
            raise error("the request took too long")
        return min(left, at_most)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom TLS trusts. Read once per process: it costs more than all the rest of an idle run."""
    return httpx.create_ssl_context(trust_env=False)


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport, whose connections know the deadline."""

    def __init__(self, deadline: Deadline, *, connections: int) -> None:
        trusted = _trusted()
        super().__init__(verify=trusted, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_Backend(deadline),
        )


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError("no address")
        for address in addresses(host, port, self._left()):
            try:
                found = self._inner.connect_tcp(address, port, self._left(), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(found, self._deadline)
        raise failed

    def _left(self) -> float:
        return self._deadline.left(httpcore.ConnectTimeout, _CONNECTING)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            left = self._deadline.left(httpcore.ReadTimeout, _LOOK)
            with contextlib.suppress(httpcore.ReadTimeout):
                return self._inner.read(max_bytes, left)

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(httpcore.WriteTimeout))

    @override
    def close(self) -> None:
        self._inner.close()

    @override
    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout, _CONNECTING)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    @override
    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
