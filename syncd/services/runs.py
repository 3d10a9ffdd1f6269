"""Runs as administrators look back at them (S-55)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import NotFoundError
from syncd.register.access import Verb, require
from syncd.services.connections import UnknownConnectionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.engine.lines import Line
    from syncd.ports.records import RunInfo
    from syncd.ports.work import Store
    from syncd.register.access import Actor


class UnknownRunError(NotFoundError):
    """The group has no such run, or no more."""

    code = "unknown_run"

    def __init__(self, run_id: int) -> None:
        super().__init__(f"there is no run {run_id}", remedy="`syncd runs list` shows the latest ones.")


def list_runs(
    store: Store,
    actor: Actor,
    group_id: int,
    connection: str | None = None,
    limit: int = 50,
    *,
    before: int | None = None,
) -> tuple[RunInfo, ...]:
    """The latest runs of a group, or of one of its connections, newest first; or those before a run."""
    require(actor, Verb.SYNC)
    with store.reading() as work:
        known = work.connections.list(group_id)
        if connection is not None and connection not in {c.name for c in known}:
            raise UnknownConnectionError(connection)
        return work.runs.list([c.id for c in known if connection in {None, c.name}], limit, before=before)


def show(store: Store, actor: Actor, group_id: int, run_id: int) -> tuple[RunInfo, tuple[Line, ...]]:
    """One run of the group with its report."""
    require(actor, Verb.SYNC)
    with store.reading() as work:
        run = work.runs.get(run_id)
        if run is None or work.connections.get(run.connection_id).group_id != group_id:
            raise UnknownRunError(run_id)
        return run, work.runs.lines(run_id)


def only_customer(run: RunInfo, lines: Iterable[Line]) -> str | None:
    """The customer that a run of one customer, or the undoing of one, was about; as far as its report tells."""
    numbers = {line.customer_number for line in lines}
    return numbers.pop() if run.kind in {"customer", "undo"} and len(numbers) == 1 else None
