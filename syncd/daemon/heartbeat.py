"""The heartbeat: a job of the scheduler itself, which tells systemd that all is well only when all is well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from syncd.daemon.scheduler import Chore

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.daemon.pulse import Pulse
    from syncd.daemon.systemd import Notifier

SLOWEST = 10.0
_MISSED_BEATS = 6
_BEATS_A_WATCHDOG = 4

_log = structlog.get_logger("syncd.daemon")


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Beats as long as the schedule runs. ``standing`` says in words what goes on."""

    pulse: Pulse
    notifier: Notifier
    standing: Callable[[], str]

    @property
    def every(self) -> float:
        """Seconds between two beats: several in the time that systemd allows."""
        watchdog = self.notifier.watchdog_seconds
        return min(SLOWEST, watchdog / _BEATS_A_WATCHDOG) if watchdog else SLOWEST

    def chore(self) -> Chore:
        """The heartbeat as a job."""
        return Chore("heartbeat", timedelta(seconds=self.every), self.beat)

    def beat(self) -> None:
        """Feed the watchdog, unless somebody has not shown up in time."""
        self.pulse.beat("schedule", self.every * _MISSED_BEATS)
        late = self.pulse.late()
        if late:
            _log.error("daemon.stuck", late=list(late))
            self.notifier.tell(f"STATUS=Stuck: {', '.join(late)}")
            return
        self.notifier.tell("WATCHDOG=1", f"STATUS={self.standing()}")
