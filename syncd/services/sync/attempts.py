"""How an attempt to run ended, as it is shown: alike whether the daemon carried it out or a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.ports.clock import stamp
from syncd.services.register.masking import masked, reveal
from syncd.services.sync import report
from syncd.services.sync.context import InterruptedRunError
from syncd.services.sync.finish import kind_of
from syncd.services.sync.names import local_ids, names_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from syncd.errors import SyncdError
    from syncd.ports.queue import Order
    from syncd.ports.records import RunInfo
    from syncd.ports.work import Store
    from syncd.register.access import Actor


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a run ended, or why there was none.

    ``document`` is the ``sync`` document of cli.md, ``names`` the customers of its actions, ``open_conflicts`` counts
    those that wait on the connection, ``command`` is what was typed for it.
    """

    connection: str
    document: dict[str, Any]
    names: tuple[str | None, ...]
    code: int
    open_conflicts: int = 0
    command: tuple[str, ...] = ()


def attempt_of(store: Store, actor: Actor, run: RunInfo, *, personal: bool = False) -> Attempt:
    """Show a run: masked, or whole to an administrator, which is written down."""
    with store.reading() as work:
        lines = work.runs.lines(run.id)
        waiting = work.conflicts.count_open(run.connection_id)
        names = names_of(work, run.connection_id, lines)
    if personal:
        with store.work() as writing:
            reveal(writing, actor, sorted(local_ids(lines)))
    document = shown(report.document(run, lines), personal=personal)
    return Attempt(run.connection, document, tuple(names), report.exit_code(run), waiting)


def without_run(connection: str, order: Order, error: SyncdError, begun: datetime, ended: datetime) -> Attempt:
    """Show a run that could not even begin."""
    document = {
        "run": {
            "id": None,
            "connection": connection,
            "kind": kind_of(order),
            "status": "interrupted" if isinstance(error, InterruptedRunError) else "failed",
            "started_at": stamp(begun),
            "finished_at": stamp(ended),
            "error": report.told(error),
        },
        "counts": report.counts((), in_step=0),
        "actions": [],
        "requests": 0,
    }
    return Attempt(connection, document, (), error.exit_code)


def shown(document: Mapping[str, Any], *, personal: bool = False) -> dict[str, Any]:
    """A ``sync`` document, personal identity numbers masked unless ``personal``."""
    if personal:
        return dict(document)
    return {**document, "actions": [_masked(action) for action in document["actions"]]}


def _masked(action: Mapping[str, Any]) -> dict[str, Any]:
    hidden = {name: masked(action["field"], action[name]) for name in ("before", "after")}
    return {**action, **hidden, "message": masked(None, action["message"])}
