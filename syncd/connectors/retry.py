"""Trying again: how often, how long, and never longer than somebody wants to wait."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Protocol, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_exponential_jitter

from syncd.errors import StopError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Stop(Protocol):
    """Tells whether the program is about to end; ``threading.Event`` is one."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told to stop, at most ``timeout`` seconds; True when told."""
        ...

    def is_set(self) -> bool:
        """Whether to stop now."""
        ...


LONG = 1.0
"""Seconds from which on somebody wants to know that a wait begins."""


class Telling:
    """A stop that has something done before a long wait begins."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self.before: Callable[[], None] = _nothing

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told to stop, at most ``timeout`` seconds; True when told."""
        if timeout is None or timeout >= LONG:
            self.before()
        return self._stop.wait(timeout)

    def is_set(self) -> bool:
        """Whether to stop now."""
        return self._stop.is_set()


def _nothing() -> None:
    """Nothing is to be done."""


def never() -> Stop:
    """Nobody will ask to stop."""
    return Event()


def pause(stop: Stop, seconds: float) -> None:
    """Wait, unless the program is about to end. Raises ``StopError``."""
    if stop.wait(max(seconds, 0.0)):
        raise _told()


def go_on(stop: Stop) -> None:
    """Return unless the program is about to end: then nothing is begun. Raises ``StopError``."""
    if stop.is_set():
        raise _told()


def _told() -> StopError:
    return StopError("the run was told to stop", remedy="The next run goes on from here.", code="interrupted")


@dataclass(frozen=True, slots=True)
class Retry:
    """Exponential waits with jitter, ``first`` seconds and doubling, ended by attempts or by time."""

    attempts: int = 4
    first: float = 0.5
    longest: float = 4.0
    total: float = 10.0

    def run(self, act: Callable[[], T], again_on: tuple[type[Exception], ...], stop: Stop) -> T:
        """Act until it succeeds; in the end the last error comes out as it was."""
        retrying = Retrying(
            retry=retry_if_exception_type(again_on),
            stop=stop_after_attempt(self.attempts) | stop_after_delay(self.total),
            wait=wait_exponential_jitter(multiplier=self.first, max=self.longest, jitter=self.first / 2),
            sleep=lambda seconds: pause(stop, seconds),
            reraise=True,
        )
        return retrying(act)
