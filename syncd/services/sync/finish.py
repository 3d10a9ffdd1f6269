"""The end of a run: the work list struck, totals remembered, the report's head written (S-55)."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from syncd.services.sync import report
from syncd.services.sync.context import REFERENCES
from syncd.services.sync.population import population, remembered
from syncd.services.sync.questions import planned
from syncd.services.sync.slices import ROWS, each_slice
from syncd.services.sync.weighing import APPROVED_UNDO, rules_mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.engine.guard import Held
    from syncd.ports.queue import Order
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.gather import Gathered
    from syncd.services.sync.population import Population


def finish_planned(ctx: RunContext, gathered: Gathered, held: tuple[Held, ...]) -> None:
    """A dry run, or a plan that a brake holds: the report shows what would be done, nothing else is written."""
    lines = [*gathered.plan.lines(), *planned(gathered)]
    each_slice(ctx, lines, ROWS, lambda work, some: ctx.say(work, *some))
    counted = report.counts(ctx.lines, in_step=_in_step(gathered))
    marks = sorted(gathered.plan.marks())
    with ctx.store.work() as work:
        work.runs.finish(
            ctx.run_id,
            kind=kind_of(ctx.order, full=ctx.full),
            status="planned" if ctx.order.dry_run else "held",
            error=_held_error(ctx, held) if held else None,
            counts=counted,
            requests=ctx.connector.requests,
            marks=marks,
        )
        work.commit()


def _held_error(ctx: RunContext, held: tuple[Held, ...]) -> dict[str, Any]:
    message = "; ".join(brake.message for brake in held)
    command = shlex.join(command_of(ctx.order, ctx.connection.name))
    remedy = f"Look at the plan (`syncd {command} --dry-run`), then approve it with --approve."
    codes = [brake.code for brake in held]
    return {"code": codes[0], "codes": codes, "message": message, "remedy": remedy, "exit_code": 3}


def command_of(order: Order, connection: str) -> tuple[str, ...]:
    """What to type for such a run, without saying how."""
    customer = ("--customer", order.customer) if order.customer is not None else ()
    if order.undoes is None:
        return ("sync", connection, *customer)
    if order.undoes == REFERENCES:
        return ("connection", "take-back-references", connection)
    return ("runs", "undo", order.undoes, *customer)


def kind_of(order: Order, *, full: bool = False) -> str:
    """What a run is called in its report; ``full``: everything was listed."""
    if order.undoes is not None:
        return "undo"
    if order.customer is not None:
        return "customer"
    return "full" if full else order.kind or "incremental"


def _in_step(gathered: Gathered) -> int:
    """Linked customers that nothing is to be done or asked about."""
    busy = {line.subject for line in gathered.plan.lines() if line.outcome == "planned"}
    busy |= {question.subject for question in gathered.plan.questions()}
    linked = {d.pair.key for d in gathered.plan.decisions if d.pair.link is not None}
    return gathered.people.linked - len(busy & linked)


def finish(ctx: RunContext, gathered: Gathered) -> None:
    """Close a run that went to its end."""
    _look_again(ctx)
    if ctx.whole:
        _strike(ctx, gathered)
    with ctx.store.reading() as work:
        people = population(ctx, work, moved=gathered.people.counted)
        counted = report.counts(ctx.lines, in_step=people.linked - len(_troubled(ctx, work)))
        progress = _progress(ctx, work, people) if ctx.undoing is None else _progress_of_undo(ctx, people)
    complaint = _incomplete(ctx)
    with ctx.store.work() as work:
        work.runs.finish(
            ctx.run_id,
            kind=kind_of(ctx.order, full=ctx.full),
            status="partial" if complaint else report.status(counted),
            error=complaint,
            counts=counted,
            requests=ctx.connector.requests,
        )
        if ctx.undoing is not None:
            work.connections.save(ctx.id, progress=progress)
        elif ctx.whole:
            work.connections.save(ctx.id, progress=progress, state="ready", attention={})
        work.commit()


def _strike(ctx: RunContext, gathered: Gathered) -> None:
    """Strike what was judged and nothing else (S-51).

    Cut off half-way, the next run looks at the rest once more and finds it in step.
    """
    each_slice(ctx, gathered.touches.but(gathered.postponed), ROWS, lambda work, some: work.links.untouch(some))


def _look_again(ctx: RunContext) -> None:
    """Put what could not be done on the work list, before anything is struck from it."""

    def touch(work: Work, some: Iterable[tuple[str, str]]) -> None:
        for kind, ref in some:
            work.links.touch(ctx.id, kind, ref)

    each_slice(ctx, sorted(ctx.again), ROWS, touch)


def _troubled(ctx: RunContext, work: Work) -> set[str]:
    """Linked customers with a failure in this run or a conflict."""
    subjects = {line.subject for line in ctx.lines if line.outcome in {"failed", "unknown"}}
    subjects |= {conflict.subject for conflict in work.conflicts.pending(ctx.id)}
    ids = {int(s.removeprefix("customer:")) for s in subjects if s.startswith("customer:")}
    return {str(customer) for customer in work.links.of_customers(ctx.id, ids)}


def _incomplete(ctx: RunContext) -> dict[str, Any] | None:
    if ctx.listed_total is None:
        return None
    message = f"accounting says it holds {ctx.listed_total} customers, but showed {ctx.listed}"
    remedy = "Nothing was taken as deleted; the next full run lists everything again."
    return {"code": "incomplete_listing", "message": message, "remedy": remedy, "exit_code": 1}


def _progress_of_undo(ctx: RunContext, people: Population) -> dict[str, Any]:
    """What an undo took away is not missed by the next run; nothing else was looked at."""
    progress = {k: v for k, v in ctx.connection.progress.items() if k != APPROVED_UNDO}
    became = Counter(line.target for line in ctx.lines if line.trace is not None and line.trace.became == "deleted")
    if became["register"]:
        progress["register"] = people.register
    if became["accounting"] and "accounting" in progress:
        progress["accounting"] -= became["accounting"]
    return progress


_PASSING = frozenset({"approved_run", "compare_all", "references_done", "restored"})
"""What a run that went to its end leaves behind it."""


def _progress(ctx: RunContext, work: Work, people: Population) -> dict[str, Any]:
    progress = {k: v for k, v in ctx.connection.progress.items() if k not in _PASSING}
    if ctx.references is not None:
        progress["references_done"] = ctx.references.mark
    progress.update(remembered(ctx, people))
    if not ctx.full:
        return progress
    if ctx.complete:
        progress["accounting"] = work.mirrors.count(ctx.id)
    units = [unit.name for unit in ctx.rules.judged()]
    judged = {"rules": rules_mark(ctx.rules), "units": units, "targets": ctx.rules.targets}
    return {**progress, "full_done": True, "first_done": True, **judged}
