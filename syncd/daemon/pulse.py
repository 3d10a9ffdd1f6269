"""Signs of life: whoever works must show up again within a time of its own, or the whole daemon counts as stuck."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pulse:
    """Who has to show up by when. ``seconds`` is a monotonic clock."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._due: dict[str, float] = {}
        self._lock = threading.Lock()

    def beat(self, name: str, allowed: float) -> None:
        """Show up; the next time is in ``allowed`` seconds at the latest."""
        with self._lock:
            self._due[name] = self._seconds() + allowed

    def rest(self, name: str) -> None:
        """The work is done; nobody waits for another sign."""
        with self._lock:
            self._due.pop(name, None)

    def late(self) -> tuple[str, ...]:
        """Who should have shown up by now."""
        now = self._seconds()
        with self._lock:
            return tuple(sorted(name for name, due in self._due.items() if due < now))


class WatchedStop:
    """The event that ends runs, as one run sees it: each look at it is a sign of life."""

    def __init__(self, stop: threading.Event, beat: Callable[[float], None]) -> None:
        self._stop = stop
        self._beat = beat

    def is_set(self) -> bool:
        """Whether to stop now."""
        self._beat(0.0)
        return self._stop.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told to stop, at most ``timeout`` seconds; so long nothing else is heard of the run."""
        self._beat(timeout or 0.0)
        return self._stop.wait(timeout)
