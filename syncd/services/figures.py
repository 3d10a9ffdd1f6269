"""Figures of the moment, per connection: what a monitoring system wants to know about data, not about a process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from syncd.services.agenda import circuit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.ports.queue import RunQueue
    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.ports.work import Store, Work

STATES = ("ready", "paused", "needs_consent", "needs_attention")
_LOOK_BACK = 20
_SAY = frozenset({"succeeded", "partial", "held"})


@dataclass(frozen=True, slots=True)
class Figures:
    """One connection now. ``since_good`` is None while no run went well, ``token_expires`` while there is no token.

    ``waiting`` counts orders in line, ``failures`` scheduled runs in a row that did not go well; ``held``: a plan waits
    for approval.
    """

    group: str
    connection: str
    state: str
    conflicts_open: int
    waiting: int
    failures: int
    held: bool
    since_good: float | None
    token_expires: float | None


def figures(store: Store, queue: RunQueue, now: datetime) -> tuple[Figures, ...]:
    """The figures of every connection of every group."""
    waiting: dict[int, int] = {}
    for ticket in queue.pending():
        waiting[ticket.connection_id] = waiting.get(ticket.connection_id, 0) + (ticket.state == "waiting")
    with store.reading() as work:
        groups = {group.id: group.name for group in work.groups.list()}
        return tuple(_of(work, one, groups, waiting, now) for one in work.connections.list())


def _of(
    work: Work, connection: ConnectionInfo, groups: Mapping[int, str], waiting: Mapping[int, int], now: datetime
) -> Figures:
    latest = work.runs.list([connection.id], limit=_LOOK_BACK)
    good = work.runs.latest(connection.id, ("succeeded", "partial"))
    ended = datetime.fromisoformat(good.finished_at or good.started_at) if good is not None else None
    return Figures(
        group=groups[connection.group_id],
        connection=connection.name,
        state="paused" if connection.paused else connection.state,
        conflicts_open=work.conflicts.count_open(connection.id),
        waiting=waiting.get(connection.id, 0),
        failures=circuit(latest).failures,
        held=_is_held(latest),
        since_good=max(0.0, (now - ended).total_seconds()) if ended is not None else None,
        token_expires=work.connections.token_expiry(connection.id),
    )


def _is_held(latest: Iterable[RunInfo]) -> bool:
    """Whether the last run that meant to write was held; dry runs, undos and runs that were cut off say nothing."""
    said = (run.status for run in latest if run.kind != "undo" and run.status in _SAY)
    return next(said, "") == "held"
