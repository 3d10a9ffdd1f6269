"""A request that stands still, so that what happens meanwhile needs no luck with the clock."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

SECONDS = 60
"""What a machine with much else to do needs at most to get there."""


@dataclass
class Pause:
    """A request that the accounting program leaves unanswered until it is told to go on."""

    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        self.reached.set()
        self.go_on.wait(SECONDS)

    def wait(self) -> None:
        """Until the request is there."""
        assert self.reached.wait(SECONDS)
