"""A small HTTP/1.1 server on loopback, the same for every simulated vendor.

Keep-alive, no Nagle delay, head and body in one write, a log of every exchange, and a
place where faults strike. Paths under ``/control/`` are neither logged nor faulted.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from typing_extensions import override

from syncd.sandbox.faults import Faults
from syncd.sandbox.striking import carry_out
from syncd.sandbox.wire import Answer, Call, Request, RequestLog

if TYPE_CHECKING:
    from datetime import datetime

    from syncd.sandbox.clock import Clock
    from syncd.sandbox.wire import App

LOOPBACK = "127.0.0.1"
LOGGED_TEXT = 100_000  # characters of an answer that the log keeps
LOGGED_LINES = 100_000


def reason(status: int) -> str:
    """The words after the status number; none for numbers nobody registered."""
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""


def wire_bytes(answer: Answer) -> bytes:
    """Head and body in one piece; half of it when the answer is to be cut."""
    body = answer.body.encode("utf-8", "replace")
    head = {
        "Content-Type": answer.content_type,
        "Content-Length": str(len(body)),
        "Date": formatdate(usegmt=True),
        **answer.headers,
    }
    lines = [f"HTTP/1.1 {answer.status} {reason(answer.status)}"]
    lines += [f"{name}: {value}" for name, value in head.items()]
    text = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return text + (body[: len(body) // 2] if answer.cut else body)


class Handler(BaseHTTPRequestHandler):
    """Reads one request after the other from one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    @override
    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    @override
    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    @override
    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing; the request log is the record."""

    def _exchange(self) -> None:
        answer = self.server.exchange(self._read())
        if answer.silent or answer.cut:
            self.close_connection = True
        if not answer.silent:
            self.wfile.write(wire_bytes(answer))

    def _read(self) -> Call:
        path, _, raw_query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace") if length else ""
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, unquote(path), raw_query, headers, body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _exchange  # noqa: N815  the base class's names


class Listener(ThreadingHTTPServer):
    """Accepts on loopback only, a thread per connection."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, server: HttpServer) -> None:
        self.owner = server
        self.connections: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), Handler)

    def exchange(self, call: Call) -> Answer:
        """Answer one call."""
        return self.owner.exchange(call)

    def cut_all(self) -> None:
        """End every open connection."""
        for connection in tuple(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class HttpServer:
    """Log, faults and a vendor's application behind one port."""

    def __init__(self, app: App, clock: Clock, port: int = 0) -> None:
        self.app = app
        self.clock = clock
        self.port = port
        self.faults = Faults()
        self.requests = RequestLog()
        self.stopping = Event()
        self._listener: Listener | None = None
        self._thread: Thread | None = None

    def start(self) -> None:
        """Listen; after a stop, on the same port again."""
        self.stopping.clear()
        self._listener = Listener(self.port, self)
        self.port = self._listener.server_address[1]
        serve = self._listener.serve_forever
        self._thread = Thread(target=serve, args=(0.02,), name="sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Refuse new connections and end the open ones."""
        listener, thread = self._listener, self._thread
        self._listener = self._thread = None
        if listener is None or thread is None:
            return
        self.stopping.set()
        listener.shutdown()
        listener.cut_all()
        listener.server_close()
        thread.join()

    def exchange(self, call: Call) -> Answer:
        """Carry out one call, with the fault that is due, and write it to the log, also before a late answer."""
        if call.path.startswith("/control/"):
            return self.app.answer(call)
        at = self.clock.now()
        fault = self.faults.due(call)
        answer = carry_out(call, fault, self.app, self.stopping)
        self._note(call, answer, at=at, fault=fault.kind if fault else None)
        if answer.delay:
            self.stopping.wait(answer.delay)
        return answer

    def _note(self, call: Call, answer: Answer, *, at: datetime, fault: str | None) -> None:
        status = 0 if answer.silent else answer.status
        text = "" if answer.silent else answer.body[:LOGGED_TEXT]
        self.requests.append(Request(call.method, call.path, call.query, status, call.body or None, text, at, fault))
        del self.requests[:-LOGGED_LINES]
