"""The only door to the network: one request, one whole answer, or an error that says how far it got.

    TransportError
    ├── NotSentError    surely nothing was sent: refused, no such name, TLS failed, no connection in time
    ├── LostError       something was sent, the answer is missing or cut
    └── UnusableError   there was an answer, but not one that a program can use

Redirects are errors, proxies of the environment are ignored, answers are capped, and every address must be the
connector's own. No error text and no representation holds an address with its query, a header or a body.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import httpx
from typing_extensions import override

from syncd import __version__
from syncd.connectors.deadline import Deadline, DeadlineTransport
from syncd.connectors.retry import never
from syncd.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.connectors.retry import Stop

MAX_BYTES = 32 * 1024 * 1024
MAX_SECONDS = 8.0
PATIENCE = 4.0
"""How long the answer to a write is still waited for once the program is about to end."""
CONNECTIONS = 16

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": f"syncd/{__version__}"}


_TIMES = {"timeout": httpx.Timeout(MAX_SECONDS).as_dict()}
"""How long is waited for a free connection; every other wait is the deadline's."""

_ADDRESSES = 64
"""Addresses that are remembered once they were looked at: most requests repeat one."""


class TransportError(Exception):
    """A request without a usable answer."""


class NotSentError(TransportError):
    """The other side cannot have seen the request."""


class LostError(TransportError):
    """The request was sent, in whole or in part, and the answer did not arrive whole."""


class UnusableError(TransportError):
    """The answer arrived, and is a redirect, too large, packed or not text."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. Its text never shows in a representation."""

    status: int
    text: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return httpx.codes.is_success(self.status)

    @property
    def is_html(self) -> bool:
        """Whether a page for people came instead of an answer."""
        return "html" in self.headers.get("content-type", "").lower()


class Transport:
    """Requests to one server. Safe to share between threads. ``network`` carries them instead of the real one."""

    def __init__(
        self,
        base: str,
        *,
        seconds: float = MAX_SECONDS,
        max_bytes: int = MAX_BYTES,
        stop: Stop | None = None,
        network: httpx.BaseTransport | None = None,
    ) -> None:
        self._base = checked_base(base)
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._deadline = Deadline(stop or never())
        self._transport = network or _transport(self._deadline)
        self._address = lru_cache(_ADDRESSES)(self._own)
        self._lock = threading.Lock()
        self._sent = 0

    @override
    def __repr__(self) -> str:
        return f"Transport({self._base.host!r})"

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._sent

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Reply:
        """Send one request and read the whole answer. Raises ``TransportError``."""
        url = self._address(path)
        url = url.copy_merge_params(params) if params else url
        head = {**_HEADERS, **headers}
        request = httpx.Request(method, url, headers=head, content=content, extensions=_TIMES)
        try:
            self._deadline.begin(self._seconds, 0.0 if method == "GET" else PATIENCE)
            reply = self._exchange(request)
        except _NOT_SENT as error:
            raise NotSentError(_cause(error)) from None
        except httpx.HTTPError as error:
            self._count()
            raise LostError(_name(error)) from None
        self._count()
        return reply

    def close(self) -> None:
        """Give connections back."""
        self._transport.close()

    def _own(self, path: str) -> httpx.URL:
        """The address of a path below the base; nothing leads anywhere else."""
        url = self._base.join(path)
        if _origin(url) != _origin(self._base) or not url.path.startswith(self._base.path):
            raise ConfigurationError("an address outside the accounting system's own was asked for")
        return url

    def _exchange(self, request: httpx.Request) -> Reply:
        response = self._transport.handle_request(request)
        try:
            body = self._body(response)
        finally:
            response.close()
        return Reply(response.status_code, body, {name.lower(): value for name, value in response.headers.items()})

    def _body(self, response: httpx.Response) -> str:
        """The body as it came over the wire, never unpacked: a small packed body can hold hundreds of megabytes."""
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > self._max_bytes:
                raise UnusableError("the answer is larger than limits.answer_megabytes allows")
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise UnusableError("the answer is packed, which was not asked for")
        if response.is_redirect:
            raise UnusableError("the answer is a redirect")
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnusableError("the answer is not text") from None

    def _count(self) -> None:
        with self._lock:
            self._sent += 1


def _transport(deadline: Deadline) -> DeadlineTransport:
    """What httpx sends with. Its client is not used: cookies, redirects and proxies are not wanted, and cost time."""
    for name in ("httpx", "httpcore"):  # they log addresses with their queries
        logging.getLogger(name).setLevel(logging.WARNING)
    return DeadlineTransport(deadline, connections=CONNECTIONS)


def checked_base(address: str) -> httpx.URL:
    """An address that requests may go to: https, or http on loopback. Raises ``ConfigurationError``."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise ConfigurationError("the accounting system's address is not an address") from error
    if not url.host or url.scheme not in ("http", "https") or url.userinfo or url.query or url.fragment:
        raise ConfigurationError("the accounting system's address must be like https://host/path/")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise ConfigurationError(f"{url.host} must be reached by https", remedy="Plain http is for loopback only.")
    return url if url.path.endswith("/") else url.copy_with(path=url.path + "/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _name(error: Exception) -> str:
    return type(error).__name__


def _cause(error: Exception) -> str:
    """Why nothing was sent, as the machine says it (no such name, refused, a certificate): no request is in it yet."""
    return f"{_name(error)}: {error}" if str(error) else _name(error)
