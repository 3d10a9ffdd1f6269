"""Orders: what somebody asks of a connection, and the waiting line in which orders stand until their run (S-53)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, Protocol

RunKind = Literal["incremental", "full", "customer"]
TicketState = Literal["waiting", "running", "done", "withdrawn"]

_WHO_ASKS = frozenset({"who", "trigger"})


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: ``kind`` None means incremental, or full where that is due.

    ``undoes`` names what is to be taken back instead: a run by its id, or ``references`` (S-34, S-56). ``shown`` is the
    held run whose plan an approval means (0: there was none); None: the latest one, whichever it is.
    """

    who: str
    kind: RunKind | None = None
    customer: str | None = None
    undoes: str | None = None
    dry_run: bool = False
    approve: bool = False
    trigger: str = "manual"
    shown: int | None = None

    @property
    def key(self) -> str:
        """What is asked for, whoever asks: orders with one key are answered by one run."""
        asked = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _WHO_ASKS}
        if asked["kind"] == "incremental":
            asked["kind"] = None
        said = [f"{name}={value}" for name, value in asked.items() if value not in {None, False}]
        return " ".join(said) or "incremental"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the waiting line.

    ``run_id`` is the run that answered it, once it is ``done``; ``claims`` counts who took it up so far, ``askers``
    who asked for it and has not left.
    """

    id: int
    connection_id: int
    order: Order
    state: TicketState
    run_id: int | None
    asked_at: str
    claims: int = 0
    askers: int = 1


class LinePort(Protocol):
    """The end of every waiting line, within a transaction."""

    def join(self, connection_id: int, order: Order) -> Ticket:
        """Stand in line; an order that waits already is joined, not added again."""
        ...


class RunQueue(Protocol):
    """The waiting line of every connection: one waiting ticket per key, oldest first.

    Every step is a transaction of its own and may be repeated. Only who holds the connection's lock may ``claim``; a
    ticket that is still running then belonged to somebody who died, and waits again. Somebody who lost the lock without
    noticing has no say in it any more.
    """

    def join(self, connection_id: int, order: Order) -> Ticket:
        """Stand in line; an order that waits already is joined, not added again."""
        ...

    def claim(self, connection_id: int, ticket_id: int | None = None) -> Ticket | None:
        """Take the oldest waiting ticket, or this one; None when it does not wait (any more)."""
        ...

    def finish(self, claimed: Ticket, run_id: int | None) -> None:
        """The ticket, as it was claimed, was carried out by this run (None: it ended in a fault)."""
        ...

    def release(self, claimed: Ticket) -> None:
        """The run was cut off: the ticket waits again, or goes where an equal one waits already."""
        ...

    def withdraw(self, ticket_id: int) -> None:
        """Leave the line; a ticket that is being carried out stays, and so does one that others asked for too."""
        ...

    def get(self, ticket_id: int) -> Ticket | None:
        """Look at a ticket; None when it was forgotten."""
        ...

    def pending(self) -> tuple[Ticket, ...]:
        """Every ticket that waits or runs, oldest first."""
        ...
