"""How far a run has come: a bar for each of its stages, on a terminal and only when it takes a while."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from syncd.cli.output import progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.cli.output import Advance
    from syncd.services.sync.context import Progress

_STAGES = {
    "settle": "Settling what the last run left",
    "read": "Reading from accounting",
    "compare": "Comparing",
    "write": "Writing",
}


class _Stages:
    """One bar after the other; a new stage takes the place of the last one."""

    def __init__(self, bars: ExitStack) -> None:
        self._bars = bars
        self._stage: str | None = None
        self._advance: Advance | None = None

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Tell how far a stage has come."""
        if stage != self._stage or self._advance is None:
            self._bars.close()
            self._stage, self._advance = stage, self._bars.enter_context(progress(_STAGES.get(stage, stage)))
        self._advance(done, total)


@contextmanager
def stages() -> Iterator[Progress]:
    """Show the stages of a run while it goes on."""
    with ExitStack() as bars:
        yield _Stages(bars)
