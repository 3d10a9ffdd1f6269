"""SIGTERM and SIGINT during a run: the first one lets it finish its step, the second one ends it at once (S-57)."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """Which signal came, if one did."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._came: int | None = None
        self.before: dict[signal.Signals, signal._HANDLER] = {}

    @property
    def exit_code(self) -> int | None:
        """The exit code that the signal stands for; None while nobody asked to stop."""
        return None if self._came is None else 128 + self._came

    def asked(self, number: int, _frame: FrameType | None) -> None:
        """Let the current step finish; whoever asks again does not want to wait."""
        self._came = number
        self._stop.set()
        self.restore()

    def restore(self) -> None:
        """Let signals mean what they meant before."""
        while self.before:
            signal.signal(*self.before.popitem())


@contextmanager
def stopping(stop: threading.Event) -> Iterator[Stopping]:
    """Set ``stop`` on the first signal."""
    state = Stopping(stop)
    if threading.current_thread() is threading.main_thread():
        state.before = {number: signal.signal(number, state.asked) for number in _SIGNALS}
    try:
        yield state
    finally:
        state.restore()
