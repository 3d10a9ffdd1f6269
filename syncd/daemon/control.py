"""The control socket: who may open it is the file system's matter, who is at the other end the system's word."""

from __future__ import annotations

import os
import pwd
import selectors
import socket
import struct
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from syncd.daemon.desk import Peer
from syncd.daemon.protocol import LONGEST_ASK, ProtocolError, line_of, read_ask, refusal
from syncd.daemon.unixsocket import listening
from syncd.errors import ConfigurationError, SyncdError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from syncd.daemon.desk import Desk
    from syncd.daemon.protocol import Tell

MOST = 64
"""People who are listened to at a time."""

_ASKING = 10.0
"""Seconds in which somebody who connects must have asked, and must take each answer."""

_GOING = 1.0
"""Seconds for everybody to go when the service ends."""

_CREDENTIALS = struct.Struct("3i")

_log = structlog.get_logger("syncd.daemon")


@dataclass
class Control:
    """Listens for people. ``given`` is a socket that systemd opened; else one is made at ``path``."""

    path: Path
    desk: Desk
    given: socket.socket | None = None
    most: int = MOST
    patience: float = _ASKING
    _people: set[threading.Thread] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    name = "control"

    def start(self) -> None:
        """Begin to listen. Raises ``ConfigurationError`` for a path that cannot be used."""
        self._listener = self.given if self.given is not None else _made(self.path)
        self._ears, self._mouth = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="control", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send everybody home. Orders stay in line; systemd keeps its socket, and who comes meanwhile waits there."""
        self.desk.closing.set()
        if not hasattr(self, "_thread"):
            return
        self._mouth.close()
        end = time.monotonic() + _GOING
        for thread in (self._thread, *self._present()):
            thread.join(max(0.0, end - time.monotonic()))
        self._ears.close()
        self._listener.close()
        if self.given is None:
            self.path.unlink(missing_ok=True)

    def _present(self) -> list[threading.Thread]:
        with self._lock:
            return list(self._people)

    def _listen(self) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._listener, selectors.EVENT_READ)
            waiting.register(self._ears, selectors.EVENT_READ)
            while not self.desk.closing.is_set():
                ready = {key.fileobj for key, _ in waiting.select()}
                if self._listener in ready and not self.desk.closing.is_set():
                    self._welcome()

    def _welcome(self) -> None:
        try:
            person, _ = self._listener.accept()
        except OSError as error:
            _log.warning("control.unheard", error=type(error).__name__)
            return
        thread = threading.Thread(target=self._attend, args=(person,), name="person", daemon=True)
        with self._lock:
            room = len(self._people) < self.most
            if room:
                self._people.add(thread)
        if room:
            thread.start()
        else:
            with closing(person):
                person.settimeout(self.patience)
                _send(person, refusal(_crowded()))

    def _attend(self, person: socket.socket) -> None:
        try:
            with closing(person):
                person.settimeout(self.patience)
                for told in self._answers(person):
                    if not _send(person, told):
                        return
        finally:
            with self._lock:
                self._people.discard(threading.current_thread())

    def _answers(self, person: socket.socket) -> Iterator[Tell]:
        try:
            ask = read_ask(_line(person))
            yield from self.desk.answer(ask, peer_of(person))
        except SyncdError as error:
            yield refusal(error)
        except OSError:
            return  # gone, or silent for too long
        except Exception:  # noqa: BLE001 - one person's question must not end the service
            _log.exception("control.broken")
            yield refusal(_broken())


def peer_of(person: socket.socket, name_of: Callable[[int], str] | None = None) -> Peer:
    """Who is at the other end (SO_PEERCRED)."""
    packed = person.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(packed)
    return Peer((name_of or _name)(user), trusted=user in {0, os.geteuid()})


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _line(person: socket.socket) -> bytes:
    """What is asked, up to the end of its line."""
    heard = b""
    while b"\n" not in heard:
        more = person.recv(LONGEST_ASK)
        heard += more
        if not more or len(heard) > LONGEST_ASK:
            raise ProtocolError("the question has no end")
    return heard.partition(b"\n")[0]


def _send(person: socket.socket, told: Tell) -> bool:
    """Whether it was taken; who has gone listens no more."""
    try:
        person.sendall(line_of(told))
    except OSError:
        return False
    return True


def _made(path: Path) -> socket.socket:
    """A socket of our own, for its owner alone."""
    try:
        return listening(path, 0o600)
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigurationError(
            f"control.socket: {path} cannot be used: {why}",
            remedy="Choose a short path in a folder that may be written, one for each daemon.",
        ) from error


def _crowded() -> SyncdError:
    return SyncdError("the daemon listens to too many people", remedy="Try again in a moment.", code="crowded")


def _broken() -> SyncdError:
    return SyncdError("the daemon met a fault of its own", remedy="Its log tells more; please report it.", code="fault")
