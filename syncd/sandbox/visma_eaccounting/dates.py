"""Dates as the vendor takes them, brought to one form that sorts as text."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from syncd.sandbox.clock import text_of, ticks_of

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[Tt](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})?)?")


class NotADateError(ValueError):
    """The text is no date."""


def stamp_of(text: str) -> str:
    """``2016-12-31T23:59:59.00Z`` as ``2016-12-31T23:59:59.0000000Z``, in UTC."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise NotADateError(text)
    day, time, fraction, zone = found.groups()
    zone = "+00:00" if zone in (None, "Z", "z") else zone
    try:
        moment = datetime.fromisoformat(f"{day}T{time or '00:00:00'}{zone}")
    except ValueError as error:
        raise NotADateError(text) from error
    ticks = ticks_of(moment - timedelta(microseconds=moment.microsecond))
    return text_of(ticks + int((fraction or "").ljust(7, "0")[:7]))


def is_date(text: str) -> bool:
    """Whether the text is a date with or without a time (facts §3.5)."""
    try:
        stamp_of(text)
    except (NotADateError, OverflowError):
        return False
    return True
