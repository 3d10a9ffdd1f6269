"""One run at a time per connection, across processes and machines (S-53)."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

if TYPE_CHECKING:
    from tests.processes.conftest import Machine, Office

SYNC = ("sync", "visma", "--json")
LISTING = ("GET", "/v2/customers")
server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_a_second_run_waits_or_is_told_at_once(office: Office, machine: Machine) -> None:
    """Started by hand beside a timer: with --no-wait it ends in 5, else it has its turn."""
    pause = office.pause(*LISTING)
    first = machine.start(*SYNC)
    pause.wait()
    second, hasty = office.machine().start(*SYNC), machine.start(*SYNC, "--no-wait")
    refused = machine.ended(hasty)
    pause.go_on.set()
    assert (refused.code, refused.error) == (5, "locked")
    assert machine.ended(first).run["status"] == "succeeded"
    assert machine.ended(second).run["status"] == "succeeded"


def test_a_killed_run_makes_room_at_once(office: Office, machine: Machine) -> None:
    """Power cut or the kernel's own choice: the next run begins without anybody tidying up."""
    office.sandbox.company.add_customer(CustomerNumber="1001")
    pause = office.pause(*LISTING)
    first = machine.start(*SYNC)
    pause.wait()
    waiting = office.machine().start(*SYNC)
    first.send_signal(signal.SIGKILL)
    pause.go_on.set()
    after = machine.ended(waiting)
    assert (after.code, after.run["status"]) == (0, "succeeded")
    with office.store() as store, store.reading() as work:
        assert [run.status for run in work.runs.list([office.connection])] == ["succeeded", "interrupted"]
        assert work.customers.count(office.group.id) == 1


@server
def test_a_run_whose_session_the_server_ends_leaves_the_rest_to_the_next(office: Office, machine: Machine) -> None:
    """Two machines: the lock of the first is lost, the second takes over, and the first writes nothing more."""
    for number in ("1001", "1002", "1003", "1004"):
        office.add(number)
    pause = office.pause("POST", "/v2/customers", nth=2)
    first = machine.start(*SYNC)
    pause.wait()
    end_sessions_with_locks(office)
    second = office.machine()(*SYNC)
    sent = office.writes()
    pause.go_on.set()
    told = machine.ended(first)
    assert (second.code, second.run["status"]) == (0, "succeeded")
    assert (told.code, told.error) == (69, "taken_over")
    assert office.writes()[len(sent) :] in ([], ["POST /v2/customers"]), "at most the one that was on its way"
    assert sorted(one["CustomerNumber"] for one in office.sandbox.company.customers()) == [
        "1001",
        "1002",
        "1003",
        "1004",
    ]


def end_sessions_with_locks(office: Office) -> None:
    with office.store() as store, store.database.session() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        )
