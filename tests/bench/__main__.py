"""`make bench`: what runs cost, next to the least they could cost, on registers of several sizes.

    make bench                      1 000 and 10 000 customers
    make bench ARGS="100 50000"     other sizes
    make bench ARGS=0               the idle daemon alone
    make bench ARGS="--output FILE" the figures as JSON (default build/bench.json)

The simulated accounting system runs in a process of its own and so does each stage: processor time and memory are
those of the client. *Floor* is a bare loop over the same pages (or creates) with http.client, json and sqlite3.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.bench.idle import idle, line
from tests.bench.installation import Installation
from tests.bench.saving import line as saves
from tests.bench.saving import saving
from tests.bench.server import Server

FIRST_NUMBER = 1001
SIZES = (1000, 10_000)
Row = dict[str, Any]


class Bench:
    """The stages of one register size, in their order: each stands on what the one before left."""

    def __init__(self, size: int, server: Server, directory: Path) -> None:
        self.size, self.server, self.directory = size, server, directory
        self.rows: list[Row] = []

    def run(self) -> list[Row]:
        """Measure everything for this size."""
        self.server.control("POST", "populate", {"customers": self.size})
        read = self._stage("floor: read everything", "floor read")
        self._connect()
        self._sync("first import", "full", read)
        self._connect(first_link="accounting")
        self._sync("adopt (both sides alike)", "full", read)
        self._sync("full, nothing changed", "full", read)
        self._sync("incremental, nothing changed", "incremental")
        self._edit()
        self._sync("1 % changed on each side", "incremental")
        self.server.reset()
        write = self._stage("floor: create everything", "floor write")
        self.server.reset()
        self._connect()
        self._sync("first push", "full", write)
        return self.rows

    def _connect(self, **settings: str) -> None:
        with closing(Installation(self.directory, self.server.url)) as installation:
            installation.connect_anew(self.server.refresh_token(), **settings)

    def _edit(self) -> None:
        """A phone each: the first customers in accounting, the last ones in the register."""
        share = max(1, self.size // 100)
        numbers = [str(FIRST_NUMBER + index) for index in range(self.size)]
        for number in numbers[:share]:
            self.server.control("PUT", f"customers/{number}", {"Telephone": "08-555 000 02"})
        with closing(Installation(self.directory, self.server.url)) as installation:
            installation.change_phones(numbers[-share:])

    def _sync(self, name: str, kind: str, floor: Row | None = None) -> None:
        row = self._stage(name, "sync", kind=kind)
        if row["status"] != "succeeded":
            raise SystemExit(f"{name}: the run ended {row['status']}: {row['error']}")
        if floor is not None:
            row["cpu_ratio"], row["wall_ratio"] = row["cpu"] / floor["cpu"], row["wall"] / floor["wall"]

    def _stage(self, name: str, stage: str, **more: str) -> Row:
        order = {"stage": stage, "directory": str(self.directory), "url": self.server.url, **more}
        if stage.startswith("floor"):
            order["token"] = self.server.access_token()
        self.server.control("DELETE", "requests")
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.stages"],
            input=json.dumps(order),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        row = {"customers": self.size, "stage": name, **json.loads(done.stdout), "writes": self.server.writes()}
        self.rows.append(row)
        print(_line(row), flush=True)
        return row


HEADING = (
    f"{'customers':>9}  {'stage':<28}  {'CPU s':>8}  {'wall s':>8}  {'peak MB':>7}  {'requests':>8}  {'writes':>7}"
    f"  {'CPU/floor':>9}  {'wall/floor':>10}"
)


def _line(row: Row) -> str:
    ratios = [f"{row[key]:.1f}" if key in row else "" for key in ("cpu_ratio", "wall_ratio")]
    return (
        f"{row['customers']:>9}  {row['stage']:<28}  {row['cpu']:>8.2f}  {row['wall']:>8.2f}  {row['peak']:>7.0f}"
        f"  {row['requests']:>8}  {row['writes']:>7}  {ratios[0]:>9}  {ratios[1]:>10}"
    ).rstrip()


def main() -> None:
    """Measure the sizes asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="CUSTOMERS")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"), metavar="FILE")
    wishes = parser.parse_args()
    rows: list[Row] = []
    with Server() as server, tempfile.TemporaryDirectory(prefix="syncd-bench-") as directory:
        quiet = idle(server, Path(directory))
        print(line(quiet), flush=True)
    print(HEADING)
    for size in filter(None, wishes.sizes):
        with Server() as server, tempfile.TemporaryDirectory(prefix="syncd-bench-") as directory:
            rows += Bench(size, server, Path(directory)).run()
            server.reset()
            server.control("POST", "populate", {"customers": size})
            beside = saving(server, Path(directory) / "saving", size)
            print(saves(beside), flush=True)
            rows.append(beside)
    wishes.output.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    wishes.output.write_text(json.dumps({**machine, "idle": quiet, "stages": rows}, indent=2) + "\n")
    print(f"The figures are in {wishes.output}.")


if __name__ == "__main__":
    main()
