"""Apply: decisions become writes, a batch at a time; one bad customer never stops the run (S-40, S-45)."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from syncd.engine.actions import CreateInAccounting, CreateInRegister, EndLink, TakeBack, Update
from syncd.services.sync.apply_create import create_in_accounting
from syncd.services.sync.apply_end import end_link
from syncd.services.sync.apply_import import import_customers
from syncd.services.sync.apply_reference import write_references
from syncd.services.sync.apply_undo import take_back
from syncd.services.sync.apply_update import bring_in_step
from syncd.services.sync.batches import batches
from syncd.services.sync.sending import BATCH
from syncd.services.sync.slices import ROWS, each_slice, sliced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.engine.actions import Decision
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.gather import Gathered


def apply(ctx: RunContext, gathered: Gathered) -> None:
    """Carry the plan out. Every batch commits by itself: killed anywhere, the next run goes on from there."""
    plan = gathered.plan
    total, done = len(plan.decisions) + len(plan.references), 0
    for batch in batches(plan.decisions):
        ctx.check_stop()
        _carry_out(ctx, batch)
        if len(batch) > 1:
            ctx.store.give_way()
        done += len(batch)
        ctx.progress("write", done, total)
    for some in sliced(plan.references, BATCH):
        ctx.check_stop()
        write_references(ctx, some)
        done += len(some)
        ctx.progress("write", done, total)
    each_slice(ctx, plan.remarks, ROWS, lambda work, some: ctx.say(work, *some))


def _carry_out(ctx: RunContext, batch: Sequence[Decision]) -> None:
    match batch[0].action:
        case CreateInRegister():
            import_customers(ctx, batch)
        case CreateInAccounting():
            create_in_accounting(ctx, batch)
        case EndLink() as action if ctx.undoing is None:
            end_link(ctx, batch[0], action)
        case TakeBack() | EndLink():
            take_back(ctx, batch[0])
        case Update() | None:
            bring_in_step(ctx, batch)
        case _ as never:
            assert_never(never)
