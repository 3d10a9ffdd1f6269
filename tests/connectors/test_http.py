"""The door to the network: what gets out, what gets in, and what an error says about how far a request got."""

from __future__ import annotations

import gzip
import logging
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest
import respx

from syncd.connectors.http import LostError, NotSentError, Reply, Transport, TransportError, UnusableError
from syncd.errors import ConfigurationError
from tests.connectors.rawserver import closed_port, rude, self_signed

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

BASE = "https://api.example.com/v2/"
SECRET = {"Authorization": "Bearer very-secret-token"}


def get(transport: Transport, path: str = "customers") -> Reply:
    return transport.request("GET", path, headers=SECRET, params={"$filter": "Name eq 'Svensson'"})


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(BASE)
    yield made
    made.close()


def on_port(port: int, *, scheme: str = "http", seconds: float = 5.0) -> Transport:
    return Transport(f"{scheme}://127.0.0.1:{port}/v2/", seconds=seconds)


def answers(text: bytes) -> Callable[[socket.socket], None]:
    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(text)

    return behave


@respx.mock
def test_an_answer_arrives_whole(transport: Transport) -> None:
    """Status, text and headers come through, and the request is counted."""
    route = respx.get(f"{BASE}customers").respond(
        text="\ufeff{}", headers={"Retry-After": "7", "Content-Type": "application/json"}
    )
    reply = get(transport)
    assert (reply.status, reply.text, reply.headers["retry-after"]) == (200, "{}", "7")
    assert (reply.is_success, reply.is_html, transport.requests) == (True, False, 1)
    sent = route.calls[0].request.headers
    assert (sent["accept-encoding"], sent["accept"]) == ("identity", "application/json")
    assert sent["user-agent"].startswith("syncd/")


@respx.mock
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), r"ConnectError: \[Errno 111\] Connection refused"),
        (httpx.ConnectTimeout("timed out"), "ConnectTimeout: timed out"),
        (httpx.PoolTimeout(""), "PoolTimeout$"),
    ],
)
def test_what_never_left_is_known_as_such(transport: Transport, error: httpx.HTTPError, told: str) -> None:
    """A name that does not exist, a refused connection: the other side cannot have acted, and the cause is told."""
    respx.get(f"{BASE}customers").mock(side_effect=error)
    with pytest.raises(NotSentError, match=told):
        get(transport)
    assert transport.requests == 0


@respx.mock
@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout("x"), httpx.ReadError("x"), httpx.WriteError("x"), httpx.RemoteProtocolError("x")],
)
def test_a_lost_answer_is_not_taken_for_a_refusal(transport: Transport, error: httpx.HTTPError) -> None:
    """After sending, only reading can tell what happened."""
    respx.get(f"{BASE}customers").mock(side_effect=error)
    with pytest.raises(LostError):
        get(transport)
    assert transport.requests == 1


def test_a_refused_connection_was_not_sent() -> None:
    """Nobody listens, so nothing was written."""
    transport = on_port(closed_port())
    with pytest.raises(NotSentError):
        get(transport)
    transport.close()


def test_a_server_without_tls_is_never_spoken_to() -> None:
    """A failed handshake sends nothing, no token in the clear least of all."""
    heard: list[bytes] = []

    def plain(connection: socket.socket) -> None:
        heard.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with rude(plain) as port:
        transport = on_port(port, scheme="https")
        with pytest.raises(NotSentError):
            get(transport)
        transport.close()
    assert b"secret" not in b"".join(heard)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    """Whoever sits in between gets nothing."""
    context = self_signed(tmp_path)
    heard: list[bytes] = []

    def pretend(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            heard.append(secured.recv(65536))

    with rude(pretend) as port:
        transport = on_port(port, scheme="https")
        with pytest.raises(NotSentError):
            get(transport)
        transport.close()
    assert heard == []


@pytest.mark.parametrize(
    "text",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"nonsense\r\n\r\n"],
)
def test_half_an_answer_is_lost(text: bytes) -> None:
    """A connection cut anywhere leaves the outcome unknown."""
    with rude(answers(text)) as port:
        transport = on_port(port)
        with pytest.raises(LostError):
            get(transport)
        transport.close()


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"])
def test_a_dripping_server_is_late(head: bytes) -> None:
    """One byte now and then does not keep a request alive for ever."""

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        while True:  # until the other side hangs up
            connection.sendall(b"H")
            time.sleep(0.05)

    with rude(drip) as port:
        transport, started = on_port(port, seconds=0.4), time.monotonic()
        with pytest.raises(LostError):
            get(transport)
        assert time.monotonic() - started < 10.0
        transport.close()


