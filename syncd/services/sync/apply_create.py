"""Creating a customer in accounting, never twice (S-12, S-42)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.engine.lines import Trace, lines
from syncd.engine.state import Agreed
from syncd.errors import CustomerError, DuplicateError, NotNowError, RejectedError
from syncd.services.sync import writes
from syncd.services.sync.apply_update import bring_in_step, redecide
from syncd.services.sync.failures import failed, found_done
from syncd.services.sync.filling import fill_in
from syncd.services.sync.questions import record

if TYPE_CHECKING:
    from syncd.engine.actions import CreateInAccounting, Decision
    from syncd.engine.state import Local
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord


def create_in_accounting(ctx: RunContext, decision: Decision, action: CreateInAccounting) -> None:
    """Send one customer. What accounting fills in by itself (terms, currency) is taken with it."""
    local = _as_planned(ctx, decision)
    if local is None:
        return
    since = ctx.seconds()
    try:
        intent, answer = writes.create(ctx, local, action.fields, lines(action))
    except DuplicateError as error:
        _number_exists(ctx, decision, error, action)
        return
    except writes.LostAnswerError as error:
        left = redecide(ctx, decision.pair) if found_done(ctx, decision, error) else None
    except CustomerError as error:
        failed(ctx, decision, error, action.fields)
        return
    else:
        left = _created(ctx, decision, action, answer, intent, since)
    if left is not None:
        bring_in_step(ctx, left)


def _as_planned(ctx: RunContext, decision: Decision) -> Local | None:
    """The customer as the plan saw it; None when it was saved or deleted meanwhile (the next run plans it anew)."""
    planned = decision.pair.local
    assert planned is not None  # noqa: S101 - a create has a customer
    with ctx.store.reading() as work:
        now = work.customers.load(planned.id)
    if now is not None and now.version == planned.version:
        return now
    ctx.again.add(("customer", str(planned.id)))
    return None


def _created(
    ctx: RunContext, decision: Decision, action: CreateInAccounting, answer: RemoteRecord, intent: int, since: float
) -> Decision | None:
    """Record the create with all that follows; returns what somebody changed meanwhile."""
    local = decision.pair.local
    assert local is not None  # noqa: S101 - a create has a customer
    sent = {n: local.fields.get(n) for n in action.fields}
    base = {n: Agreed(sent[n], answer.fields[n]) for n in action.fields if n in answer.fields}
    altered = sorted(n for n in base if not ctx.rules.same(n, action.fields[n], answer.fields[n]))
    with ctx.store.work() as work:
        trace = Trace(answer.remote_id, mark=ctx.put(work, answer))
        if action.replaces is not None:
            work.links.end(action.replaces.id, "created_again", ctx.author.who)
        work.links.create(ctx.id, local.id, answer.remote_id, base, (0, ""))
        work.links.touch(ctx.id, "reference", answer.remote_id)
        work.journal.settle(intent, "done")
        note = f"altered by accounting: {', '.join(altered)}" if altered else action.note
        told = (replace(line, outcome="done", message=note, trace=trace) for line in lines(action))
        ctx.say(work, *told, since=since)
        record(ctx, work, decision)
        left = fill_in(ctx, work, decision.pair)
        work.commit()
    return left


def _number_exists(ctx: RunContext, decision: Decision, error: DuplicateError, action: CreateInAccounting) -> None:
    """Accounting holds the number already: read who does, and decide the two as what they are (S-11, S-63)."""
    found = ctx.connector.find(str(decision.pair.number))
    with ctx.store.work() as work:
        for remote in found:
            ctx.put(work, remote)
        free = not work.links.of_remotes(ctx.id, [remote.remote_id for remote in found])
        lost = not found and work.journal.seek_again(ctx.id, decision.pair.local.id if decision.pair.local else 0)
        work.commit()
    if not found:
        failed(ctx, decision, _unseen_duplicate(error, lost=lost), action.fields)
        return
    if len(found) != 1 or not free:
        failed(ctx, decision, error, action.fields)
        return
    fresh = redecide(ctx, replace(decision.pair, remote=found[0]))
    if fresh is not None:
        bring_in_step(ctx, fresh)


def _unseen_duplicate(error: DuplicateError, *, lost: bool) -> CustomerError:
    """Accounting speaks of a duplicate but shows no customer with this number.

    After a create whose answer was lost it is most likely that very one, not listed yet: tried again later. Else
    another value must be unique there, such as the organisation number.
    """
    if lost:
        return NotNowError("accounting does not list a customer yet that it seems to hold already")
    return RejectedError(f"accounting would hold it twice, though not under this number: {error.message}")
