"""What a piece of work cost the process that did it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Done:
    """What was done: requests sent, what was counted, how it ended and why."""

    requests: int
    counts: dict[str, int] = field(default_factory=dict)
    status: str = "succeeded"
    error: object = None


@dataclass(frozen=True)
class Measured:
    """Seconds of processor and of the clock; megabytes at most, and of these before the work began."""

    cpu: float
    wall: float
    peak: float
    before: float
    requests: int
    counts: dict[str, int]
    status: str
    error: object = None


def measure(work: Callable[[], Done]) -> Measured:
    """Do the work and say what it cost."""
    before, wall, cpu = memory("VmRSS"), time.perf_counter(), time.process_time()
    done = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Measured(cpu, wall, memory("VmHWM"), before, done.requests, done.counts, done.status, done.error)


def memory(what: str, process: int | str = "self") -> float:
    """What the system says of a process, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))
