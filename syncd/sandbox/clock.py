"""The simulated server's own clock: settable, and the only place that reads the machine's.

Stamps have seven decimals and a ``Z`` like the vendor's ``ServerTimeUtc`` sample
(``2018-06-21T16:23:13.1083743Z``) and never repeat, unless the caller asks for coarse ones.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICKS = 10_000_000  # per second; seven decimals


def ticks_of(moment: datetime) -> int:
    """Whole 100-nanosecond steps since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1) * 10


def text_of(ticks: int) -> str:
    """The stamp as the vendor writes it."""
    seconds, rest = divmod(ticks, TICKS)
    return f"{EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{rest:07d}Z"


class Clock:
    """Time on the other side of the wire; runs by real time unless frozen."""

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = RLock()
        self._skew = timedelta(0)
        self._frozen: datetime | None = None
        self._advanced = 0.0
        self._last = 0
        self._held: int | None = None
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """The time here, in UTC."""
        return self._frozen or datetime.now(UTC) + self._skew

    def set(self, moment: datetime) -> None:
        """Jump to `moment`, forwards or backwards, and run on from there unless frozen."""
        with self._lock:
            self._skew = moment.astimezone(UTC) - datetime.now(UTC)
            if self._frozen is not None:
                self._frozen = moment.astimezone(UTC)
            ticks = ticks_of(moment)
            if not ticks <= self._last < ticks + TICKS:  # else stamps already given out would come again
                self._last = ticks - 1

    def advance(self, seconds: float) -> None:
        """Jump ahead; rate limits and token lifetimes notice it too."""
        with self._lock:
            self._advanced += seconds
            self.set(self.now() + timedelta(seconds=seconds))

    def freeze(self, moment: datetime | None = None) -> None:
        """Stand still, at `moment` or where the clock is."""
        with self._lock:
            self._frozen = self.now()
            if moment is not None:
                self.set(moment)

    def resume(self) -> None:
        """Run by real time again from where the clock stands."""
        with self._lock:
            moment, self._frozen = self.now(), None
            self.set(moment)

    def monotonic(self) -> float:
        """Seconds that never run backwards, for windows and waiting."""
        return time.monotonic() + self._advanced

    def server_time(self) -> str:
        """Now as a stamp, never older than a stamp already given out."""
        with self._lock:
            return text_of(max(ticks_of(self.now()), self._last))

    def stamp(self, *, coarse: bool = False) -> str:
        """The stamp for one change: a new one each time, or whole seconds when coarse."""
        with self._lock:
            if self._held is not None:
                return text_of(self._held)
            now = ticks_of(self.now())
            if coarse:
                return text_of(now - now % TICKS)
            self._last = max(now, self._last + 1)
            return text_of(self._last)

    @contextmanager
    def one_stamp(self) -> Iterator[None]:
        """Give every change inside the block the same stamp, like one bulk import."""
        with self._lock:
            self._last = max(ticks_of(self.now()), self._last + 1)
            self._held = self._last
        try:
            yield
        finally:
            self._held = None
