"""The HTTP listener of the process: uvicorn in a thread of its own, on a port of loopback or on a Unix socket.

Whatever else the process offers over HTTP (console, API) is mounted on the same application.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
import uvicorn

from syncd.daemon.scheduler import Chore
from syncd.daemon.unixsocket import listening

if TYPE_CHECKING:
    from starlette.types import ASGIApp

AGAIN = timedelta(seconds=30)
"""How often a place that was taken is tried again."""

GOING = 2.0
"""Seconds for answers that are being given when the service ends."""

_BACKLOG = 128

_log = structlog.get_logger("syncd.daemon")

Place = tuple[str, int] | Path
"""An address and a port (0: any), or a Unix socket."""


@dataclass
class Listener:
    """Serves an application. A place that cannot be had is told and tried again: the schedule does not wait for it."""

    application: ASGIApp
    place: Place | None
    again: timedelta = AGAIN
    at: str | None = None
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    name = "web"

    def start(self) -> None:
        """Begin, if the place can be had."""
        self.listen()

    def chore(self) -> Chore:
        """Trying again, as a job."""
        return Chore("listener", self.again, self.listen)

    def listen(self) -> None:
        """Listen, unless that is being done; a server that has died is replaced."""
        with self._lock:
            if self.place is None or self._stopped or (self._thread is not None and self._thread.is_alive()):
                return
            try:
                taken = _taken(self.place)
            except OSError as error:
                _log.error("web.not_listening", place=_shown(self.place), error=error.strerror or type(error).__name__)
                return
            self.at = _shown(self.place if isinstance(self.place, Path) else taken.getsockname()[:2])
            self._server = uvicorn.Server(_config(self.application))
            self._thread = threading.Thread(target=self._server.run, args=([taken],), name="web", daemon=True)
            self._thread.start()
        _log.info("web.listening", place=self.at)

    def stop(self) -> None:
        """End, letting answers be given to their end."""
        with self._lock:
            self._stopped = True
            if self._server is None or self._thread is None:
                return
            self._server.should_exit = True
            self._thread.join(GOING * 2)
        if isinstance(self.place, Path):
            self.place.unlink(missing_ok=True)


def _config(application: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=int(GOING),
    )


def _taken(place: Place) -> socket.socket:
    if isinstance(place, Path):
        return listening(place, 0o660)
    family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
    return socket.create_server(place, family=family, backlog=_BACKLOG)


def _shown(place: Place) -> str:
    if isinstance(place, Path):
        return f"unix:{place}"
    host = f"[{place[0]}]" if ":" in place[0] else place[0]
    return f"http://{host}:{place[1]}"
