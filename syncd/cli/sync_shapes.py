"""JSON shapes of runs and connections, as scripts rely on them. Personal identity numbers are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.services.connections import described
from syncd.services.register.masking import masked

if TYPE_CHECKING:
    from syncd.ports.records import ConnectionInfo, RunInfo


def sync(document: dict[str, Any], *, personal: bool = False) -> dict[str, Any]:
    """Return a ``sync`` document, masked unless ``personal``."""
    if personal:
        return document
    return {**document, "actions": [_masked_action(action) for action in document["actions"]]}


def _masked_action(action: dict[str, Any]) -> dict[str, Any]:
    hidden = {name: masked(action["field"], action[name]) for name in ("before", "after")}
    return {**action, **hidden, "message": masked(None, action["message"])}


def run(info: RunInfo) -> dict[str, Any]:
    """Return a run without its lines."""
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


def connection(info: ConnectionInfo) -> dict[str, Any]:
    """Return a connection with every setting in force."""
    return {**described(info), "paused": info.paused}
