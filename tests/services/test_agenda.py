"""When a connection is due, and for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from syncd.ports.queue import Order
from syncd.ports.records import ConnectionInfo
from syncd.services.agenda import SCHEDULE, Defaults, agenda, circuit, due, situation
from syncd.store.uow import Store
from syncd.values.schedule import at, every

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.services.agenda import Circuit
    from syncd.store.database import Database

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DEFAULTS = Defaults()
CHANGES = Order(SCHEDULE, trigger=SCHEDULE)
EVERYTHING = Order(SCHEDULE, "full", trigger=SCHEDULE)


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment


class Reports:
    """A connection, and the reports of its runs as they come in."""

    def __init__(self, database: Database, group: GroupInfo) -> None:
        self.clock = Clock(NOON - timedelta(days=10))
        self.store = Store(database, self.clock)
        self.group = group
        with self.store.work() as work:
            self.connection = work.connections.add(group.id, "visma", "visma_eaccounting")
            work.commit()
        self.save(state="ready")

    def save(self, **columns: Any) -> None:  # noqa: ANN401  columns of any kind
        with self.store.work() as work:
            work.connections.save(self.connection.id, **columns)
            work.commit()

    def run(self, status: str, at: datetime, kind: str = "incremental", trigger: str = SCHEDULE) -> None:
        self.clock.moment = at
        with self.store.work() as work:
            run = work.runs.start(self.connection.id, kind, trigger=trigger, who="x")
            if status != "running":
                work.runs.finish(run, status=status)
            work.commit()

    def due(self, now: datetime) -> Order | None:
        with self.store.reading() as work:
            return due(situation(work, work.connections.get(self.connection.id), DEFAULTS), now)

    def circuit(self) -> Circuit:
        with self.store.reading() as work:
            return circuit(work.runs.list([self.connection.id]))


@pytest.fixture
def reports(database: Database, group: GroupInfo) -> Reports:
    return Reports(database, group)


def a_connection(**settings: object) -> ConnectionInfo:
    return ConnectionInfo(1, 1, "visma", "visma_eaccounting", settings=settings)


# ----- what counts


def test_a_connection_that_says_nothing_goes_by_the_configuration() -> None:
    found = agenda(a_connection(incremental_every=None), "", Defaults("10m", "03:00", "Europe/Stockholm"))
    assert (found.incremental, found.full) == (every("10m"), at("03:00"))
    assert found.clock == ZoneInfo("Europe/Stockholm")


def test_a_connections_own_times_and_its_groups_clock_go_first() -> None:
    found = agenda(a_connection(incremental_every="1h", full_at="0 4 * * sun"), "Asia/Kolkata", DEFAULTS)
    assert (found.incremental, found.full) == (every("1h"), at("0 4 * * sun"))
    assert found.clock == ZoneInfo("Asia/Kolkata")


def test_what_an_older_version_let_through_does_not_stop_the_daemon() -> None:
    """A weekday by number, a time zone that this machine does not know: the configuration counts."""
    found = agenda(a_connection(incremental_every="sometimes", full_at="0 4 * * 7"), "Mars/Olympus", DEFAULTS)
    assert found == agenda(a_connection(), "UTC", DEFAULTS)


def test_the_next_time_is_whichever_comes_first() -> None:
    found = agenda(a_connection(incremental_every="1h", full_at="12:30"), "UTC", DEFAULTS)
    assert found.next_after(NOON) == NOON + timedelta(minutes=30)
    assert found.next_after(NOON + timedelta(minutes=30)) == NOON + timedelta(minutes=90)


# ----- what is due


def test_a_new_connection_compares_everything(reports: Reports) -> None:
    assert reports.due(NOON) == EVERYTHING


def test_once_everything_was_compared_changes_are_looked_for_until_the_next_night(reports: Reports) -> None:
    reports.run("succeeded", NOON, "full")
    assert reports.due(NOON + timedelta(minutes=5)) == CHANGES
    assert reports.due(datetime(2026, 3, 11, 2, 29, 59, tzinfo=UTC)) == CHANGES
    assert reports.due(datetime(2026, 3, 11, 2, 30, tzinfo=UTC)) == EVERYTHING


@pytest.mark.parametrize("end", ["failed", "held", "interrupted", "planned"])
def test_a_night_without_a_good_comparison_is_made_up_for(reports: Reports, end: str) -> None:
    """Slept through, failed or held: it is owed until it went well."""
    reports.run("partial", NOON - timedelta(days=3), "full")
    reports.run(end, NOON - timedelta(days=1), "full")
    reports.run("succeeded", NOON)
    assert reports.due(NOON + timedelta(minutes=5)) == EVERYTHING


def test_a_group_whose_clock_is_elsewhere_has_its_night_then(reports: Reports) -> None:
    with reports.store.work() as work:
        work.groups.set_settings(reports.group.id, {"time_zone": "America/New_York"})
        work.commit()
    reports.run("succeeded", NOON, "full")
    assert reports.due(datetime(2026, 3, 11, 6, 29, tzinfo=UTC)) == CHANGES
    assert reports.due(datetime(2026, 3, 11, 6, 30, tzinfo=UTC)) == EVERYTHING


def test_a_paused_connection_is_left_alone(reports: Reports) -> None:
    """Until an administrator resumes it (S-72)."""
    reports.save(settings={"paused": True})
    assert reports.due(NOON) is None


def test_a_connection_without_consent_is_left_alone(reports: Reports) -> None:
    """No retry storm (S-46)."""
    reports.save(state="needs_consent")
    assert reports.due(NOON) is None


def test_one_that_needs_attention_is_tried_less_and_less_often(reports: Reports) -> None:
    """Nobody tells us when the licence is paid."""
    reports.save(state="needs_attention")
    reports.run("failed", NOON)
    assert reports.due(NOON + timedelta(minutes=4)) is None
    assert reports.due(NOON + timedelta(minutes=5)) == EVERYTHING


# ----- the circuit


def test_each_failure_doubles_the_pause_up_to_six_hours(reports: Reports) -> None:
    pauses = []
    for _ in range(9):
        reports.run("failed", NOON)
        pauses.append(reports.circuit())
    minutes = [(one.retry_at - NOON).total_seconds() / 60 for one in pauses if one.retry_at is not None]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert [one.failures for one in pauses] == list(range(1, 10))


def test_a_plan_that_is_held_is_not_made_again_every_five_minutes(reports: Reports) -> None:
    reports.run("held", NOON)
    reports.run("held", NOON + timedelta(minutes=5))
    assert not reports.circuit().is_open(NOON + timedelta(minutes=15))
    assert reports.circuit().is_open(NOON + timedelta(minutes=14))


@pytest.mark.parametrize(("status", "trigger"), [("succeeded", "manual"), ("partial", "manual"), ("partial", SCHEDULE)])
def test_a_good_run_closes_the_circuit_whoever_asked_for_it(reports: Reports, status: str, trigger: str) -> None:
    reports.run("failed", NOON)
    reports.run(status, NOON, trigger=trigger)
    assert reports.circuit() == circuit(())
    assert not reports.circuit().is_open(NOON)


def test_a_person_who_tries_in_vain_does_not_make_the_schedule_wait_longer(reports: Reports) -> None:
    """Nor do dry runs and interrupted runs count, in either direction."""
    reports.run("failed", NOON)
    for status in ("failed", "held", "planned", "interrupted", "running"):
        reports.run(status, NOON + timedelta(minutes=4), trigger="manual")
    reports.run("interrupted", NOON + timedelta(minutes=4))
    found = reports.circuit()
    assert (found.failures, found.retry_at) == (1, NOON + timedelta(minutes=5))
