"""Weighing a plan: totals gathered for the brakes, and whether an administrator approved this very plan (S-70)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.engine.actions import Update, digest
from syncd.engine.guard import Totals, weigh

if TYPE_CHECKING:
    from syncd.engine.actions import Decision
    from syncd.engine.guard import Held
    from syncd.engine.plan import Plan
    from syncd.engine.rules import Rules
    from syncd.ports.records import RunInfo
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.gather import Gathered


def weighed(ctx: RunContext, gathered: Gathered) -> tuple[Held, ...]:
    """Every brake that holds this plan."""
    progress, people = ctx.connection.progress, gathered.people
    totals = Totals(
        linked=people.linked,
        accounting=ctx.listed if ctx.full else None,
        accounting_before=progress.get("accounting"),
        register=people.register if ctx.order.customer is None else None,
        register_before=progress.get("register"),
        known=people.linked if ctx.full else 0,
        found=people.linked - _newly_missing(gathered),
        listed_total=ctx.listed_total,
        first_run=not progress.get("first_done"),
        first_references=ctx.undoing is None and ctx.references is not None and not progress.get("references_done"),
        mapping_dropped=_dropped(ctx) if ctx.undoing is None else (),
        restored=ctx.restored,
    )
    return weigh(gathered.plan, totals, ctx.limits)


def _newly_missing(gathered: Gathered) -> int:
    """Linked customers that accounting no longer shows and nobody was asked about yet."""
    asked = {c.subject for c in gathered.waiting.conflicts if c.kind == "missing_in_accounting"}
    missing = (d for d in gathered.plan.decisions if any(q.kind == "missing_in_accounting" for q in d.questions))
    return sum(1 for decision in missing if decision.pair.key not in asked)


def _dropped(ctx: RunContext) -> tuple[str, ...]:
    """Units that were synchronised by the last complete run and no longer are, or stand in another place now."""
    now, progress = {unit.name for unit in ctx.rules.judged()}, ctx.connection.progress
    gone = [name for name in progress.get("units", []) if name not in now]
    known, placed = progress.get("targets", {}), ctx.rules.targets
    return (*gone, *(name for name, place in known.items() if name in placed and placed[name] != place))


def rules_mark(rules: Rules) -> str:
    """A mark of everything that decides how pairs are judged: when it changes, all are judged again."""
    directions = {unit.name: rules.direction(unit) for unit in rules.units}
    policies = {unit.name: rules.policy(unit) for unit in rules.judged()}
    others = [rules.first_link, rules.create_in_accounting, rules.create_in_register, rules.country]
    marks = [directions, policies, others, rules.number_minimum, rules.number_maximum]
    return digest(*marks, *([rules.targets] if rules.targets else []))


_OF_THE_PLAN = frozenset(
    {"first_run", "first_references", "many_changes", "many_deactivations", "mass_blanking", "all_changed"}
)
"""Brakes that speak of the plan's own writes, which its marks cover; the others speak of the world around it."""


APPROVED_UNDO = "approved_undo"
"""Where a connection remembers the undo that was approved; of synchronisations it is ``approved_run``."""


def _is_rest(work: Work, approved_run: int, undoes: str | None, plan: Plan, held: tuple[Held, ...]) -> bool:
    """Whether a plan is what is left of an approved one of the same purpose.

    What accounting filled in by itself in a customer that the approved plan created belongs to that create.
    """
    earlier = work.runs.get(approved_run)
    if earlier is None or earlier.undoes != undoes or not _known(held) <= _codes(earlier):
        return False
    known = work.runs.marks(earlier.id)
    if plan.marks() <= known:
        return True
    created = {line.subject for line in work.runs.lines(earlier.id) if line.kind == "create_in_accounting"}
    others = tuple(d for d in plan.decisions if not (d.pair.key in created and _only_takes(d)))
    return replace(plan, decisions=others).marks() <= known


def _only_takes(decision: Decision) -> bool:
    return isinstance(decision.action, Update) and not decision.action.push


def _known(held: tuple[Held, ...]) -> frozenset[str]:
    """The brakes that an approval must have named to cover them: what is left of a plan may meet another world."""
    return frozenset(brake.code for brake in held) - _OF_THE_PLAN


def _codes(run: RunInfo) -> frozenset[str]:
    error = run.error or {}
    return frozenset(error.get("codes", [error.get("code")]))


def _shown(ctx: RunContext, work: Work) -> RunInfo | None:
    """The held plan that is meant: the one there was when somebody approved, if it is still open."""
    latest = work.runs.latest_held(ctx.id, ctx.order.undoes)
    if latest is None or ctx.order.shown is None:
        return latest
    return work.runs.get(ctx.order.shown)


def approved(ctx: RunContext, plan: Plan, held: tuple[Held, ...]) -> bool:
    """Whether an administrator approved this very plan, or what is left of an approved one that was cut off."""
    marks, undoes = plan.marks(), ctx.order.undoes
    kept = "approved_run" if undoes is None else APPROVED_UNDO
    with ctx.store.work() as work:
        if _is_rest(work, ctx.connection.progress.get(kept) or 0, undoes, plan, held):
            return True
        if not ctx.order.approve:
            return False
        run = _shown(ctx, work)
        code = (run.error or {}).get("code") if run is not None else None
        if run is None or work.runs.marks(run.id) != marks or code != held[0].code:
            return False
        work.runs.approve(run.id, ctx.order.who)
        work.connections.save(ctx.id, progress={**ctx.connection.progress, kept: run.id})
        work.commit()
        return True
