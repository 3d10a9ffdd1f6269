"""What the console is given to work with, by whoever puts the process together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from syncd.services.logins.entering import Guesses
from syncd.services.logins.sessions import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.clock import Clock
    from syncd.ports.files import Shelf
    from syncd.ports.queue import RunQueue
    from syncd.ports.work import Store
    from syncd.register.files import FileRules
    from syncd.services.connections import Connect
    from syncd.services.consents import Consents
    from syncd.services.logins.elsewhere import Elsewhere, Sealer
    from syncd.services.register.foreign import LedByAccounting
    from syncd.values.capabilities import Capabilities


class Stage(Protocol):
    """How far a run has come."""

    @property
    def stage(self) -> str:
        """What it does."""
        ...

    @property
    def done(self) -> int:
        """How many are done."""
        ...

    @property
    def total(self) -> int | None:
        """Of how many, where that is known."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """One process.

    ``standing`` tells where a group stands, ``stage`` how far a connection's run here has come; ``wake`` makes the
    workers look at the line. ``holds`` tells what an accounting system can hold, ``led`` which fields accounting leads.
    ``connect`` opens a connector, ``consents`` are those under way. ``shelf`` holds attached files, ``rules`` say which
    are taken. ``elsewhere``: where people log in, if not here alone; ``sealer`` seals what a browser keeps meanwhile.
    """

    store: Store
    queue: RunQueue
    clock: Clock
    standing: Callable[[int], dict[str, Any]]
    stage: Callable[[int], Stage | None]
    wake: Callable[[], object]
    holds: Callable[[str], Capabilities]
    led: LedByAccounting
    shelf: Shelf
    rules: FileRules
    connect: Connect
    consents: Consents
    limits: Limits = field(default_factory=Limits)
    guesses: Guesses = field(default_factory=Guesses)
    public_url: str | None = None
    elsewhere: Elsewhere | None = None
    sealer: Sealer | None = None
    time_zone: str = "UTC"
