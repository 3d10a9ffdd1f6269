"""Not faster than the vendor allows, shared by every connection of one client id (S-44).

The vendor counts per client and address, whether ids in the path make separate addresses is unknown (FACTS §4):
counting per endpoint with the ids left open is right either way.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

from syncd.connectors.retry import pause
from syncd.errors import TryLaterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.connectors.retry import Stop

SHARE = 0.95
PATIENCE = 300.0
"""Seconds that one request waits in all for its turn before the run gives up."""
UNTOLD = 15.0
"""Seconds to wait after a refusal that names no time."""

_IN_TEXT = re.compile(r"try again in (\d+(?:\.\d+)?) second", re.IGNORECASE)


class Pacing:
    """The pace of one client id. Safe to share between threads."""

    def __init__(self, per_minute: int) -> None:
        self._rate: Final = Rate(max(1, int(per_minute * SHARE)), Duration.MINUTE)
        self._sent: dict[str, InMemoryBucket] = {}
        self._held: dict[str, float] = {}
        self._lock = threading.Lock()
        self.refusals = 0
        """How often the vendor asked for a pause."""

    def turn(self, endpoint: str, stop: Stop, patience: Patience) -> None:
        """Wait until a request to this endpoint may be sent. Raises ``TryLaterError``, ``StopError``."""
        while (seconds := self._ahead(endpoint)) > 0:
            patience.spend(seconds, stop)

    def hold(self, endpoint: str, seconds: float) -> None:
        """The vendor wants a pause: nobody asks this endpoint before it is over."""
        with self._lock:
            self.refusals += 1
            until = time.monotonic() + seconds
            self._held[endpoint] = max(until, self._held.get(endpoint, 0.0))

    def _ahead(self, endpoint: str) -> float:
        """The seconds until it is worth asking again; none when the turn was given."""
        with self._lock:
            held = self._held.get(endpoint, 0.0) - time.monotonic()
            return held if held > 0 else self._take(endpoint)

    def _take(self, endpoint: str) -> float:
        """Count a request of the last minute, or say when the oldest of them is a minute old.

        The bucket is used without the library's Limiter, which would start a thread for each endpoint.
        """
        bucket = self._sent.setdefault(endpoint, InMemoryBucket([self._rate]))
        now = int(time.monotonic() * 1000)
        bucket.leak(now)
        item = RateItem(endpoint, now)
        return 0.0 if bucket.put(item) else max(cast("int", bucket.waiting(item)), 1) / 1000


@dataclass(slots=True)
class Patience:
    """The waiting that one request is allowed."""

    left: float = PATIENCE

    def spend(self, seconds: float, stop: Stop) -> None:
        """Wait, or give up when it would be too long."""
        self.check(seconds)
        self.left -= seconds
        pause(stop, seconds)

    def check(self, seconds: float) -> None:
        """Give up at once when the vendor asks for more than is left."""
        if seconds > self.left:
            raise TryLaterError("the accounting system lets nobody in for too long: too many requests")


def told_wait(headers: Mapping[str, str], text: str) -> float:
    """How long a refusal asks us to wait: by header, else by its text (FACTS §4), else a guess."""
    header, in_text = headers.get("retry-after", "").strip(), _IN_TEXT.search(text)
    if header.isdecimal():
        return max(1.0, float(header))
    return max(1.0, float(in_text[1])) if in_text else UNTOLD
