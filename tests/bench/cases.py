"""What is measured, in its order: each case builds on what the one before left, and runs between two of its floors."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.bench.installation import Installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.server import Server

FIRST_NUMBER = 1001
LATER = 600
"""Seconds that pass between two cases, by the vendor's clock: longer than a cursor looks back."""

WHOLE, PART = 100_000, 50_000
"""A register larger than the first is not imported at once, which takes a plan of it all: it grows by such parts."""

Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """A register of this size, on this database, this far (in milliseconds) from accounting.

    ``written``: cases that write every customer are tried, too.
    """

    size: int
    latency: int
    database: str
    url: str | None
    directory: Path
    written: bool

    @property
    def about(self) -> Row:
        """What every figure of it says of itself."""
        return {"customers": self.size, "latency_ms": self.latency, "database": self.database}


class Bench:
    """The cases of one world."""

    def __init__(self, world: World, server: Server) -> None:
        self.world, self.server = world, server
        self._since = ""
        self._edits = 0

    def run(self) -> Iterator[Row]:
        """Measure every case."""
        self.begin()
        self.connect()
        if self._is_whole:
            yield self._case("first import", "full", "read")
        else:
            self._grow()
        yield self._case("full, nothing changed", "full", "read")
        self.settle()
        yield self._case("incremental, nothing changed", "incremental", "changes")
        self._edit(there=self._first(), here=self._last())
        yield self._case("1 % changed on each side", "incremental", "changes", writes=self._share)
        self.settle()
        self._edit(there=self._first(), here=self._first())
        yield self._case("1 % conflicts", "incremental", "changes")
        if self.world.written:
            self.settle()
            self._edit(there=self._numbers())
            yield self._case("all changed in accounting", "full", "read")
        if self._is_whole:
            self.connect(first_link="accounting")
            yield self._case("adopt (both sides alike)", "full", "read")
        if self.world.written:
            yield self._push()

    def begin(self) -> None:
        """Fill accounting."""
        self.server.reset()
        self._populate(self.world.size if self._is_whole else PART, 1)
        self.server.delay(self.world.latency)
        self._pass_time()

    def _populate(self, customers: int, seed: int) -> None:
        self.server.control("POST", "populate", {"customers": customers, "seed": seed})

    def _grow(self) -> None:
        """What comes when the register is there already, up to its size."""
        self.sync("full")
        for part in range(1, self.world.size // PART):
            self._populate(PART, part + 1)
            self.sync("incremental")

    def _push(self) -> Row:
        self.server.empty(self.world.latency)
        before = self._floor("write")
        self.server.empty(self.world.latency)
        self.connect()
        ours = self.sync("full")
        self.server.empty(self.world.latency)
        return self._row("first push (accounting empty)", ours, [before, self._floor("write")])

    def _case(self, name: str, kind: str, floor: str, **more: object) -> Row:
        before = self._floor(floor, **{**more, **({"writes": 0} if "writes" in more else {})})
        ours = self.sync(kind)
        return self._row(name, ours, [before, self._floor(floor, **more)])

    def _row(self, name: str, ours: Row, floors: list[Row]) -> Row:
        if ours["status"] != "succeeded":
            raise SystemExit(f"{name}: the run ended {ours['status']}: {ours['error']}")
        floor = {key: sum(one[key] for one in floors) / len(floors) for key in ("cpu", "wall")}
        ratios = {f"{key}_ratio": ours[key] / floor[key] for key in floor}
        told = {f"floor_{key}": value for key, value in floor.items()}
        return {**self.world.about, "stage": name, **ours, **told, **ratios}

    def _floor(self, kind: str, **more: object) -> Row:
        return self._stage(kind, token=self.server.access_token(), **{"since": self._since, "writes": 0, **more})

    def sync(self, kind: str) -> Row:
        """One measured run."""
        self.server.control("DELETE", "requests")
        measured = self._stage("sync", kind=kind, database=self.world.url)
        return {**measured, "writes": self.server.control("GET", "requests?count=1")["writes"]}

    def _stage(self, stage: str, **order: object) -> Row:
        order = {"stage": stage, "directory": str(self.world.directory), "url": self.server.url, **order}
        command = [sys.executable, "-m", "tests.bench.stages"]
        done = subprocess.run(command, input=json.dumps(order), stdout=subprocess.PIPE, text=True, check=True)
        measured: Row = json.loads(done.stdout)
        return measured

    def _installation(self) -> Installation:
        return Installation(self.world.directory, self.server.url, self.world.url)

    def connect(self, **settings: str) -> None:
        """Begin with a new connection."""
        with closing(self._installation()) as installation:
            installation.connect_anew(self.server.refresh_token(), **settings)

    def settle(self) -> None:
        """Let time pass, and let a run that is not measured see everything up to now."""
        self._pass_time()
        with closing(self._installation()) as installation:
            installation.run(installation.runner(), full=False)
        self._pass_time()

    def _pass_time(self) -> None:
        now = self.server.control("PUT", "clock", {"advance": LATER})["now"]
        self._since = (datetime.fromisoformat(now) - timedelta(seconds=LATER / 2)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _edit(self, *, there: list[str], here: list[str] | None = None) -> None:
        """Another phone for each of these customers, on either side."""
        self._edits += 1
        for number in there:
            self.server.control("PUT", f"customers/{number}", {"Telephone": f"08-55{self._edits} {number}"})
        with closing(self._installation()) as installation:
            installation.change_phones(here or [])

    @property
    def _is_whole(self) -> bool:
        return self.world.size <= WHOLE

    @property
    def _share(self) -> int:
        return max(1, self.world.size // 100)

    def _numbers(self) -> list[str]:
        return [str(FIRST_NUMBER + index) for index in range(self.world.size)]

    def _first(self) -> list[str]:
        return self._numbers()[: self._share]

    def _last(self) -> list[str]:
        return self._numbers()[-self._share :]
