"""Time zones by the names that people write: UTC, Europe/Stockholm."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone(name: str) -> ZoneInfo:
    """A time zone. Raises ``ValueError`` with words that complete *the value …*."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # names are paths: some are folders, some are long
        raise ValueError("is no time zone") from error
