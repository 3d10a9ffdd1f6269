"""One machine for everything that can be seen on one: each boot and set-up costs seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.box import Box
from tests.deploy.installed import CUSTOMERS, set_up, visma

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICKLY = "[Service]\\nWatchdogSec=15s\\nRestartSec=1s\\n[Unit]\\nStartLimitIntervalSec=0\\n"


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """One machine for all of them, with the service installed."""
    made = Box(tmp_path_factory.mktemp("box"))
    made.boot()
    try:
        made.install()
        set_up(made)
        visma(made, "POST", "populate", {"customers": CUSTOMERS})
        made.run(
            "useradd --create-home erik; usermod -aG syncd-admin erik; useradd --create-home eva;"
            f"mkdir -p /etc/systemd/system/syncd.service.d; printf '{QUICKLY}' >"
            " /etc/systemd/system/syncd.service.d/quickly.conf; systemctl daemon-reload;"
            "systemctl enable --now syncd.service"
        )
        yield made
    finally:
        made.end()


@pytest.fixture
def box(machine: Box) -> Box:
    """The machine with its service running."""
    visma(machine, "DELETE", "faults")
    machine.run("systemctl reset-failed; systemctl start syncd.service")
    return machine
