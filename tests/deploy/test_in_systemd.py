"""The units for real: a timer starts a run, shut in as in production, against a simulated Visma on loopback."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.deploy.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORT = 8471
CUSTOMERS = 3
CREDENTIALS = "/etc/syncd/credentials"
AS_SYNCD = "runuser -u syncd -- /opt/syncd/bin/syncd"
POPULATE = (
    "import json, urllib.request as u;"
    f"[u.urlopen(u.Request('http://127.0.0.1:{PORT}/control/populate', data=json.dumps(dict(customers={CUSTOMERS}))"
    ".encode(), method='POST')).read()]"
)


@pytest.fixture
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    machine = Box(tmp_path_factory.mktemp("box"))
    machine.boot()
    try:
        machine.install()
        yield machine
    finally:
        machine.end()


def wait_for(box: Box, script: str, seconds: float = 30) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = box.run(script, check=False)
        if found.strip():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing from {script}:\n" + box.run("journalctl -n 50 --no-pager -o cat"))


def set_up(box: Box) -> None:
    """A simulated Visma, and an installation that has its consent, as INSTALL.md makes it."""
    box.run(f"systemd-run --quiet --unit=visma /opt/syncd/bin/syncd sandbox serve --port {PORT}")
    token = wait_for(box, "journalctl -u visma -o cat --no-pager | grep -A1 'refresh token' | sed -n 2p")
    box.run(
        "/opt/syncd/bin/syncd init --config /etc/syncd/syncd.toml --group 'Test' --admin anna;"
        "chown root:syncd /etc/syncd/syncd.toml; chown -R syncd:syncd /var/lib/syncd;"
        f"printf sandbox-secret > {CREDENTIALS}/visma_client_secret; chown -R syncd:syncd {CREDENTIALS};"
        f"chmod 600 {CREDENTIALS}/*;"
        f'sed -i \'s|^api_url.*|api_url = "http://127.0.0.1:{PORT}/v2/"|;'
        f's|^identity_url.*|identity_url = "http://127.0.0.1:{PORT}/identity/"|;'
        's|^# client_id .*|client_id = "sandbox-client"|;'
        f's|^# client_secret_file .*|client_secret_file = "{CREDENTIALS}/visma_client_secret"|\' /etc/syncd/syncd.toml;'
        f"{AS_SYNCD} connection add visma --system visma_eaccounting;"
        f"echo {token.strip()} | {AS_SYNCD} connection authorize visma --refresh-token-file -;"
        f"{AS_SYNCD} connection set visma approve_first_run=false;"
        f'LD_LIBRARY_PATH=/opt/python/lib /opt/python/bin/python3 -c "{POPULATE}"'
    )


@pytest.mark.xdist_group("systemd")
def test_a_timer_starts_a_run_whose_credentials_only_root_can_read(box: Box) -> None:
    """The run takes the customers in, its end stands in the journal, and a backup can be made beside it."""
    set_up(box)
    box.run(f"chown -R root:root {CREDENTIALS}")
    box.run(
        "mkdir /etc/systemd/system/syncd-sync.timer.d;"
        "printf '[Timer]\\nOnBootSec=1s\\nRandomizedDelaySec=0\\n' > /etc/systemd/system/syncd-sync.timer.d/soon.conf;"
        "systemctl daemon-reload; systemctl start syncd-sync.timer"
    )
    wait_for(box, "journalctl -u syncd-sync -o cat --no-pager | grep 'Finished syncd-sync.service' || true")
    said = box.run("journalctl -u syncd-sync -o cat --no-pager")
    assert "visma" in said
    assert "Failed" not in said
    assert "create in the register" not in said, "customers are not named in the journal"
    box.run(f"chown -R syncd:syncd {CREDENTIALS}")
    assert len(json.loads(box.run(f"{AS_SYNCD} customer list --json"))) == CUSTOMERS
    runs = json.loads(box.run(f"{AS_SYNCD} runs list --json"))
    assert runs[0]["status"] == "succeeded"
    box.run("systemctl start syncd-backup.service")
    assert box.run("ls /var/lib/syncd/backups").startswith("syncd-")


def test_the_box_is_not_left_behind(tmp_path: Path) -> None:
    """Taking down what was never booted is no mistake."""
    Box(tmp_path).end()
