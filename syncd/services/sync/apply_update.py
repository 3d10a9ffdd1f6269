"""Bringing pairs in step: take into the register, push to accounting, look again until nothing is left (S-40)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from syncd.engine.actions import Update
from syncd.engine.lines import lines
from syncd.engine.plan import in_order
from syncd.engine.state import Agreed
from syncd.errors import ChangedMeanwhileError, CustomerError, DuplicateError, GoneError, RefusedError, RejectedError
from syncd.register.problems import UnknownCustomerError
from syncd.services.sync import writes
from syncd.services.sync.batches import batches
from syncd.services.sync.failures import failed, found_done, number_question
from syncd.services.sync.gather import decided_anew
from syncd.services.sync.questions import ask, record
from syncd.services.sync.sending import send_all
from syncd.services.sync.steps import Step, settle, step_of, take
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.engine.actions import Decision, TakeBack
    from syncd.engine.lines import Line
    from syncd.engine.state import Pair
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.sending import Answered
    from syncd.services.sync.writes import Sending
    from syncd.values.records import RemoteRecord

ROUNDS = 4
"""How often one customer is planned anew in one run before it is left to the next."""


def bring_in_step(ctx: RunContext, decisions: Sequence[Decision]) -> None:
    """Carry decisions out. Whoever saved meanwhile is not overwritten: the pair is decided anew."""
    for _ in range(ROUNDS):
        left: list[Decision] = []
        for batch in batches(in_order(decisions)):
            steps = [step_of(decision, decision.action) for decision in batch if isinstance(decision.action, Update)]
            if any(step.action.writes for step in steps):
                left += _round(ctx, steps)
            else:
                _note_in_step(ctx, batch, steps)
        decisions = left
    ctx.again.update(("customer", str(d.pair.local.id)) for d in decisions if d.pair.local is not None)


def _note_in_step(ctx: RunContext, batch: Sequence[Decision], steps: Sequence[Step]) -> None:
    """Pairs where nothing is to be written: linked if need be, their base and state noted."""

    def noted(work: Work) -> None:
        settle(ctx, work, [(step, step.action.agree) for step in steps])
        ctx.say(work, *(line for step in steps for line in _kept(step.action)))
        for decision in batch:
            record(ctx, work, decision)

    ctx.at_once(noted)


def _round(ctx: RunContext, steps: Sequence[Step]) -> Sequence[Decision]:
    """One pass: take, then push. Returns what is left to do, decided from what both sides hold then.

    If the register refuses one of many, each goes by itself.
    """
    try:
        _require_as_planned(ctx, steps)
        taken, noted = ctx.at_once(lambda work: _take(ctx, work, steps))
    except (CustomerError, RefusedError) as error:
        if len(steps) > 1:
            return [decision for step in steps for decision in _round(ctx, [step])]
        return redecide(ctx, _not_done(ctx, steps[0], error))
    again = [step.pair for step in taken if not step.action.push]
    again += send_all(ctx, noted, partial(_pushed, ctx), partial(_not_done, ctx))
    return redecide(ctx, again)


def _require_as_planned(ctx: RunContext, steps: Sequence[Step]) -> None:
    """Nothing is taken from a record that has moved on and is to be written, too. Raises like ``as_planned``."""
    for step in steps:
        if step.action.take and step.action.push:
            as_planned(ctx, step.remote)


def as_planned(ctx: RunContext, remote: RemoteRecord) -> RemoteRecord:
    """The record as it is now, still what the plan saw. Raises ``ChangedMeanwhileError``: then the mirror knows.

    Cut off there, the next run looks at it: accounting would not tell of that edit a second time.
    """
    now = ctx.connector.customer(remote.remote_id)
    if fingerprint(now) == fingerprint(remote):
        return now
    ctx.at_once(lambda work: work.mirrors.store_page(ctx.id, [now], ctx.counter, afresh=False))
    raise ChangedMeanwhileError("the customer")


def _take(
    ctx: RunContext, work: Work, steps: Sequence[Step]
) -> tuple[list[Step], list[tuple[int, Step, Sending[RemoteRecord]]]]:
    """Write the register's share, with its history and base, and note what is to be pushed; then all are linked."""
    since = ctx.seconds()
    taken = take(ctx, work, steps)
    ctx.say(
        work, *(line for step in taken for line in (*done(step.action, "register"), *_kept(step.action))), since=since
    )
    for step in taken:
        record(ctx, work, replace(step.decision, carried=() if step.action.push else step.decision.carried))
    pushes = [step for step in taken if step.action.push]
    sendings = [_sending(ctx, step) for step in pushes]
    return taken, list(zip(writes.note(ctx, work, sendings), pushes, sendings, strict=True))


