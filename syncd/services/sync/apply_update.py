"""Bringing pairs in step: take into the register, push to accounting, look again until nothing is left (S-40)."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.engine.actions import Decision, TakeBack
    from syncd.engine.lines import Line
    from syncd.engine.state import Link, Local, Pair
    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.sending import Answered
    from syncd.services.sync.writes import Sending
    from syncd.values.records import RemoteRecord

ROUNDS = 4
"""How often one customer is planned anew in one run before it is left to the next."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A decided update on its way: both sides, and the pair's link once it has one."""

    decision: Decision
    action: Update
    local: Local
    remote: RemoteRecord
    link: Link | None

    @property
    def pair(self) -> Pair:
        """The pair as far as it has come."""
        return replace(self.decision.pair, local=self.local, remote=self.remote, link=self.link)

    @property
    def so_far(self) -> Decision:
        """The decision about it."""
        return replace(self.decision, pair=self.pair)

    @property
    def changes(self) -> dict[str, Value]:
        """What accounting is to hold."""
        return {write.field: write.after for write in self.action.push}

    @property
    def seen(self) -> tuple[int, str]:
        """What both sides are once they are in step; nothing while a push is on its way."""
        return (0, "") if self.action.push else (self.local.version, fingerprint(self.remote))

    @property
    def held(self) -> dict[str, Value]:
        """What the register holds of that."""
        return {name: self.local.fields.get(name) for name in self.changes}


def bring_in_step(ctx: RunContext, decisions: Sequence[Decision]) -> None:
    """Carry decisions out. Whoever saved meanwhile is not overwritten: the pair is decided anew."""
    for _ in range(ROUNDS):
        left: list[Decision] = []
        for batch in batches(in_order(decisions)):
            steps = [_step(decision, decision.action) for decision in batch if isinstance(decision.action, Update)]
            if any(step.action.writes for step in steps):
                left += _round(ctx, steps)
            else:
                _note_in_step(ctx, batch, steps)
        decisions = left
    ctx.again.update(("customer", str(d.pair.local.id)) for d in decisions if d.pair.local is not None)


def _step(decision: Decision, action: Update) -> _Step:
    pair = decision.pair
    assert pair.local is not None  # noqa: S101 - an update has both sides
    assert pair.remote is not None  # noqa: S101 - same
    return _Step(decision, action, pair.local, pair.remote, pair.link)


def _note_in_step(ctx: RunContext, batch: Sequence[Decision], steps: Sequence[_Step]) -> None:
    """Pairs where nothing is to be written: linked if need be, their base and state noted."""

    def noted(work: Work) -> None:
        _settle(ctx, work, [(step, step.action.agree) for step in steps])
        ctx.say(work, *(line for step in steps for line in _kept(step.action)))
        for decision in batch:
            record(ctx, work, decision)

    ctx.at_once(noted)


def _round(ctx: RunContext, steps: Sequence[_Step]) -> Sequence[Decision]:
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


def _require_as_planned(ctx: RunContext, steps: Sequence[_Step]) -> None:
    """Nothing is taken from a record that has moved on and is to be written, too. Raises like ``as_planned``."""
    for step in steps:
        if step.action.take and step.action.push:
            as_planned(ctx, step.remote)


def as_planned(ctx: RunContext, remote: RemoteRecord) -> RemoteRecord:
    """The record as it is now, still what the plan saw. Raises ``ChangedMeanwhileError``: then the mirror knows."""
    now = ctx.connector.customer(remote.remote_id)
    if fingerprint(now) == fingerprint(remote):
        return now
    ctx.at_once(lambda work: ctx.put(work, now))
    raise ChangedMeanwhileError("the customer")


def _take(
    ctx: RunContext, work: Work, steps: Sequence[_Step]
) -> tuple[list[_Step], list[tuple[int, _Step, Sending[RemoteRecord]]]]:
    """Write the register's share, with its history and base, and note what is to be pushed; then all are linked."""
    since = ctx.seconds()
    written = _written(ctx, work, steps)
    taken = _settle(ctx, work, [(step, {**step.action.agree, **_taken(step)}) for step in written])
    ctx.say(
        work, *(line for step in taken for line in (*done(step.action, "register"), *_kept(step.action))), since=since
    )
    for step in taken:
        record(ctx, work, replace(step.decision, carried=() if step.action.push else step.decision.carried))
    pushes = [step for step in taken if step.action.push]
    sendings = [_sending(ctx, step) for step in pushes]
    return taken, list(zip(writes.note(ctx, work, sendings), pushes, sendings, strict=True))


