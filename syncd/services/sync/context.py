"""What every stage of a run holds in its hands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from syncd.errors import StopError
from syncd.ports.records import Author, ConnectionInfo
from syncd.services.once import at_once
from syncd.services.sync.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from syncd.engine.footprint import Footprint
    from syncd.engine.guard import Limits
    from syncd.engine.lines import Line
    from syncd.engine.reference import ReferenceRules
    from syncd.engine.rules import Rules
    from syncd.ports import Connector
    from syncd.ports.queue import Order
    from syncd.ports.records import IntentInfo
    from syncd.ports.work import Store, Work
    from syncd.values.records import RemoteRecord


T = TypeVar("T")

REFERENCES = "references"
"""What an undo takes back that is about no single run: every reference that still stands as written (S-34)."""


class InterruptedRunError(StopError):
    """Somebody asked the run to stop; the next run continues."""

    code = "interrupted"
    exit_code = 143


class Stop(Protocol):
    """Whether the run was asked to stop (an event that a signal sets)."""

    def is_set(self) -> bool:
        """Whether to stop now."""
        ...


class Progress(Protocol):
    """Hears how far a run has come; ``total`` is None while nobody knows."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Tell."""
        ...


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo takes back: the lines of run ``run``'s report, or (0) every reference that still stands.

    ``footprints`` are what the run did, by the key of the pair as it is now: where somebody acts meanwhile, the pair
    is judged anew from them. ``asked`` are the fields about which a question waits, by the same key.
    """

    run: int
    lines: tuple[Line, ...] = ()
    footprints: dict[str, Footprint] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def references(self) -> bool:
        """Whether documents are part of it."""
        return not self.run or any(line.target == "document" for line in self.lines)


@dataclass(slots=True)
class RunContext:
    """One run. ``counter`` numbers the connection's runs.

    ``full`` lists everything, ``everything`` also compares pairs that look in step (the rules changed), ``careful``
    removes nothing (the database may be older than the world). ``shown`` are the remote customers that a whole listing
    showed, ``listed`` how many any listing did. ``lines`` is the report so far, ``waiting`` the subjects
    of conflicts found pending, ``heard`` those whose answers the plan knew, ``asked`` the questions the run leaves,
    ``again`` what the next run must look at again.
    ``undoing`` is what an undo takes back. ``doubts`` are customers that were sent without an answer, each with the new
    record that may be it and the run that sent it; ``unsought`` are those of whom that cannot be told yet, ``lost`` are
    creates that were not found and then sent again. ``moved`` names the fields that
    stood in another place of accounting when everything was compared last: what was agreed on there says nothing about
    the new place.
    """

    store: Store
    connector: Connector
    connection: ConnectionInfo
    order: Order
    rules: Rules
    limits: Limits
    references: ReferenceRules | None
    stop: Stop
    progress: Progress
    seconds: Callable[[], float]
    run_id: int = 0
    counter: int = 0
    full: bool = False
    everything: bool = False
    listed: int = 0
    shown: Sightings = field(default_factory=Sightings)
    listed_total: int | None = None
    restored: bool = False
    careful: bool = False
    rejected_ids: frozenset[str] = frozenset()
    complete: bool = True
    lines: list[Line] = field(default_factory=list)
    waiting: frozenset[str] = frozenset()
    heard: frozenset[int] = frozenset()
    asked: set[tuple[str, str, str]] = field(default_factory=set)
    undoing: Undoing | None = None
    moved: frozenset[str] = frozenset()
    again: set[tuple[str, str]] = field(default_factory=set)
    doubts: dict[int, tuple[str, int]] = field(default_factory=dict)
    unsought: set[int] = field(default_factory=set)
    lost: tuple[IntentInfo, ...] = ()

    @property
    def id(self) -> int:
        """The connection's id."""
        return self.connection.id

    @property
    def whole(self) -> bool:
        """Whether the run brings the whole connection in step: not one customer, and no undo."""
        return self.order.customer is None and self.order.undoes is None

    @property
    def reads_documents(self) -> bool:
        """Whether documents are looked at: *our reference* is on, or an undo has written references to take back."""
        return self.undoing.references if self.undoing is not None else self.references is not None

    @property
    def author(self) -> Author:
        """How this run signs its changes to the register."""
        return Author(f"sync:{self.connection.name}", self.run_id, self.id)

    def check_stop(self) -> None:
        """Leave between two steps when asked to."""
        if self.stop.is_set():
            raise InterruptedRunError("the run was interrupted", remedy="The next run continues where it stopped.")

    def at_once(self, act: Callable[[Work], T]) -> T:
        """A transaction of nothing but the database, committed with what it says in the report."""
        said, asked = len(self.lines), frozenset(self.asked)

        def afresh(work: Work) -> T:
            del self.lines[said:]
            self.asked.intersection_update(asked)
            work.hold()
            result = act(work)
            work.commit()
            return result

        return at_once(self.store, afresh)

    def say(self, work: Work, *lines: Line, since: float | None = None) -> None:
        """Write lines to the run's report, in the transaction of what they tell."""
        taken = self.seconds() - since if since is not None else None
        self.say_timed(work, [(line, taken) for line in lines])

    def say_timed(self, work: Work, lines: Sequence[tuple[Line, float | None]]) -> None:
        """The same of many writes, each with the seconds that it took."""
        work.runs.add_lines(self.run_id, len(self.lines), lines)
        self.lines += [line for line, _ in lines]

    def follow(self, work: Work, subject: str, customer_id: int) -> None:
        """A record got its customer: conflicts known under the old subject follow it."""
        renamed = f"customer:{customer_id}"
        if subject != renamed and (subject in self.waiting or any(key[0] == subject for key in self.asked)):
            work.conflicts.rename(self.id, subject, renamed, customer_id)

    def put(self, work: Work, *records: RemoteRecord) -> None:
        """Store records just read or written."""
        work.mirrors.put(self.id, records, self.counter)
