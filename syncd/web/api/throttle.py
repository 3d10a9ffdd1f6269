"""Wrong tokens are counted by the address they come from; an address with too many of them waits."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
REMEMBERED = 10_000
"""How many addresses, and how many tokens that were right, are remembered at most."""


@dataclass
class Throttle:
    """Lets ``most`` wrong tokens through per address and ``window`` of seconds; what was right before always passes."""

    seconds: Callable[[], float]
    most: int = 10
    window: float = 60.0
    _wrong: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)
    _right: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, address: str, token: str) -> float:
        """For how many seconds nobody looks at this token; 0 when it is looked at now."""
        with self._lock:
            times = self._recent(address)
            if token in self._right or len(times) < self.most:
                return 0
            return max(1.0, times[0] + self.window - self.seconds())

    def was_wrong(self, address: str, token: str) -> None:
        """Count a wrong token; one that was right has lost its privilege."""
        with self._lock:
            self._right.pop(token, None)
            times = self._recent(address)
            times.append(self.seconds())
            _remember(self._wrong, address, times)

    def was_right(self, token: str) -> None:
        """Let this token pass from now on, whoever else comes from its address."""
        with self._lock:
            _remember(self._right, token, None)

    def _recent(self, address: str) -> deque[float]:
        times = self._wrong.get(address, deque(maxlen=self.most))
        while times and times[0] <= self.seconds() - self.window:
            times.popleft()
        return times


def _remember(memory: OrderedDict[str, T], key: str, value: T) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
