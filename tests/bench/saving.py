"""How long somebody's save takes while a run imports a register: measured from another process than the run's."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tests.bench.installation import Installation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.server import Server

NUMBER = "A1"
PAUSE = 0.02
"""Seconds between two saves."""


def saving(server: Server, directory: Path, size: int) -> dict[str, Any]:
    """Import ``size`` customers, and save one of somebody's own again and again meanwhile."""
    directory.mkdir()
    with closing(Installation(directory, server.url)) as installation:
        installation.connect_anew(server.refresh_token(), create_in_accounting="false")
        installation.add(NUMBER)
        taken = sorted(_saves(installation, _importing(server, directory)))
    if not taken:
        raise SystemExit("the import ended before anybody could save")
    shown = {name: round(taken[int((len(taken) - 1) * share)] * 1000, 1) for name, share in SHARES.items()}
    return {"customers": size, "stage": "saves beside the import", "saves": len(taken), **shown}


SHARES = {"median_ms": 0.5, "p99_ms": 0.99, "longest_ms": 1.0}


def line(row: dict[str, Any]) -> str:
    """The figures for people."""
    told = ", ".join(f"{name.removesuffix('_ms')} {row[name]} ms" for name in SHARES)
    return f"{row['customers']:>9}  {row['stage']}: {row['saves']} saves, {told}"


def _importing(server: Server, directory: Path) -> subprocess.Popen[str]:
    order = {"stage": "sync", "directory": str(directory), "url": server.url, "kind": "full"}
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.stages"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert run.stdin is not None
    run.stdin.write(json.dumps(order))
    run.stdin.close()
    return run


def _saves(installation: Installation, run: subprocess.Popen[str]) -> list[float]:
    taken: list[float] = []
    while run.poll() is None:
        began = time.perf_counter()
        installation.change_phone(NUMBER, f"08-555 {len(taken):06}")
        taken.append(time.perf_counter() - began)
        time.sleep(PAUSE)
    if run.returncode:
        raise SystemExit("the run beside the saves ended badly")
    return taken
