"""One run at a time per connection, across processes and machines (S-53)."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from syncd import bootstrap
from syncd.sandbox import Fault
from syncd.store.queue import StoredQueue
from tests.processes.conftest import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.store.uow import Store
    from tests.processes.conftest import Machine, Office

SYNC = ("sync", "visma", "--json")
LISTING = ("GET", "/v2/customers")
IMPATIENT = 9 if os.environ.get("SYNCD_SOAK") else 3
"""Processes that come while a run is under way."""
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


@pytest.mark.soak
def test_ten_at_once_are_the_one_under_way_and_one_more(office: Office, machine: Machine) -> None:
    """Timers and impatient people: all who come while a run is under way are answered by the next one."""
    pause = office.pause(*LISTING)
    first = machine.start(*SYNC)
    pause.wait()
    others = [machine.start(*SYNC) for _ in range(IMPATIENT)]
    with office.store() as store:
        until(lambda: in_line(store) == IMPATIENT)
    pause.go_on.set()
    told = [machine.ended(process) for process in (first, *others)]
    assert {one.code for one in told} == {0}
    assert told[0].run["id"] == 1
    assert {one.run["id"] for one in told[1:]} == {2}


def in_line(store: Store) -> int:
    """How many wait for the run that is under way."""
    tickets = StoredQueue(store.database, bootstrap.now).pending()
    return sum(ticket.askers for ticket in tickets if ticket.state == "waiting")


@server
def test_a_run_whose_session_the_server_ends_leaves_the_rest_to_the_next(office: Office, machine: Machine) -> None:
    """Two machines: the lock of the first is lost, the second takes over, and the first writes nothing more."""
    numbers = ["1001", "1002", "1003", "1004"]
    for number in numbers:
        office.add(number)
    office.sandbox.faults.add(Fault("too_many", path=LISTING[1], seconds=2, times=None))
    first = machine.start(*SYNC)
    until(lambda: runs_counted(office) == 1)
    end_sessions(office, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'")
    second = office.machine().start(*SYNC)
    until(lambda: runs_counted(office) == 2)
    office.sandbox.faults.clear()
    told, other = machine.ended(first), machine.ended(second)
    assert (told.code, told.error) == (69, "taken_over")
    assert (other.code, other.run["status"]) == (0, "succeeded")
    assert office.writes() == ["POST /v2/customers"] * len(numbers)
    assert sorted(one["CustomerNumber"] for one in office.sandbox.company.customers()) == numbers


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def runs_counted(office: Office) -> int:
    with office.store() as store, store.reading() as work:
        return work.connections.get(office.connection).run_counter


@server
def test_a_server_that_restarts_under_a_run_costs_nothing(office: Office, machine: Machine) -> None:
    """Every session ends while a write is under way: its outcome is stored on a new one, and nobody is doubled."""
    for number in ("1001", "1002", "1003"):
        office.add(number)
    pause = office.pause("POST", "/v2/customers", nth=2)
    first = machine.start(*SYNC)
    pause.wait()
    end_sessions(office, "SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    pause.go_on.set()
    told = machine.ended(first)
    assert (told.code, told.run["status"]) == (0, "succeeded")
    assert office.writes() == ["POST /v2/customers"] * 3
    assert machine(*SYNC).run["status"] == "succeeded"


def end_sessions(office: Office, which: str) -> None:
    """All of these but our own."""
    statement = f"SELECT pg_terminate_backend(pid) FROM ({which}) AS found WHERE pid <> pg_backend_pid()"  # noqa: S608
    with office.store() as store, store.database.session() as session:
        session.execute(text(statement))