def _written(ctx: RunContext, work: Work, steps: Sequence[_Step]) -> list[_Step]:
    """The register's customers with what they take, held as seen. A push alone finds out when it is sent."""
    writing = [step for step in steps if step.action.take or step.link is None]
    _require_as_seen(work, writing)
    rows = [(step.local, {write.field: write.after for write in step.action.take}) for step in writing]
    after = {local.id: local for local in work.customers.write_many(ctx.connection.group_id, rows, ctx.author)}
    return [replace(step, local=after.get(step.local.id, step.local)) for step in steps]


def _require_as_seen(work: Work, steps: Sequence[_Step]) -> None:
    versions = work.customers.hold_many(step.local.id for step in steps)
    for local in (step.local for step in steps):
        if local.id not in versions:
            raise UnknownCustomerError(local.number)
        if versions[local.id] != local.version:
            raise ChangedMeanwhileError("the customer")


def _taken(step: _Step) -> dict[str, Agreed]:
    """The base of what was taken. A typed value is still to be pushed: until then the register counts as the mover."""
    theirs = {w.field: step.remote.fields[w.field] for w in step.action.take}
    pushed = step.changes
    return {
        w.field: Agreed(theirs[w.field] if w.field in pushed else w.after, theirs[w.field]) for w in step.action.take
    }


def _settle(ctx: RunContext, work: Work, agreed: Iterable[tuple[_Step, Mapping[str, Agreed]]]) -> list[_Step]:
    """Store bases and whose wait is over. A pair that still waits for its push is not in step."""
    settled = [_linked(ctx, work, step, base) for step, base in agreed]
    work.links.settle_many((link.id, link.base, step.seen, link.undone) for step, link in settled)
    return [replace(step, link=link) for step, link in settled]


def _linked(ctx: RunContext, work: Work, step: _Step, base: Mapping[str, Agreed]) -> tuple[_Step, Link]:
    """The pair's link, made if need be, with what is agreed on and without the marks that are released."""
    link = step.link
    if link is None:
        ctx.follow(work, f"remote:{step.remote.remote_id}", step.local.id)
        link = work.links.create(ctx.id, step.local.id, step.remote.remote_id, {}, (0, ""))
    undone = {name: run for name, run in link.undone.items() if name not in step.action.released}
    return step, replace(link, base={**link.base, **base}, undone=undone)


def _sending(ctx: RunContext, step: _Step) -> Sending[RemoteRecord]:
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


def _pushed(ctx: RunContext, work: Work, answered: Sequence[Answered[_Step, RemoteRecord]]) -> list[Pair]:
    """Record what accounting took, with all that follows; every pair is looked at once more."""
    ctx.put(work, *(one.answer for one in answered))
    steps = _settle(
        ctx, work, [(_arrived(one.of, one.answer), _confirmed(ctx, one.of, one.answer)) for one in answered]
    )
    told = [(one, done(one.of.action, "accounting", _altered(ctx, one.of, one.answer))) for one in answered]
    for one, step in zip(answered, steps, strict=True):
        if "number" in _altered(ctx, one.of, one.answer):
            ask(ctx, work, number_question(step.pair, "cannot_renumber", "accounting keeps the old number"), step.pair)
    ctx.say_timed(work, [(line, one.seconds) for one, mine in told for line in mine])
    for step in steps:
        record(ctx, work, step.so_far)
    return [step.pair for step in steps]


def _arrived(step: _Step, answer: RemoteRecord) -> _Step:
    """Nothing is on its way any more."""
    return replace(step, remote=answer, action=replace(step.action, push=()))


def _altered(ctx: RunContext, step: _Step, answer: RemoteRecord) -> frozenset[str]:
    """The fields of which accounting made something else."""
    shown = {name: value for name, value in step.changes.items() if name in answer.fields}
    return frozenset(name for name, value in shown.items() if not ctx.rules.same(name, value, answer.fields[name]))


def _confirmed(ctx: RunContext, step: _Step, answer: RemoteRecord) -> dict[str, Agreed]:
    """The base of what was pushed, as accounting shows it; a number that it kept is not agreed on."""
    kept = _altered(ctx, step, answer) & {"number"}
    return {n: Agreed(v, answer.fields[n]) for n, v in step.held.items() if n in answer.fields and n not in kept}


def _not_done(ctx: RunContext, step: _Step, error: CustomerError | RefusedError) -> Sequence[Pair]:
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


def _say_refused(ctx: RunContext, step: _Step, error: RefusedError) -> None:
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
