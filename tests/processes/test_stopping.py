"""SIGTERM in the middle of anything ends within ten seconds, and the next run goes on from there (S-57)."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes.conftest import Ended, Machine, Office

SYNC = ("sync", "visma", "--json")
IN_TIME = 10.0
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TOKEN, LISTING, CREATE = "/identity/connect/token", "/v2/customers", "/v2/customers"


def struck(office: Office, fault: Fault) -> Callable[[], bool]:
    """Let a fault strike; returns what tells whether it has."""
    office.sandbox.faults.add(fault)

    def seen() -> bool:
        return any(one.path == fault.path for one in office.sandbox.requests)

    return seen


def stopped(
    machine: Machine,
    underway: Callable[[], bool],
    by: signal.Signals = signal.SIGTERM,
    then: Callable[[], object] = lambda: None,
) -> Ended:
    """Start a run, stop it as soon as it is there, let something happen, and see it end."""
    process = machine.start(*SYNC)
    while not underway():
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(by)
    asked = time.monotonic()
    then()
    ended = machine.ended(process)
    assert time.monotonic() - asked < IN_TIME
    assert ended.code == 128 + by
    return ended


def goes_on(office: Office, machine: Machine, status: str = "interrupted") -> None:
    """What was stopped is written down, no write is in doubt for long, and the next run does the rest."""
    with office.store() as store, store.reading() as work:
        assert [run.status for run in work.runs.list([office.connection], limit=1)] == [status]
    office.sandbox.faults.clear()
    after = machine(*SYNC)
    assert (after.code, after.run["status"]) == (0, "succeeded")
    with office.store() as store, store.reading() as work:
        assert work.journal.open(office.connection) == ()
        numbers = {local.number for local in work.customers.load_many(range(1, 10))}
    assert sorted(one["CustomerNumber"] for one in office.sandbox.company.customers()) == sorted(numbers)


@on_sqlite
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_while_the_vendor_wants_us_to_wait(office: Office, machine: Machine, by: signal.Signals) -> None:
    """A 429 that asks for two minutes does not hold the machine up."""
    underway = struck(office, Fault("too_many", path=LISTING, seconds=120, times=None))
    ended = stopped(machine, underway, by)
    assert (ended.run["status"], ended.error) == ("interrupted", "interrupted")
    goes_on(office, machine)


@on_sqlite
def test_while_accounting_does_not_answer(office: Office, machine: Machine) -> None:
    """A request under way ends within its own time, the eight seconds of the default; no other one is begun."""
    pause = office.pause("GET", LISTING)
    stopped(machine, pause.reached.is_set)
    pause.go_on.set()
    goes_on(office, machine)


@on_sqlite
def test_while_broken_reads_are_repeated(office: Office, machine: Machine) -> None:
    """The pause between two tries is no reason to wait, either."""
    stopped(machine, struck(office, Fault("error_503", path=LISTING, times=None)))
    goes_on(office, machine)


@on_sqlite
def test_while_tokens_are_renewed(office: Office, machine: Machine) -> None:
    """What the identity server gives is stored first: the next run needs no new consent."""
    pause = office.pause("POST", TOKEN)
    stopped(machine, pause.reached.is_set, then=pause.go_on.set)
    goes_on(office, machine)


def test_while_a_write_is_under_way(office: Office, machine: Machine) -> None:
    """The answer is recorded if it comes in time; else the next run looks what became of it."""
    for number in ("1001", "1002", "1003"):
        office.add(number)
    pause = office.pause("POST", CREATE)
    stopped(machine, pause.reached.is_set)
    pause.go_on.set()
    goes_on(office, machine)


@on_sqlite
def test_while_another_run_has_the_connection(office: Office, machine: Machine) -> None:
    """Waiting for a turn is not a run yet: nothing is written down, the exit code says why."""
    with office.store() as store, store.lock(f"run-{office.connection}") as held:
        assert held
        process = machine.start(*SYNC)
        time.sleep(3)
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        ended = machine.ended(process)
    assert time.monotonic() - asked < IN_TIME
    assert ended.code == 128 + signal.SIGTERM


@on_sqlite
def test_while_somebody_keeps_the_database_to_himself(office: Office, machine: Machine) -> None:
    """SQLite's own waiting hears no signal; ours does."""
    pause = office.pause("GET", LISTING)
    process = machine.start(*SYNC)
    pause.wait()
    with office.store() as store, closing(sqlite3.connect(str(store.database.file))) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        pause.go_on.set()
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        ended = machine.ended(process)
        assert time.monotonic() - asked < IN_TIME
        somebody.rollback()
    assert ended.code == 128 + signal.SIGTERM
    goes_on(office, machine, status="running")
