"""Real processes and one refresh token: a kill costs the consent at most where nothing can help (S-46)."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Fault

if TYPE_CHECKING:
    import subprocess

    from tests.processes.conftest import Machine, Office

SYNC = ("sync", "visma", "--json")
TOKEN = "/identity/connect/token"


def killed(office: Office, machine: Machine, moment: str) -> None:
    """A run that is killed around the answer to its token request."""
    running: list[subprocess.Popen[str]] = []
    fault = Fault(moment, method="POST", path=TOKEN, call=lambda: running[0].send_signal(signal.SIGKILL))
    office.sandbox.faults.add(fault)
    running.append(machine.start(*SYNC))
    running[0].communicate()
    assert running[0].returncode == -signal.SIGKILL


def renewals(office: Office) -> int:
    return sum(1 for request in office.sandbox.requests if request.path == TOKEN)


@pytest.mark.parametrize("moment", ["call", "call_after"])
def test_a_kill_before_the_answer_is_stored_asks_for_consent_once(
    office: Office, machine: Machine, moment: str
) -> None:
    """A strict vendor has spent the token: it is said, not tried on, and nothing else is lost."""
    office.add("1001")
    killed(office, machine, moment)
    asked = renewals(office)
    for _ in range(2):
        after = machine(*SYNC)
        assert (after.code, after.error) == (4, "needs_consent")
    assert renewals(office) == asked + 1
    token = office.home / "token"
    token.write_text(office.sandbox.issue_refresh_token())
    assert machine("connection", "authorize", "visma", "--refresh-token-file", str(token)).code == 0
    assert machine(*SYNC).code == 0
    assert office.writes() == ["POST /v2/customers"]


def test_a_lenient_vendor_gives_the_token_again(office: Office, machine: Machine) -> None:
    """Then a kill costs nothing."""
    office.sandbox.switches = replace(office.sandbox.switches, refresh_reuse="grace")
    killed(office, machine, "call_after")
    assert machine(*SYNC).code == 0
