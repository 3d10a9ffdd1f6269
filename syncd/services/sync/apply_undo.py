"""Taking back: values put back on the side that a run wrote, records that it created taken away (S-56).

Every unit is marked before accounting is written, so that a run which is cut off neither repeats nor spreads it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from syncd.engine.actions import EndLink, TakeBack
from syncd.engine.lines import lines
from syncd.engine.state import Agreed
from syncd.errors import ChangedMeanwhileError, CustomerError, GoneError, RefusedError
from syncd.services.sync import writes
from syncd.services.sync.apply_end import end_link
from syncd.services.sync.apply_update import as_planned, done
from syncd.services.sync.failures import failed, found_done
from syncd.services.sync.gather_undo import decided_again
from syncd.services.sync.questions import record
from syncd.values.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.engine.actions import Decision
    from syncd.engine.lines import Line
    from syncd.engine.state import Local
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord

ROUNDS = 4
"""How often one customer is decided anew in one undo."""


def take_back(ctx: RunContext, decision: Decision) -> None:
    """Carry one customer's undo out. Whoever saved meanwhile is not overwritten: it is decided anew."""
    assert ctx.undoing is not None  # noqa: S101 - only an undo plans such decisions
    current = decision
    for _ in range(ROUNDS):
        try:
            _carry_out(ctx, current)
        except ChangedMeanwhileError:
            current = decided_again(ctx, ctx.undoing, current.pair)
        except CustomerError as error:
            _not_done(ctx, current, error.message)
            return
        else:
            return
    _not_done(ctx, current, "changed again and again meanwhile: repeat the undo")


def _not_done(ctx: RunContext, decision: Decision, why: str) -> None:
    """Nothing of a customer was written: said, and what is left alone as well."""
    told = lines(decision.action) if decision.action is not None else ()
    failed_ones = [replace(x, outcome="failed", message=why) if x.outcome == "planned" else x for x in told]
    ctx.at_once(lambda work: ctx.say(work, *failed_ones))


def _carry_out(ctx: RunContext, decision: Decision) -> None:
    match decision.action:
        case TakeBack() as action:
            _put_back(ctx, decision, action)
        case EndLink() as action:
            _require_as_planned(ctx, decision)
            end_link(ctx, decision, action)
        case _:
            ctx.at_once(lambda work: record(ctx, work, decision))


def _require_as_planned(ctx: RunContext, decision: Decision) -> RemoteRecord | None:
    """The remote customer, still as the plan saw it. Raises ``ChangedMeanwhileError``: a later run judges the edit."""
    remote = decision.pair.remote
    if remote is None:
        return None
    try:
        return as_planned(ctx, remote)
    except GoneError as error:
        ctx.at_once(lambda work: work.mirrors.set_gone(ctx.id, [remote.remote_id]))
        raise ChangedMeanwhileError("the customer") from error


def _put_back(ctx: RunContext, decision: Decision, action: TakeBack) -> None:
    """The register's share with every mark, then accounting's; what is put back is asked about once it is."""
    seen = _require_as_planned(ctx, decision) if action.push else None
    try:
        local = _put_back_here(ctx, decision, action)
    except ChangedMeanwhileError:
        raise
    except RefusedError as error:
        _not_done(ctx, decision, error.message)
        return
    if seen is not None:
        _put_back_there(ctx, decision, action, local, seen)


def _put_back_here(ctx: RunContext, decision: Decision, action: TakeBack) -> Local | None:
    since = ctx.seconds()

    def put_back(work: Work) -> Local | None:
        local = decision.pair.local
        if action.take and local is not None:
            local = work.customers.write(local.id, local.version, {w.field: w.after for w in action.take}, ctx.author)
        _note_link(ctx, work, action, {} if action.push else action.agree)
        ctx.say(work, *done(action, "register"), *_left(action), since=since)
        if not action.push:
            record(ctx, work, decision)
        return local

    return ctx.at_once(put_back)


def _note_link(ctx: RunContext, work: Work, action: TakeBack, agreed: Mapping[str, Agreed]) -> None:
    """The marks and what is agreed on; a pair that an undo had parted is linked again once all is done."""
    pair = action.pair
    if pair.link is not None:
        work.links.settle(pair.link.id, {**pair.link.base, **agreed}, (0, ""), action.undone)
        work.links.touch(ctx.id, "customer", str(pair.link.customer_id))  # cut off here, the next run asks
    elif action.relink is not None and pair.local is not None and pair.remote is not None and not action.push:
        work.links.create(ctx.id, pair.local.id, pair.remote.remote_id, {**action.relink, **agreed}, (0, ""))
        work.links.touch(ctx.id, "customer", str(pair.local.id))


def _put_back_there(
    ctx: RunContext, decision: Decision, action: TakeBack, local: Local | None, seen: RemoteRecord
) -> None:
    changes = {write.field: write.after for write in action.push}
    register = {name: local.fields.get(name) for name in changes} if local is not None else {}
    since = ctx.seconds()
    try:
        told = done(action, "accounting")
        read = partial(as_planned, ctx, seen)
        number = decision.pair.number
        sending = writes.update(ctx, seen.remote_id, read, changes, register, number=number, lines=told)
        intent, answer = writes.journaled(ctx, sending)
    except writes.LostAnswerError as error:
        if found_done(ctx, replace(decision, questions=()), error):
            _note_done(ctx, decision, action)
        return
    except CustomerError as error:
        failed(ctx, _not_written(decision, action), error, changes)
        return
    altered = frozenset(n for n, v in changes.items() if not ctx.rules.same(n, v, answer.fields.get(n, v)))

    def stored(work: Work) -> None:
        ctx.put(work, answer)
        _note_link(ctx, work, replace(action, push=()), _agreed(action, answer))
        work.journal.settle([intent], "done")
        ctx.say(work, *done(action, "accounting", altered), since=since)
        record(ctx, work, decision)

    ctx.at_once(stored)


def _agreed(action: TakeBack, answer: RemoteRecord) -> dict[str, Agreed]:
    """What both sides hold again, as accounting answered."""
    return {name: Agreed(one.register, answer.fields.get(name, one.accounting)) for name, one in action.agree.items()}


def _note_done(ctx: RunContext, decision: Decision, action: TakeBack) -> None:
    """A write whose answer was lost was carried out, and settled by reading."""

    def noted(work: Work) -> None:
        _note_link(ctx, work, replace(action, push=()), action.agree)
        record(ctx, work, decision)

    ctx.at_once(noted)


def _not_written(decision: Decision, action: TakeBack) -> Decision:
    """Without the questions about what accounting did not take: there both sides still agree."""
    units = {unit_of(write.field).name for write in action.push}
    return replace(decision, questions=tuple(q for q in decision.questions if q.field not in units))


def _left(action: TakeBack) -> list[Line]:
    return [line for line in lines(action) if line.outcome == "skipped"]
