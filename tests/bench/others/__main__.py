"""`make bench-others`: syncd beside what one would take instead, on the same customers, in turn.

    dlt           a pipeline from the API into SQLite, merged by id, incremental by stamp: one way
    vdirsyncer    two-way, a folder of contact cards and Radicale: single files, no fields, no conflicts by field

Each lives in an environment of its own under build/others, pinned by the lists beside this file. vdirsyncer is measured
from outside, less what its start costs; syncd and dlt from inside, without their imports.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.cases import Bench, World
from tests.bench.others.cards import Cards
from tests.bench.server import Server

HERE, THERE = Path(__file__).parent, Path("build/others")
QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
ROUNDS = 3
IMPORT, CARDS = 10_000, 5000


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.others", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=IMPORT, help="beside dlt")
    parser.add_argument("--cards", type=int, default=CARDS, help="beside vdirsyncer")
    parser.add_argument("--output", type=Path, default=Path("build/bench-others.json"), metavar="FILE")
    wishes = parser.parse_args()
    figures = [*_beside_dlt(wishes.customers), *_beside_vdirsyncer(wishes.cards)]
    wishes.output.parent.mkdir(parents=True, exist_ok=True)
    wishes.output.write_text(json.dumps(figures, indent=2) + "\n")


def _environment(name: str) -> Path:
    python = THERE / name / "bin" / "python"
    if not python.exists():
        print(f"Installing {name} into {THERE / name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(THERE / name)], check=True)
        install = ("-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", str(HERE / f"{name}.txt"))
        subprocess.run([str(python), *install], check=True)
    return python.absolute()


def _beside_dlt(customers: int) -> list[dict[str, Any]]:
    python = _environment("dlt")
    with Server() as server, tempfile.TemporaryDirectory(prefix="syncd-bench-") as directory:
        benches = [_bench(customers, Path(directory) / str(turn), server) for turn in range(ROUNDS)]
        benches[0].begin()
        firsts = []
        for ours in benches:
            ours.connect()
            firsts.append((ours.sync("full"), _dlt(python, server, ours.world.directory)))
        last = benches[-1]
        last.settle()
        later = [(last.sync("incremental"), _dlt(python, server, last.world.directory)) for _ in range(ROUNDS)]
    return [
        _told(f"import of {customers}", "dlt", firsts),
        _told(f"nothing changed among {customers}, incremental", "dlt", later),
    ]


def _bench(customers: int, place: Path, server: Server) -> Bench:
    place.mkdir()
    return Bench(World(customers, 0, "sqlite", None, place, written=False), server)


def _dlt(python: Path, server: Server, place: Path) -> dict[str, Any]:
    order = {"directory": str(place), "url": server.url, "token": server.access_token()}
    command = [str(python), "-m", "tests.bench.others.dlt_stage"]
    environment = {**os.environ, **QUIET}
    done = subprocess.run(
        command, input=json.dumps(order), env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _beside_vdirsyncer(customers: int) -> list[dict[str, Any]]:
    python = _environment("vdirsyncer")
    with Server() as server, tempfile.TemporaryDirectory(prefix="syncd-bench-") as directory:
        ours = _bench(customers, Path(directory) / "syncd", server)
        ours.begin()
        ours.connect()
        ours.sync("full")
        cards = Cards(python, Path(directory))
        cards.write(server.control("GET", "customers"))
        with cards.served():
            cards.discover()
            cards.sync()
            start = cards.start()["cpu"]
            rounds = [(ours.sync("full"), cards.sync()) for _ in range(ROUNDS)]
    return [
        _told(
            f"nothing changed among {customers}, full",
            "vdirsyncer",
            [(one, {**other, "cpu": other["cpu"] - start}) for one, other in rounds],
        )
    ]


def _told(case: str, other: str, rounds: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    """The middle one of all turns, as a share of the other's."""
    shares = {key: median(ours[key] / theirs[key] for ours, theirs in rounds) for key in ("cpu", "wall")}
    mine, theirs = (median(one[side]["cpu"] for one in rounds) for side in (0, 1))
    print(
        f"{case}: syncd {mine:.2f} s of processor, {other} {theirs:.2f} s;"
        f" syncd takes {shares['cpu']:.2f} of its processor time and {shares['wall']:.2f} of its time",
        flush=True,
    )
    return {"case": case, "beside": other, **shares, "rounds": [{"syncd": a, other: b} for a, b in rounds]}


if __name__ == "__main__":
    main()
