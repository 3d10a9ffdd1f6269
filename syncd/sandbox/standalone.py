"""A simulated accounting system on its own: listens until it is told to stop."""

from __future__ import annotations

import signal
import threading
from threading import Event
from typing import TYPE_CHECKING

from syncd.sandbox.visma_eaccounting.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SYSTEMS = {"visma_eaccounting": Sandbox}
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class UnknownSystemError(LookupError):
    """There is no simulator of this accounting system."""

    def __init__(self, system: str) -> None:
        super().__init__(f"no sandbox for {system!r}; there is {', '.join(SYSTEMS)}")


def serve(
    system: str = "visma_eaccounting",
    port: int = 0,
    state: Path | None = None,
    faults: Path | None = None,
    ready: Callable[[Sandbox], object] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called with the sandbox once it listens."""
    if system not in SYSTEMS:
        raise UnknownSystemError(system)
    stop = Event()
    before = _on_signals(stop)
    try:
        with SYSTEMS[system](port=port, state=state) as sandbox:
            if faults is not None:
                sandbox.faults.load(faults)
            if ready is not None:
                ready(sandbox)
            stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _on_signals(stop: Event) -> dict[signal.Signals, signal._HANDLER]:
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {number: signal.signal(number, lambda *_: stop.set()) for number in SIGNALS}
