"""Many writes in a row: their intents are one commit, their outcomes another, at least every second (S-41, S-57).

A customer's own order is kept, and so is the order of the plan: one request is on its way at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from syncd.errors import CustomerError, RefusedError, StopError
from syncd.services.sync.writes import send

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.writes import Sending

D = TypeVar("D")
T = TypeVar("T")
R = TypeVar("R")

BATCH = 50
"""Writes that are noted together: as many as may be in doubt when the power fails."""

LONGEST = 1.0
"""Seconds for which an outcome may wait to be stored."""


@dataclass(frozen=True, slots=True)
class Answered(Generic[D, T]):
    """A write that was carried out: for whom, its note in the journal, accounting's answer, and how long it took."""

    of: D
    intent: int
    answer: T
    seconds: float


Store = Callable[["Work", Sequence[Answered[D, T]]], Sequence[R]]


class _Outcomes(Generic[D, T, R]):
    """What was answered and is not stored yet, and what follows from the rest."""

    def __init__(self, ctx: RunContext, store: Store[D, T, R]) -> None:
        self._ctx = ctx
        self._store = store
        self._answered: list[Answered[D, T]] = []
        self._since = 0.0
        self.left: list[R] = []

    def add(self, one: Answered[D, T]) -> None:
        """Keep an outcome, for a second at most."""
        now = self._ctx.seconds()
        self._since = self._since if self._answered else now
        self._answered.append(one)
        if now - self._since >= LONGEST:
            self.store()

    def store(self, unsent: Iterable[int] = ()) -> None:
        """Store every outcome with all that follows from it, and that ``unsent`` intents were never sent."""
        answered, unsent = tuple(self._answered), tuple(unsent)

        def stored(work: Work) -> Sequence[R]:
            work.journal.settle((one.intent for one in answered), "done")
            work.journal.settle(unsent, "not_done")
            return self._store(work, answered) if answered else ()

        if answered or unsent:
            self.left += self._ctx.at_once(stored)
        self._answered.clear()


def send_all(
    ctx: RunContext,
    noted: Iterable[tuple[int, D, Sending[T]]],
    store: Store[D, T, R],
    failed: Callable[[D, CustomerError | RefusedError], Sequence[R]],
) -> list[R]:
    """Send what was noted, one after the other; returns what ``store`` and ``failed`` say is left to do.

    ``store`` stores outcomes, in a transaction of their own; ``failed`` hears of a write that was not carried out, when
    all that was answered before it is stored. What is not sent because the run must end is noted as not done.
    """
    outcomes, rest = _Outcomes(ctx, store), deque(noted)
    ctx.connector.before_waits(outcomes.store)
    try:
        while rest:
            ctx.check_stop()
            intent, of, sending = rest[0]
            since = ctx.seconds()
            try:
                answer = send(ctx, intent, sending)
            except (CustomerError, RefusedError) as error:
                rest.popleft()
                outcomes.store()
                outcomes.left += failed(of, error)
            else:
                rest.popleft()
                outcomes.add(Answered(of, intent, answer, ctx.seconds() - since))
    except StopError:
        outcomes.store(unsent=(intent for intent, _, _ in rest))
        raise
    outcomes.store()
    return outcomes.left
