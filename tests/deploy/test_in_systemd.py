"""The timers for real: shut in as in production, against a simulated Visma on loopback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.deploy.box import Box
from tests.deploy.installed import AS_SYNCD, CREDENTIALS, runs, wait_for

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.xdist_group("systemd")
def test_a_timer_starts_a_run_whose_credentials_only_root_can_read(box: Box) -> None:
    """Without the daemon. The end of the run stands in the journal, and a backup can be made beside it."""
    box.run("systemctl stop syncd.service syncd.socket")
    box.run(f"chown -R root:root {CREDENTIALS}")
    box.run(
        "mkdir /etc/systemd/system/syncd-sync.timer.d;"
        "printf '[Timer]\\nOnBootSec=1s\\nRandomizedDelaySec=0\\n' > /etc/systemd/system/syncd-sync.timer.d/soon.conf;"
        "systemctl daemon-reload; systemctl start syncd-sync.timer"
    )
    wait_for(box, "journalctl -u syncd-sync -o cat --no-pager | grep 'Finished syncd-sync.service' || true")
    box.run(f"systemctl stop syncd-sync.timer; chown -R syncd:syncd {CREDENTIALS}")
    said = box.run("journalctl -u syncd-sync -o cat --no-pager")
    assert "visma" in said
    assert "Failed" not in said
    assert "create in the register" not in said, "customers are not named in the journal"
    assert runs(box)[0]["status"] == "succeeded"
    assert json.loads(box.run(f"{AS_SYNCD} customer list --json"))
    box.run("systemctl start syncd-backup.service || { journalctl -u syncd-backup --no-pager; exit 1; }")
    assert "syncd-" in box.run("ls /var/lib/syncd/backups")


def test_the_box_is_not_left_behind(tmp_path: Path) -> None:
    """Taking down what was never booted is no mistake."""
    Box(tmp_path).end()