def test_nobody_waits_for_what_only_tells_once_the_program_is_to_end() -> None:
    """A read under way is left, a write gets some seconds to say what became of it (S-57)."""
    stop = threading.Event()

    def late(connection: socket.socket) -> None:
        asked = connection.recv(65536)
        stop.set()
        if asked.startswith(b"POST"):
            time.sleep(0.5)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        connection.recv(1)  # until the other side hangs up

    with rude(late) as port:
        transport = Transport(f"http://127.0.0.1:{port}/v2/", seconds=20.0, stop=stop)
        with pytest.raises(LostError):
            get(transport)
        stop.clear()
        assert transport.request("POST", "customers", headers={}).text == "{}"
        transport.close()


def test_a_request_without_time_left_is_not_sent() -> None:
    """A deadline that has passed before connecting sends nothing."""
    transport = Transport("http://127.0.0.1:9/v2/", seconds=0.0)
    with pytest.raises(NotSentError):
        get(transport)
    transport.close()


@respx.mock
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error(transport: Transport, status: int) -> None:
    """The token does not travel to another address."""
    respx.get(f"{BASE}customers").respond(status, headers={"Location": "https://evil.example.com/"})
    elsewhere = respx.get("https://evil.example.com/")
    with pytest.raises(UnusableError, match="redirect"):
        get(transport)
    assert not elsewhere.called


@respx.mock
def test_a_packed_answer_is_not_unpacked(transport: Transport) -> None:
    """A small packed body that holds hundreds of megabytes does no harm."""
    respx.get(f"{BASE}customers").respond(
        content=gzip.compress(b"0" * 10_000_000), headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(UnusableError, match="packed"):
        get(transport)


def test_an_endless_answer_is_cut_off() -> None:
    """Memory is not filled by whoever answers."""
    with rude(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"0" * 5000)) as port:
        transport = Transport(f"http://127.0.0.1:{port}/", max_bytes=1000)
        with pytest.raises(UnusableError, match="larger than"):
            get(transport)
        transport.close()


@respx.mock
def test_an_answer_that_is_not_text_is_unusable(transport: Transport) -> None:
    """Bytes that no text begins with are not guessed at."""
    respx.get(f"{BASE}customers").respond(content=b"\xff\xfe\xff")
    with pytest.raises(UnusableError, match="text"):
        get(transport)


@respx.mock
def test_a_page_for_people_is_recognised(transport: Transport) -> None:
    """A maintenance page is not taken for data."""
    respx.get(f"{BASE}customers").respond(html="<html>Soon back</html>")
    assert get(transport).is_html


@pytest.mark.parametrize("path", ["https://evil.example.com/", "//evil.example.com/", "../v1/x", "/other"])
def test_no_address_but_its_own(transport: Transport, path: str) -> None:
    """Whatever an id or a link holds, requests stay where they belong."""
    with pytest.raises(ConfigurationError):
        get(transport, path)


@pytest.mark.parametrize(
    "address",
    [
        *("http://api.example.com/v2/", "ftp://api.example.com/", "api.example.com", "https://", "https://a:b@x/"),
        *("https://x/?a=b", "https://x/#a", "http://127.0.0.1.example.com/", "https://x:port/", ""),
    ],
)
def test_an_unsafe_address_is_refused(address: str) -> None:
    """Plain http leaves the machine for nobody, and a password does not belong in an address."""
    with pytest.raises(ConfigurationError):
        Transport(address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/x", "http://localhost/x/", "http://[::1]/", "https://x.se"])
def test_loopback_and_https_are_fine(address: str) -> None:
    """A missing slash at the end is added."""
    transport = Transport(address)
    assert transport._base.path.endswith("/")
    transport.close()


@respx.mock
def test_nothing_secret_is_said(transport: Transport, caplog: pytest.LogCaptureFixture) -> None:
    """Neither log, error text nor representation shows a token, a body or what was searched for."""
    caplog.set_level(logging.DEBUG)
    respx.get(f"{BASE}customers").respond(text="Svensson")
    reply = get(transport)
    respx.get(f"{BASE}customers").mock(side_effect=httpx.ReadTimeout("Bearer very-secret-token Svensson"))
    with pytest.raises(TransportError) as caught:
        get(transport)
    said = f"{caplog.text} {transport!r} {reply!r} {caught.value!r}"
    assert "secret" not in said
    assert "Svensson" not in said
    assert caught.value.__cause__ is None


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable in somebody's shell does not divert the books."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    with rude(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")) as port:
        transport = on_port(port)
        assert get(transport).text == "{}"
        transport.close()


def test_a_slow_start_of_tls_is_bounded() -> None:
    """A server that accepts and then says nothing is given up within the request's own time."""

    def listen(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with rude(listen) as port:
        transport, started = on_port(port, scheme="https", seconds=0.3), time.monotonic()
        with pytest.raises(NotSentError):
            get(transport)
        assert time.monotonic() - started < 10.0
        transport.close()
