"""The journal of writes: what is about to be sent, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from syncd.ports.records import Intended, IntentInfo


class Journal(Protocol):
    """Reads and writes intents."""

    def intend(self, connection_id: int, run_id: int, writes: Sequence[Intended]) -> list[int]:
        """Note writes that are about to be sent; returns their ids. A create that is sent again was lost before."""
        ...

    def settle(self, intents: Iterable[int], outcome: str) -> None:
        """The outcome of these is known: ``done``, ``not_done`` or ``refused``."""
        ...

    def forget(self, before: str, most: int) -> bool:
        """Forget what was sent by writes that were settled before then: at most so many; whether there may be more."""
        ...

    def seek(self, intent_id: int) -> None:
        """A create was not found by its number: from now on it is looked for by what was sent."""
        ...

    def seek_again(self, connection_id: int, customer_id: int) -> bool:
        """The latest lost create of this customer may have arrived after all; returns whether there is one."""
        ...

    def open(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Intents whose outcome is not known yet, oldest first."""
        ...

    def sought(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Creates that were not found by their number and not sent again, oldest first."""
        ...

    def lost(self, connection_id: int) -> tuple[IntentInfo, ...]:
        """Creates that were not found and were sent again, oldest first."""
        ...
