"""What the API works with, as bootstrap hands it over, and who is calling."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from syncd.register.access import sight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from syncd.ports.clock import Clock
    from syncd.ports.files import Shelf
    from syncd.ports.queue import RunQueue
    from syncd.ports.work import Store, Work
    from syncd.register.access import Actor
    from syncd.register.files import FileRules
    from syncd.services.register.foreign import LedByAccounting
    from syncd.values.capabilities import Capabilities


class Sealer(Protocol):
    """Makes a text unreadable and unchangeable for everybody else."""

    def wrap(self, text: str) -> str:
        """Seal a text."""
        ...

    def unwrap(self, sealed: str) -> str | None:
        """Read a sealed text; None for one that was not sealed here."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """What every answer needs.

    ``standing`` tells where a group stands, ``holds`` what an accounting system can hold; ``wake`` makes the workers
    look at the waiting line. Attached files lie on the ``shelf`` and are as the ``rules`` say.
    """

    store: Store
    queue: RunQueue
    clock: Clock
    seconds: Callable[[], float]
    sealer: Sealer
    led: LedByAccounting
    holds: Callable[[str], Capabilities]
    standing: Callable[[int], dict[str, Any]]
    wake: Callable[[], object]
    shelf: Shelf
    rules: FileRules


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a valid token, and the house that answers them."""

    house: House
    actor: Actor
    group_id: int

    def led(self) -> LedByAccounting:
        """Return who leads which field, read before a transaction begins: it is read in one of its own."""
        directions = self.house.led(self.group_id)
        return lambda _group_id: directions

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Open a unit of work that only reads, for the caller's eyes."""
        with self.house.store.reading() as work:
            work.show(sight(self.actor))
            yield work

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open a unit of work, for the caller's eyes."""
        with self.house.store.work() as work:
            work.show(sight(self.actor))
            yield work
