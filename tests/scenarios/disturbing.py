"""Plays a scenario while something happens to one of its runs, and tells how it ended.

The disturbed run is ordered again, as a timer would do, and then the story goes on. What its runs report on the way is
not compared with the scenario's words: the end is, with the end of the same story when nobody disturbs it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select
from typing_extensions import override

from syncd.store.tables import Conflict, Intent, RunLine
from tests.scenarios.interpret import Play
from tests.seen import everything

if TYPE_CHECKING:
    from syncd.sandbox import Request
    from tests.crashing import Steps
    from tests.scenarios.schema import Scenario, Step, SyncAct, UndoAct
    from tests.world import World


@dataclass
class Trace:
    """What an undisturbed run did: its durable steps by name, its requests; whether there was consent after it.

    ``killed``: the story itself kills it. ``undone``: the story takes it back later. What it did is then to be in one
    report, so that nothing may happen to it.
    """

    steps: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    consent: bool = True
    killed: bool = False
    undone: bool = False


class Disturbance(Protocol):
    """Something that happens to one run of a play, which is then ordered again, ``again`` times."""

    @property
    def run(self) -> int:
        """The number of the run, from 0."""
        ...

    @property
    def again(self) -> int:
        """How often the run is ordered again."""
        ...

    @property
    def timeout(self) -> float:
        """The seconds that a request may take in this play."""
        ...

    @property
    def beside(self) -> frozenset[str]:
        """Parts of the end that the disturbance may leave otherwise."""
        ...

    def happen(self, play: Play, act: SyncAct | UndoAct) -> None:
        """Carry the run out, disturbed."""
        ...


class _Numbered(Play):
    """A play that numbers its runs; runs that somebody starts while one is under way are not counted."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        super().__init__(world, scenario)
        self.number = 0
        self._under_way = False
        self._told: list[tuple[int, int]] = []
        """The story's runs that came about, by number and id."""

    @override
    def _sync(self, act: SyncAct | UndoAct, step: Step) -> None:
        if self._under_way:
            super()._sync(act, step)
            return
        self._under_way = True
        try:
            self.numbered(act, step)
        finally:
            self._under_way = False
            self._remember()

    def _remember(self) -> None:
        """One run more; a refused one has a number too, and no id."""
        latest = self.world.latest_run()
        if latest not in {0, *(id_ for _, id_ in self._told)}:
            self._told.append((self.number, latest))
        self.number += 1

    @override
    def meant(self, run: int | str) -> int:
        """The story's own runs alone have a place; of one that was ordered again, it is the last."""
        return self.named(run)[1]

    def named(self, run: int | str) -> tuple[int, int]:
        """The number and the id of the run that a step names."""
        return self._told[-1 if run == "last" else int(run) - 1]

    def numbered(self, act: SyncAct | UndoAct, step: Step) -> None:
        """Carry out one of the scenario's own runs."""
        super()._sync(act, step)


class Undisturbed(_Numbered):
    """A play that remembers what its runs did."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        super().__init__(world, scenario)
        self.traces: list[Trace] = []
        self._named: list[Trace] = []

    @override
    def numbered(self, act: SyncAct | UndoAct, step: Step) -> None:
        mark = len(self.world.sandbox.requests)
        self.traces.append(Trace(killed=act.killed is not None))
        self._named.clear()
        super().numbered(act, step)
        for trace in self._named:
            trace.undone |= not act.dry_run
        self.traces[-1].requests = self.world.sandbox.requests[mark:]
        self.traces[-1].consent = self.world.connection.state != "needs_consent"

    @override
    def meant(self, run: int | str) -> int:
        self._named.append(self.traces[self.named(run)[0]])
        return super().meant(run)

    @override
    def killing(self, act: SyncAct | UndoAct) -> Steps:
        steps, trace = super().killing(act), self.traces[-1]
        trace.steps = trace.steps or steps.names
        return steps


class Disturbed(_Numbered):
    """A play in which something happens. An administrator gives consent again where that costs it."""

    def __init__(self, world: World, scenario: Scenario, traces: list[Trace], disturbance: Disturbance) -> None:
        super().__init__(world, scenario)
        self._traces, self._disturbance = traces, disturbance

    @override
    def play(self) -> None:
        self.begin()
        for step in self.scenario.steps:
            if step.verb != "look":
                self.step(step)
        self.listen()
        self.numbers_stand_once()
        if not self.scenario.unsettled:
            self.nothing_is_left_to_do("full")

    @override
    def numbered(self, act: SyncAct | UndoAct, step: Step) -> None:
        if self.number != self._disturbance.run:
            super().numbered(act, step.model_copy(update={"expect": None}))
            return
        self._disturbance.happen(self, act)
        for _ in range(self._disturbance.again):
            self._order_again(act)

    def _order_again(self, act: SyncAct | UndoAct) -> None:
        self.run(act, self.killing(act))
        if self._traces[self.number].consent and self.world.connection.state == "needs_consent":
            self.world.authorize()
            self.run(act, self.killing(act))


def end(play: Play) -> dict[str, Any]:
    """How a play ended: both sides, what connects them, what is asked, and what the reports say was done."""
    with play.world.database.reader() as session:
        told = session.scalars(select(RunLine).where(RunLine.outcome == "done")).all()
        asked = session.scalars(select(Conflict).where(Conflict.status == "open")).all()
        intents = session.scalars(select(Intent.kind).where(Intent.state == "open")).all()
    return {
        **everything(play.world),
        "questions": Counter(map(_question, asked)),
        "reports": Counter(map(_line, told)),
        "writes": +play.seen,
        "intents": list(intents),
        "connection": play.world.connection.state,
    }


def _question(row: Conflict) -> str:
    return json.dumps([row.kind, row.customer_number, row.field_key, row.base, row.register, row.accounting])


def _line(row: RunLine) -> str:
    return json.dumps([row.kind, row.customer_number, row.target, row.field, row.before, row.after])
