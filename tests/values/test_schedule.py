"""When something is due, also on the two nights when the clock is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.values.schedule import Cron, Every, at, every, next_after

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""At 02:00 the clock goes to 03:00; at 03:00 it goes back to 02:00."""


def times(text: str, start: datetime, count: int) -> list[str]:
    """The next times as people in Stockholm and as everybody reads them."""
    schedule, moment, found = at(text), start, []
    for _ in range(count):
        moment = next_after(schedule, moment, STOCKHOLM)
        found.append(f"{moment.astimezone(STOCKHOLM):%d %H:%M} = {moment:%d %H:%M}Z")
    return found


def noon_before(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("30s", Every(30)),
        ("5m", Every(300)),
        (" 1 h ", Every(3600)),
        ("*/10  6-18 * * mon-fri", Cron("*/10 6-18 * * mon-fri")),
    ],
)
def test_how_often(text: str, schedule: object) -> None:
    assert every(text) == schedule


@pytest.mark.parametrize(
    ("text", "schedule"),
    [("02:30", Cron("30 2 * * *")), ("00:00", Cron("0 0 * * *")), ("0 3 1 * *", Cron("0 3 1 * *"))],
)
def test_at_what_time(text: str, schedule: object) -> None:
    assert at(text) == schedule


@pytest.mark.parametrize("text", ["often", "0s", "5", "5d", "-1m", "100000s", "", "02:30"])
def test_an_interval_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be an interval such as 30s, 5m or 1h"):
        every(text)


@pytest.mark.parametrize("text", ["25:00", "2:30", "02:60", "3", "5m", "", "* * * * * *"])
def test_a_time_that_no_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a time such as 02:30"):
        at(text)


@pytest.mark.parametrize("text", ["61 * * * *", "* 24 * * *", "0 0 31 2 *", "a b c d e", "*/0 * * * *"])
def test_a_cron_line_that_never_comes_is_refused(text: str) -> None:
    """And says which of its fields is wrong."""
    with pytest.raises(ValueError, match="is no cron line: bad"):
        at(text)


@pytest.mark.parametrize("text", ["0 3 * * 1", "0 3 * * 1-5", "0 3 * * sun#1", "0 3 * * */2"])
def test_weekdays_go_by_their_names(text: str) -> None:
    """1 is Monday to some programs and Tuesday to others."""
    with pytest.raises(ValueError, match=r"must name weekdays \(mon-fri\)"):
        at(text)


def test_an_interval_goes_by_no_clock() -> None:
    start = datetime(2026, 10, 25, 0, 58, tzinfo=UTC)
    assert next_after(every("5m"), start.astimezone(STOCKHOLM), STOCKHOLM) == start + timedelta(minutes=5)


def test_a_nightly_run_in_the_hour_that_is_left_out_happens_once_right_after_it() -> None:
    assert times("02:30", noon_before(SPRING), 2) == ["29 03:00 = 29 01:00Z", "30 02:30 = 30 00:30Z"]
    assert times("02:00", noon_before(SPRING), 2) == ["29 03:00 = 29 01:00Z", "30 02:00 = 30 00:00Z"]
    assert times("03:00", noon_before(SPRING), 2) == ["29 03:00 = 29 01:00Z", "30 03:00 = 30 01:00Z"]


def test_a_nightly_run_in_the_hour_that_comes_twice_happens_once_the_first_time() -> None:
    assert times("02:30", noon_before(AUTUMN), 2) == ["25 02:30 = 25 00:30Z", "26 02:30 = 26 01:30Z"]


@pytest.mark.parametrize("minutes", range(0, 181, 10))
def test_a_daemon_that_is_started_in_the_changed_night_does_not_look_back(minutes: int) -> None:
    """Whatever the moment, the next time lies ahead, and within a day."""
    for night in (SPRING, AUTUMN):
        moment = datetime(night.year, night.month, night.day, tzinfo=UTC) + timedelta(minutes=minutes)
        found = next_after(at("02:30"), moment, STOCKHOLM)
        assert moment < found <= moment + timedelta(hours=25)


def test_an_hourly_line_comes_every_hour_of_both_nights() -> None:
    spring = datetime(2026, 3, 29, 0, 45, tzinfo=UTC)
    assert times("30 * * * *", spring, 2) == ["29 03:30 = 29 01:30Z", "29 04:30 = 29 02:30Z"]
    autumn = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert times("30 * * * *", autumn, 3) == ["25 02:30 = 25 00:30Z", "25 02:30 = 25 01:30Z", "25 03:30 = 25 02:30Z"]


def test_weekdays_are_those_of_the_clock() -> None:
    """Monday 00:30 in Stockholm is still Sunday in UTC."""
    sunday = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert times("30 0 * * mon", sunday, 1) == ["23 00:30 = 22 23:30Z"]


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  a bound
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    name=st.sampled_from(["Europe/Stockholm", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_a_time_of_day_comes_once_a_day_wherever_one_lives(start: datetime, hour: int, minute: int, name: str) -> None:
    """Never twice in a day, never a day without: also around the nights of half-hour changes."""
    clock, schedule, moment, days = ZoneInfo(name), at(f"{hour:02}:{minute:02}"), start, []
    for _ in range(5):
        later = next_after(schedule, moment, clock)
        assert later > moment
        moment = later
        days.append(moment.astimezone(clock).date())
    assert days == [days[0] + timedelta(days=count) for count in range(5)]
