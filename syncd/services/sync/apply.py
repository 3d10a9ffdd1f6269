"""Apply: decisions become writes, customer by customer; one bad customer never stops the run (S-40, S-45)."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from syncd.engine.actions import CreateInAccounting, CreateInRegister, EndLink, TakeBack, Update
from syncd.services.sync.apply_create import create_in_accounting
from syncd.services.sync.apply_end import end_link
from syncd.services.sync.apply_import import import_customers
from syncd.services.sync.apply_reference import write_reference
from syncd.services.sync.apply_undo import take_back
from syncd.services.sync.apply_update import bring_in_step, note_in_step
from syncd.services.sync.slices import RECORDS, ROWS, each_slice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.engine.actions import Decision
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.gather import Gathered


def apply(ctx: RunContext, gathered: Gathered) -> None:
    """Carry the plan out. Every step commits by itself: killed anywhere, the next run goes on from there."""
    plan = gathered.plan
    total, done = len(plan.decisions) + len(plan.references), 0
    for batch in _batches(plan.decisions):
        ctx.check_stop()
        _carry_out(ctx, batch)
        if len(batch) > 1:
            ctx.store.give_way()
        done += len(batch)
        ctx.progress("write", done, total)
    for reference in plan.references:
        ctx.check_stop()
        write_reference(ctx, reference)
        done += 1
        ctx.progress("write", done, total)
    each_slice(ctx, plan.remarks, ROWS, lambda work, some: ctx.say(work, *some))


def _batches(decisions: tuple[Decision, ...]) -> Iterator[list[Decision]]:
    """Local work is committed in batches; every write to accounting stands alone."""
    batch: list[Decision] = []
    for decision in decisions:
        if batch and (_bulk(decision) != _bulk(batch[0]) or len(batch) == RECORDS or _bulk(decision) == "alone"):
            yield batch
            batch = []
        batch.append(decision)
    if batch:
        yield batch


def _bulk(decision: Decision) -> str:
    """Which decisions may share a transaction."""
    match decision.action:
        case CreateInRegister():
            return "import"
        case None:
            return "in step"
        case Update(take=(), push=()):
            return "in step"
        case _:
            return "alone"


def _carry_out(ctx: RunContext, batch: list[Decision]) -> None:
    match batch[0].action:
        case CreateInRegister():
            import_customers(ctx, batch)
        case CreateInAccounting() as action:
            create_in_accounting(ctx, batch[0], action)
        case EndLink() as action if ctx.undoing is None:
            end_link(ctx, batch[0], action)
        case TakeBack() | EndLink():
            take_back(ctx, batch[0])
        case Update(take=(), push=()) | None:
            note_in_step(ctx, batch)
        case Update():
            bring_in_step(ctx, batch[0])
        case _ as never:
            assert_never(never)
