"""When something is due: an interval, a time of day, or a cron line, on the clock of a time zone.

Cron lines follow Debian's cron on the two nights when the clock is changed: what falls into the hour that is left out
happens once, right after it; what falls into the hour that comes twice happens once, the first time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from cronsim import CronSim, CronSimError

if TYPE_CHECKING:
    from datetime import tzinfo

_INTERVAL = re.compile(r"([1-9][0-9]{0,4})\s*([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_FIELDS = 5
_WEEKDAY = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, so many seconds after the last time."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Cron:
    """Whenever the clock matches a cron line of five fields."""

    line: str


Schedule = Every | Cron


def every(text: str) -> Schedule:
    """Read how often something happens. Raises ``ValueError`` with words that complete *the value …*."""
    found = _INTERVAL.fullmatch(text.strip())
    if found is not None:
        return Every(int(found[1]) * _SECONDS[found[2]])
    return _cron(text, "must be an interval such as 30s, 5m or 1h, or a cron line of five fields")


def at(text: str) -> Schedule:
    """Read when something happens. Raises ``ValueError`` with words that complete *the value …*."""
    found = _TIME.fullmatch(text.strip())
    if found is not None:
        return Cron(f"{int(found[2])} {int(found[1])} * * *")
    return _cron(text, "must be a time such as 02:30, or a cron line of five fields")


def _cron(text: str, otherwise: str) -> Cron:
    fields = text.split()
    if len(fields) != _FIELDS:
        raise ValueError(otherwise)
    if _WEEKDAY.search(fields[-1]):
        raise ValueError("must name weekdays (mon-fri): their numbers mean different days to different programs")
    line = " ".join(fields)
    try:
        CronSim(line, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise ValueError(f"is no cron line: {str(error).lower()}") from error
    return Cron(line)


def next_after(schedule: Schedule, moment: datetime, zone: tzinfo) -> datetime:
    """The first time after ``moment`` at which something is due, UTC."""
    match schedule:
        case Every():
            return moment.astimezone(UTC) + timedelta(seconds=schedule.seconds)
        case Cron():
            times = (time.astimezone(UTC) for time in CronSim(schedule.line, moment.astimezone(zone)))
            return next(time for time in times if time > moment)  # in the hour that comes twice it looks back
        case _ as never:
            assert_never(never)
