"""One daemon per database: the second one is told so and ends."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.errors import LockedError

if TYPE_CHECKING:
    from syncd.ports.work import Store

PATIENCE = 3.0
"""Seconds for one that is just ending."""


@dataclass
class Alone:
    """Holds the database's place for a daemon; the system gives it back when this process dies."""

    store: Store
    patience: float = PATIENCE
    _held: ExitStack = field(default_factory=ExitStack)

    name = "alone"

    def start(self) -> None:
        """Take the place. Raises ``LockedError`` when another daemon has it."""
        if not self._held.enter_context(self.store.lock("daemon", wait=self.patience)):
            raise LockedError(
                "another daemon works on this database",
                remedy="One is enough: `syncd status` shows it. Stop it first, or give this one a database of its own.",
                code="second_daemon",
            )

    def stop(self) -> None:
        """Give the place back."""
        self._held.close()