def _sending(ctx: RunContext, step: Step) -> Sending[RemoteRecord]:
    """Accounting's share."""
    return writes.update(
        ctx,
        step.remote.remote_id,
        partial(as_planned, ctx, step.remote),
        step.changes,
        step.held,
        number=step.local.number,
        lines=done(step.action, "accounting"),
        seen=step.local,
    )


def _pushed(ctx: RunContext, work: Work, answered: Sequence[Answered[Step, RemoteRecord]]) -> list[Pair]:
    """Record what accounting took, with all that follows; every pair is looked at once more."""
    ctx.put(work, *(one.answer for one in answered))
    steps = settle(ctx, work, [(_arrived(one.of, one.answer), _confirmed(ctx, one.of, one.answer)) for one in answered])
    told = [(one, done(one.of.action, "accounting", _altered(ctx, one.of, one.answer))) for one in answered]
    for one, step in zip(answered, steps, strict=True):
        if "number" in _altered(ctx, one.of, one.answer):
            ask(ctx, work, number_question(step.pair, "cannot_renumber", "accounting keeps the old number"), step.pair)
    ctx.say_timed(work, [(line, one.seconds) for one, mine in told for line in mine])
    for step in steps:
        record(ctx, work, step.so_far)
    return [step.pair for step in steps]


def _arrived(step: Step, answer: RemoteRecord) -> Step:
    """Nothing is on its way any more."""
    return replace(step, remote=answer, action=replace(step.action, push=()))


def _altered(ctx: RunContext, step: Step, answer: RemoteRecord) -> frozenset[str]:
    """The fields of which accounting made something else."""
    shown = {name: value for name, value in step.changes.items() if name in answer.fields}
    return frozenset(name for name, value in shown.items() if not ctx.rules.same(name, value, answer.fields[name]))


def _confirmed(ctx: RunContext, step: Step, answer: RemoteRecord) -> dict[str, Agreed]:
    """The base of what was pushed, as accounting shows it; a number that it kept is not agreed on."""
    kept = _altered(ctx, step, answer) & {"number"}
    return {n: Agreed(v, answer.fields[n]) for n, v in step.held.items() if n in answer.fields and n not in kept}


def _not_done(ctx: RunContext, step: Step, error: CustomerError | RefusedError) -> Sequence[Pair]:
    """Leave what is to be left of a step that was not carried out; returns the pair if it is to be looked at again."""
    match error:
        case ChangedMeanwhileError():
            again = True
        case UnknownCustomerError():
            again = False  # deleted meanwhile: the deletion is on the work list
        case RefusedError():
            _say_refused(ctx, step, error)
            again = False
        case GoneError():
            ctx.at_once(lambda work: work.mirrors.set_gone(ctx.id, [step.remote.remote_id]))
            again = True  # what is asked then follows from deciding anew (S-61)
        case writes.LostAnswerError():
            again = found_done(ctx, step.so_far, error)
        case _:
            failed(ctx, step.so_far, error, step.changes)
            again = isinstance(error, RejectedError | DuplicateError)
    return [step.pair] if again else ()


def _say_refused(ctx: RunContext, step: Step, error: RefusedError) -> None:
    """The register refused a value (a number taken meanwhile): said, and looked at again."""
    mine = [line for line in lines(step.action) if line.target == "register"]
    told = [replace(line, outcome="failed", message=error.message) for line in mine]
    ctx.at_once(lambda work: ctx.say(work, *told))
    ctx.again.add(("customer", str(step.local.id)))


def redecide(ctx: RunContext, pairs: Sequence[Pair]) -> Sequence[Decision]:
    """Decide pairs anew from what the database holds of both sides now."""
    if not pairs:
        return ()
    with ctx.store.reading() as work:
        return decided_anew(ctx, work, pairs)


def done(action: Update | TakeBack, target: str, altered: frozenset[str] = frozenset()) -> list[Line]:
    """The lines of one side, done; a value that accounting altered says so, a number that it kept has failed."""
    mine = [line for line in lines(action) if line.target == target and line.outcome == "planned"]
    return [_altered_line(line) if line.field in altered else replace(line, outcome="done") for line in mine]


def _altered_line(line: Line) -> Line:
    return replace(line, outcome="failed" if line.field == "number" else "done", message="altered by accounting")


def _kept(action: Update) -> list[Line]:
    return [line for line in lines(action) if line.outcome == "skipped"]
