"""What `syncd doctor` looks at in a connection beside whether it answers: scopes, the vendor's limit, its clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from syncd.ports.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.bootstrap import App
    from syncd.ports.records import ConnectionInfo

_TOLERANCE = timedelta(minutes=5)

Remark = tuple[str, str]
"""What was found, and what to do."""


def missing_scopes(app: App, connection: ConnectionInfo) -> tuple[str, ...]:
    """The scopes that the consent lacks; none where the identity server did not say which it holds."""
    with app.store.reading() as work:
        tokens = work.connections.tokens(connection.id)
    given = set(tokens.scope.split()) if tokens is not None else set()
    return tuple(sorted(app.scopes(connection.system) - given)) if given else ()


def remarks(app: App, connection: ConnectionInfo, now: datetime) -> Iterator[Remark]:
    """What does no harm by itself but should be known."""
    ours, theirs = app.pace(connection.system)
    if ours > theirs:
        yield (
            f"rate_limit_per_minute is {ours}, accounting lets {theirs} through",
            "Set it to what the vendor has agreed to: requests beyond it are sent away.",
        )
    apart = _clock(app, connection, now) - now
    if abs(apart) > _TOLERANCE:
        minutes = round(apart.total_seconds() / 60)
        way = "behind" if minutes > 0 else "ahead of"
        yield (
            f"this machine's clock is {abs(minutes)} minutes {way} accounting's",
            "Set the clock, best by NTP: nothing is decided by it, but reports are dated by it.",
        )


def _clock(app: App, connection: ConnectionInfo, now: datetime) -> datetime:
    """The vendor's time, told with whatever it lists."""
    from syncd.services.connections import server_time

    told = datetime.fromisoformat(server_time(connection, app.connect, stamp(now + timedelta(days=1))))
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)
