"""Sweeps: every disturbance of a kind, in every run of a scenario, each in a world of its own."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from syncd.errors import SyncdError
from syncd.sandbox import Fault
from syncd.store.database import Database
from tests.crashing import Steps
from tests.scenarios.disturbing import Disturbed, Undisturbed, end
from tests.scenarios.observing import ACTED
from tests.scenarios.schema import HERE, files, load
from tests.world import TIMEOUT, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.conftest import Postgres
    from tests.scenarios.disturbing import Disturbance, Trace
    from tests.scenarios.interpret import Play
    from tests.scenarios.schema import Scenario, SyncAct, UndoAct

    Worlds = Callable[[float], AbstractContextManager[World]]

SHARE = float(os.environ.get("SYNCD_SOAK") or 0)
"""How much of a sweep is played: all of it with 1, a tenth of every scenario with 0.1; a small sample without."""

SEED = 20261126
PATIENT = 20.0
"""Nothing but a timeout on purpose times out, however busy the machine is."""

API, TOKENS = "/v2/*", "/identity/connect/token"
OF_THE_WAY = frozenset({"reports", "writes", "history", "conflicts"})
"""Parts of an end that tell how a story came there."""

BAD = 400
"""From this status on, a request was refused."""

LONGER = TIMEOUT + 0.3
FAULTS = {
    **{kind: Fault(kind) for kind in ("refuse", "reset_mid_body", "unauthorized", "conflict_409", "html", "cut_json")},
    **{kind: Fault(kind) for kind in ("error_500", "error_500_after", "error_503")},
    "timeout_before": Fault("timeout_before", seconds=LONGER),
    "timeout_after": Fault("timeout_after", seconds=LONGER),
    "too_many": Fault("too_many", header=True),
    "too_many_in_text": Fault("too_many", header=False),
}


@dataclass(frozen=True)
class Kill:
    """The process dies right after a step (a commit, a note of the witness, a request) of a run."""

    run: int
    step: int
    name: str
    again = 1
    timeout = PATIENT
    beside = frozenset[str]()

    def happen(self, play: Play, act: SyncAct | UndoAct) -> None:
        play.run(act, Steps(self.step))

    @override
    def __str__(self) -> str:
        return f"killed {self.name} (step {self.step}) in run {self.run}"


@dataclass(frozen=True)
class Strike:
    """One request of a run goes wrong."""

    run: int
    kind: str
    at: str
    fault: Fault
    refused: bool = False
    """Whether accounting refuses the request when nothing goes wrong."""
    again = 2

    @property
    def beside(self) -> frozenset[str]:
        """What an attempt that failed may have left behind: not the end of the story.

        A 409 says that a number is taken: it is asked about, and the question closes by itself. Where the answer to a
        request that accounting refuses is hidden, its log does not say whether anything was written.
        """
        asked = {"reports"} if self.kind == "conflict_409" else set[str]()
        unseen = {"writes"} if self.refused and self.kind in ACTED else set[str]()
        return frozenset({"history", "conflicts", *asked, *unseen})

    @property
    def timeout(self) -> float:
        return TIMEOUT if self.kind.startswith("timeout") else PATIENT

    def happen(self, play: Play, act: SyncAct | UndoAct) -> None:
        faults = play.world.sandbox.faults
        faults.add(self.fault)
        play.run(act, play.killing(act))
        faults.remove(self.fault)

    @override
    def __str__(self) -> str:
        return f"{self.kind} at request {self.fault.nth} ({self.at}) of run {self.run}"


def kills(traces: Sequence[Trace]) -> list[Kill]:
    """Every moment to die at: before the first step of each run, and after each step."""
    return [
        Kill(run, at, name)
        for run, trace in enumerate(traces)
        if not trace.undone
        for at, name in enumerate(trace.steps, 1)
        if at == 1 or name.startswith("after")
    ]


def strikes(traces: Sequence[Trace]) -> list[Strike]:
    """Every fault at every request, but of runs that the story kills: those are ordered again by the story."""
    return [
        Strike(run, kind, f"{request.method} {request.path}", replace(fault, path=path, nth=nth), request.status >= BAD)
        for run, trace in enumerate(traces)
        if not (trace.killed or trace.undone)
        for path in (API, TOKENS)
        for nth, request in enumerate((r for r in trace.requests if r.path.startswith(path.rstrip("*"))), 1)
        for kind, fault in FAULTS.items()
    ]


def chosen(some: int, *, salt: str) -> list[Path]:
    """Every scenario in a sweep, else ``some`` without an undo, the same ones every time."""
    every = [path for path in files() if not load(path).unswept]
    if salt.startswith("struck"):
        every = [path for path in every if not load(path).unstruck]
    if SHARE:
        return every
    usual = [path for path in every if not load(path).undoes]
    return sorted(random.Random(f"{SEED} {salt}").sample(usual, some))  # noqa: S311  repeatable


def name(path: Path) -> str:
    """A scenario's theme and name."""
    return str(path.relative_to(HERE).with_suffix(""))


