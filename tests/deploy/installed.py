"""An installation in a box, as INSTALL.md makes it, with a simulated Visma on loopback."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.deploy.box import Box

PORT = 8471
CUSTOMERS = 3
"""In accounting, before the first run."""

CREDENTIALS = "/etc/syncd/credentials"
AS_SYNCD = "/usr/local/sbin/syncd"
_STATE = "/var/lib/syncd/visma.json"
_ASK = """
import json, sys, urllib.request as u
request = u.Request(sys.argv[1], data=sys.argv[3].encode() if len(sys.argv) > 3 else None, method=sys.argv[2])
print(u.urlopen(request).read().decode())
"""
_LOOK = """
import sqlite3
with sqlite3.connect("/var/lib/syncd/syncd.db", timeout=30) as database:
    for row in database.execute("SELECT id, status FROM runs ORDER BY id DESC LIMIT 1"):
        print(*row)
"""
_PYTHON = "LD_LIBRARY_PATH=/opt/python/lib /opt/python/bin/python3"
_LATEST = f"runuser -u syncd -- env {_PYTHON} /opt/look.py"


def wait_for(box: Box, script: str, seconds: float = 240) -> str:
    """Run a script until it prints something; returns that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = box.run(script, check=False)
        if found.strip():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing from {script}:\n" + box.run("journalctl -n 80 --no-pager -o cat"))


def start_visma(box: Box) -> None:
    """The simulated accounting system, which remembers its company across a power cut."""
    box.run(
        f"systemd-run --quiet --unit=visma /opt/syncd/bin/syncd sandbox serve --port {PORT} --state {_STATE};"
        f"printf '%s' '{_ASK}' > /opt/ask.py; cat > /opt/look.py <<'END'{_LOOK}END\n"
    )
    wait_for(box, "journalctl -u visma -o cat --no-pager | grep listens || true")


def set_up(box: Box) -> None:
    """Configuration, consent, credentials; the first run needs no approval."""
    start_visma(box)
    token = wait_for(box, "journalctl -u visma -o cat --no-pager | grep -A1 'refresh token' | sed -n 2p")
    box.run(
        "/opt/syncd/bin/syncd init --config /etc/syncd/syncd.toml --group 'Test' --admin anna;"
        f"printf sandbox-secret > {CREDENTIALS}/visma_client_secret; chown -R syncd:syncd {CREDENTIALS};"
        f"chmod 600 {CREDENTIALS}/*;"
        f'sed -i \'s|^api_url.*|api_url = "http://127.0.0.1:{PORT}/v2/"|;'
        f's|^identity_url.*|identity_url = "http://127.0.0.1:{PORT}/identity/"|;'
        's|^# client_id .*|client_id = "sandbox-client"|;'
        f's|^# client_secret_file .*|client_secret_file = "{CREDENTIALS}/visma_client_secret"|\' /etc/syncd/syncd.toml;'
        f"{AS_SYNCD} connection add visma --system visma_eaccounting;"
        f"echo {token.strip()} | {AS_SYNCD} connection authorize visma --refresh-token-file -;"
        f"{AS_SYNCD} connection set visma approve_first_run=false incremental_every=1h"
    )


def visma(box: Box, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  any JSON
    """Ask the simulated accounting system's control address."""
    given = f"'{json.dumps(body)}'" if body is not None else ""
    return json.loads(ask(box, f"http://127.0.0.1:{PORT}/control/{path}", method, given) or "null")


def ask(box: Box, address: str, method: str = "GET", given: str = "") -> str:
    """Ask an address inside."""
    return box.run(f"{_PYTHON} /opt/ask.py {address} {method} {given}")


def wait_for_run(box: Box, status: str, *, after: int = 0) -> int:
    """Wait until the latest run, another one than ``after``, has a status; returns its number."""
    script = f"{_LATEST} | {{ read number status; test $number -gt {after} -a $status = {status} && echo $number; }}"
    return int(wait_for(box, f"{script} || true"))


def latest(box: Box) -> int:
    """The number of the latest run, without the cost of a command of ours."""
    return int(box.run(f"{_LATEST} | {{ read number status || true; echo $number; }}").strip() or 0)


def runs(box: Box) -> list[dict[str, Any]]:
    """The latest runs, newest first."""
    found: list[dict[str, Any]] = json.loads(box.run(f"{AS_SYNCD} runs list --json"))
    return found
