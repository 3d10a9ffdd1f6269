"""The service from start to end: its parts are a list, started in order and stopped in reverse."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, Literal, Protocol

import structlog

from syncd.errors import ConfigurationError, SyncdError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from syncd.daemon.systemd import Notifier

Word = Literal["stop", "reload"]

_log = structlog.get_logger("syncd.daemon")


class Part(Protocol):
    """Something that the service consists of."""

    @property
    def name(self) -> str:
        """How it is called in the log."""
        ...

    def start(self) -> None:
        """Begin; returns once it is ready. Raises what must keep the service from starting."""
        ...

    def stop(self) -> None:
        """End, within the part's own patience."""
        ...


@dataclass
class Service:
    """Parts that run until somebody says stop. ``reload`` reads the configuration anew.

    ``stopping`` is set at once, so that what takes long ends while the parts are stopped one after the other.
    """

    parts: Sequence[Part]
    notifier: Notifier
    reload: Callable[[], None]
    stopping: Event = field(default_factory=Event)
    words: SimpleQueue[Word] = field(default_factory=SimpleQueue)

    def run(self) -> None:
        """Start, serve until told to stop, stop. Only for the main thread: it listens to signals."""
        with ExitStack() as started:
            self._listen(started)
            for part in self.parts:
                started.callback(self._ending, part)
                part.start()
            _log.info("daemon.ready")
            self.notifier.tell("READY=1")
            while self.words.get() != "stop":
                self._reload()
            self.stopping.set()
            _log.info("daemon.stopping")
            self.notifier.tell("STOPPING=1", "STATUS=Letting runs end between two steps")
        _log.info("daemon.stopped")

    def _listen(self, until: ExitStack) -> None:
        for number, word in _SIGNALS.items():
            before = signal.signal(number, lambda *_, word=word: self.words.put(word))
            until.callback(signal.signal, number, before)

    def _ending(self, part: Part) -> None:
        """One part that fails to end must not keep the others from ending."""
        try:
            part.stop()
        except Exception:  # noqa: BLE001 - see above
            _log.exception("part.broken", part=part.name)

    def _reload(self) -> None:
        self.notifier.reloading()
        try:
            self.reload()
            _log.info("config.reloaded")
        except ConfigurationError as error:
            _log.error("config.refused", problem=error.message)
        except SyncdError as error:
            _log.error("reload.failed", error=error.code)
        self.notifier.tell("READY=1")


_SIGNALS: dict[signal.Signals, Word] = {signal.SIGTERM: "stop", signal.SIGINT: "stop", signal.SIGHUP: "reload"}