def sweep(
    worlds: Worlds, path: Path, disturbances: Callable[[Sequence[Trace]], Sequence[Disturbance]], some: int
) -> tuple[int, list[str]]:
    """Play a scenario once undisturbed, then once with each disturbance; returns how many, and what went otherwise."""
    scenario = load(path)
    with worlds(PATIENT) as world:
        play = Undisturbed(world, scenario)
        play.play()
        wanted = end(play)
    every = disturbances(play.traces)
    count = round(len(every) * SHARE) or 1 if SHARE else some
    picked = random.Random(f"{SEED} {path.stem}").sample(every, min(count, len(every)))  # noqa: S311  repeatable
    found = [
        f"{disturbance}: {what}"
        for disturbance in picked
        for what in _otherwise(worlds, scenario, play.traces, disturbance, wanted)
    ]
    return len(picked), found


def _otherwise(
    worlds: Worlds,
    scenario: Scenario,
    traces: list[Trace],
    disturbance: Disturbance,
    wanted: Mapping[str, Any],
) -> Iterator[str]:
    beside = disturbance.beside | (OF_THE_WAY if scenario.storms else frozenset())
    with worlds(disturbance.timeout) as world:
        play = Disturbed(world, scenario, traces, disturbance)
        try:
            play.play()
        except (AssertionError, SyncdError) as error:
            yield str(error)
        for part, now in end(play).items():
            if now != wanted[part] and part not in beside:
                yield f"{part}: {_difference(wanted[part], now)}"


def _difference(wanted: object, now: object) -> str:
    """What is missing and what is too much, where both can be counted."""
    if isinstance(wanted, Counter | list) and isinstance(now, Counter | list):
        old, new = Counter(map(str, Counter(wanted).elements())), Counter(map(str, Counter(now).elements()))
        return f"missing {sorted((old - new).elements())}, too much {sorted((new - old).elements())}"
    return f"{wanted} became {now}"


class Template:
    """A migrated database that worlds are made from, one after the other."""

    def __init__(self, database: Database, renew: Callable[[], None], directory: Path, *, nearby: bool = False) -> None:
        self.database, self._renew, self._directory = database, renew, directory
        self._nearby = nearby
        self._made = 0

    def renewed(self) -> Database:
        """The database as it was migrated, with nothing in it."""
        self.database.close()
        self._renew()
        return self.database

    def __call__(self, timeout: float) -> World:
        self._made += 1
        directory = self._directory / str(self._made)
        directory.mkdir()
        return World(self.renewed(), directory, timeout=timeout, nearby=self._nearby)


def on_sqlite(template: Path, directory: Path, *, nearby: bool = False) -> Template:
    """Worlds on an embedded database."""
    file = directory / "syncd.db"

    def renew() -> None:
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        shutil.copy(template, file)

    return Template(Database(f"sqlite:///{file}"), renew, directory, nearby=nearby)


def on_postgresql(server: Postgres, directory: Path, *, nearby: bool = False) -> Template:
    """Worlds on a database server."""

    def renew() -> None:
        server.run("DROP DATABASE IF EXISTS swept WITH (FORCE)")
        server.run("CREATE DATABASE swept TEMPLATE template_syncd")

    return Template(Database(server.url("swept")), renew, directory, nearby=nearby)
