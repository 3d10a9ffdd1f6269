"""The unit of work and the way to it: what every use case needs of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from syncd.ports.register import RegisterWork

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from syncd.engine.state import Local
    from syncd.ports.conflicts import Conflicts
    from syncd.ports.connections import Connections
    from syncd.ports.journal import Journal
    from syncd.ports.links import Links
    from syncd.ports.mirror import Mirrors
    from syncd.ports.notices import ToldPort
    from syncd.ports.personal import PersonalPort
    from syncd.ports.queue import LinePort
    from syncd.ports.runs import Runs
    from syncd.ports.wishes import WishesPort


class Work(RegisterWork, Protocol):
    """One transaction over every repository. Nothing is written unless ``commit()`` is called."""

    def as_one(self) -> AbstractContextManager[None]:
        """Let what is committed inside wait for the end of the block: all of it becomes durable there, or nothing."""
        ...

    def hold(self) -> None:
        """Let no later run of the connection begin before the transaction ends; ``commit()`` does so, too.

        Raises a ``TryLaterError`` of code ``taken_over``: then a later run may have done already what is to be stored.
        """
        ...

    @property
    def line(self) -> LinePort:
        """The end of the waiting lines."""
        ...

    @property
    def wishes(self) -> WishesPort:
        """What programs asked for once."""
        ...

    @property
    def told(self) -> ToldPort:
        """What administrators were told."""
        ...

    @property
    def connections(self) -> Connections:
        """Connections and their tokens."""
        ...

    @property
    def mirrors(self) -> Mirrors:
        """What accounting last showed."""
        ...

    @property
    def links(self) -> Links:
        """Pairs, bases and the work list."""
        ...

    @property
    def conflicts(self) -> Conflicts:
        """Questions to people."""
        ...

    @property
    def runs(self) -> Runs:
        """Runs and their reports."""
        ...

    @property
    def journal(self) -> Journal:
        """Intents: writes to vendors, before and after."""
        ...

    @property
    def personal(self) -> PersonalPort:
        """Everything that is held on a customer."""
        ...


class Store(Protocol):
    """The way to the database: units of work and locks."""

    def fenced(self, connection_id: int, run: int) -> Store:
        """The same way for run number ``run`` of a connection alone.

        Once a later run was counted, ``commit()`` and ``check()`` raise a ``TryLaterError`` of code ``taken_over``.
        """
        ...

    def check(self, seen: Local | None = None) -> None:
        """Return while nothing keeps this store from writing, and the customer is as ``seen``.

        Raises ``ChangedMeanwhileError``, ``UnknownCustomerError``.
        """
        ...

    def give_way(self) -> None:
        """Let whoever waits to write go first."""
        ...

    def work(self) -> AbstractContextManager[Work]:
        """Open a unit of work; leaving it without ``commit()`` writes nothing."""
        ...

    def reading(self) -> AbstractContextManager[Work]:
        """Open a unit that only reads: it sees one moment and keeps no writer waiting."""
        ...

    def wipe(self) -> bool:
        """Let nothing that was deleted be read from the database's files; False where somebody keeps them busy."""
        ...

    def lock(self, name: str, *, wait: float = 0) -> AbstractContextManager[bool]:
        """Hold a lock by name across processes; the context yields whether it was got."""
        ...
