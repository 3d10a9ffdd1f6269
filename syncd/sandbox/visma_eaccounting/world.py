"""What all companies of one sandbox share: the clock and the switches."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncd.sandbox.clock import Clock
from syncd.sandbox.visma_eaccounting.switches import Switches


@dataclass
class World:
    """The clock and the switches, which a test may replace at run time."""

    clock: Clock = field(default_factory=Clock)
    switches: Switches = field(default_factory=Switches)

    def stamp(self) -> str:
        """The stamp of one change, as fine as the switches say."""
        return self.clock.stamp(coarse=self.switches.coarse_stamps)
