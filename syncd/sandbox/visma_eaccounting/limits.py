"""The published limit: 600 calls a minute per client and address (facts §4)."""

from __future__ import annotations

import math
from threading import Lock
from typing import TYPE_CHECKING

from syncd.sandbox.visma_eaccounting.errors import QuotaError

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.world import World


class RateLimit:
    """Counts calls in windows that begin with the first of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lock = Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def count(self, address: str, endpoint: str) -> None:
        """Count one call, or refuse it with the seconds that are left of the window."""
        switches = self.world.switches
        key = address if switches.rate_paths == "path" else endpoint
        now = self.world.clock.monotonic()
        with self._lock:
            start, calls = self._windows.get(key, (now, 0))
            if now - start >= switches.rate_window:
                start, calls = now, 0
            self._windows[key] = (start, calls + 1)
        if calls >= switches.rate_limit:
            left = math.ceil(start + switches.rate_window - now)
            raise QuotaError(switches.rate_limit, left, header=switches.retry_after_header)

    def clear(self) -> None:
        """Start all windows anew."""
        with self._lock:
            self._windows.clear()
