"""Where everything stands: connections, their last and next runs, what waits in line and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.ports.clock import stamp
from syncd.services.agenda import due, situation
from syncd.services.connections import described, standing_of
from syncd.services.sync.finish import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from syncd.ports.queue import RunQueue, Ticket
    from syncd.ports.records import RunInfo
    from syncd.ports.work import Store
    from syncd.services.agenda import Defaults, Situation
    from syncd.services.connections import Standing


def connections(
    store: Store, queue: RunQueue, group_id: int, defaults: Defaults, next_times: Mapping[int, datetime]
) -> list[dict[str, Any]]:
    """Every connection of a group as `syncd status` shows it; ``next_times`` is what the daemon's schedule says."""
    waiting = queue.pending()
    with store.reading() as work:
        return [
            _connection(standing_of(work, connection), waiting, situation(work, connection, defaults), next_times)
            for connection in work.connections.list(group_id)
        ]


def _connection(
    standing: Standing,
    waiting: Iterable[Ticket],
    known: Situation,
    next_times: Mapping[int, datetime],
) -> dict[str, Any]:
    connection = standing.connection
    shape = described(connection)
    circuit = known.circuit
    return {
        **{name: shape[name] for name in ("name", "system", "state")},
        "paused": connection.paused,
        **{name: shape[name] for name in ("company", "attention")},
        "linked": standing.linked,
        "open_conflicts": standing.open_conflicts,
        "last_run": run_shape(standing.last) if standing.last is not None else None,
        "last_good_run": run_shape(standing.good) if standing.good is not None else None,
        "next_run": _next(known, next_times.get(connection.id)),
        "circuit": {
            "failures": circuit.failures,
            "retry_at": stamp(circuit.retry_at) if circuit.retry_at is not None else None,
        },
        "queue": [ticket_shape(one) for one in waiting if one.connection_id == connection.id],
    }


def _next(known: Situation, time: datetime | None) -> dict[str, Any] | None:
    """The next run and what it will look at: not before the connection's circuit lets it."""
    if time is None:
        return None
    if known.circuit.retry_at is not None and known.circuit.is_open(time):
        time = known.agenda.next_after(known.circuit.retry_at)
    order = due(known, time)
    return {"at": stamp(time), "kind": order.kind or "incremental"} if order is not None else None


def ticket_shape(ticket: Ticket) -> dict[str, Any]:
    """An order in line, as JSON shows it."""
    order = ticket.order
    asked = {"customer": order.customer, "dry_run": order.dry_run, "approve": order.approve, "who": order.who}
    return {"kind": kind_of(order), **asked, "state": ticket.state, "asked_at": ticket.asked_at}


def run_shape(info: RunInfo) -> dict[str, Any]:
    """A run without its lines, as JSON shows it."""
    error = {name: info.error.get(name) for name in ("code", "message", "remedy")} if info.error else None
    return {
        "id": info.id,
        "connection": info.connection,
        "kind": info.kind,
        "status": info.status,
        "started_at": info.started_at,
        "finished_at": info.finished_at,
        "error": error,
        "who": info.who,
        "counts": dict(info.counts),
        "requests": info.requests,
        "undoes": info.undoes,
    }
