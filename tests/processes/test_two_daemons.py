"""Two machines on one database server: the daemon of one dies, that of the other takes over (S-53)."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.processes.test_one_at_a_time import until

if TYPE_CHECKING:
    from syncd.store.uow import Store
    from tests.processes.conftest import Machine, Office

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def statuses(office: Office, store: Store) -> list[str]:
    """How the runs of the connection ended, the first one first."""
    with store.reading() as work:
        return [run.status for run in reversed(work.runs.list([office.connection]))]


def test_a_daemon_that_died_in_a_write_is_succeeded_by_one_on_another_machine(office: Office, machine: Machine) -> None:
    """Killed in the middle of a create: the other one goes on at once, and nobody is created twice."""
    office.add("1001")
    pause = office.pause("POST", "/v2/customers")
    first = machine.start("daemon", SYNCD_WEB__PORT="0")
    pause.wait()
    first.send_signal(signal.SIGKILL)
    first.wait()
    pause.go_on.set()
    office.machine().start("daemon", SYNCD_WEB__PORT="0")
    with office.store() as store:
        until(lambda: statuses(office, store) == ["interrupted", "succeeded"])
    assert office.writes() == ["POST /v2/customers"]
    assert [one["CustomerNumber"] for one in office.sandbox.company.customers()] == ["1001"]
