"""What a daemon costs that has nothing to do: many connections, all of them in step, between two runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.installation import Installation
from tests.bench.measuring import memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.server import Server

CONNECTIONS = 20
SECONDS = 60
_TICK = os.sysconf("SC_CLK_TCK")


def idle(server: Server, directory: Path) -> dict[str, Any]:
    """Let a daemon run each connection once, then watch it for a minute."""
    with closing(Installation(directory, server.url)) as installation:
        for number in range(CONNECTIONS):
            installation.connect(f"visma{number}", server.refresh_token())
        with _daemon(directory, server.url) as process:
            while _ended(installation) < CONNECTIONS:
                time.sleep(1)
            time.sleep(10)
            before = _cpu(process.pid)
            time.sleep(SECONDS)
            spent = _cpu(process.pid) - before
            resident = memory("VmRSS", process.pid)
    return {
        "stage": "idle daemon",
        "connections": CONNECTIONS,
        "cpu_percent": 100 * spent / SECONDS,
        "memory": resident,
    }


def line(row: dict[str, Any]) -> str:
    """The figures in words."""
    return (
        f"An idle daemon with {row['connections']} connections: {row['cpu_percent']:.2f} % of a processor,"
        f" {row['memory']:.0f} MB resident."
    )


@contextmanager
def _daemon(directory: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    file = directory / "syncd.toml"
    visma = {"api_url": f"{url}v2/", "identity_url": f"{url}identity/", "client_id": "sandbox-client"}
    file.write_text(
        'database = "sqlite:///syncd.db"\nsecret_key_file = "key"\nstate_directory = "."\n'
        '[web]\nport = 0\n[log]\nlevel = "error"\n[schedule]\nincremental_every = "12h"\njitter_seconds = 0\n'
        "[systems.visma_eaccounting]\n"
        + "".join(f"{key} = {json.dumps(value)}\n" for key, value in visma.items())
        + 'client_secret_file = "secret"\nrate_limit_per_minute = 100000\n'
    )
    (directory / "secret").chmod(0o600)
    syncd = Path(sys.executable).parent / "syncd"
    process = subprocess.Popen([syncd, "--config", str(file), "daemon"])
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _ended(installation: Installation) -> int:
    with installation.app.store.reading() as work:
        connections = [one.id for one in work.connections.list()]
        return sum(work.runs.latest(one, ("succeeded",)) is not None for one in connections)


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
