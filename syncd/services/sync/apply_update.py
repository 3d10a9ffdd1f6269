"""Bringing a pair in step: take into the register, push to accounting, look again until nothing is left (S-40)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from syncd.engine.actions import Decision, Update
from syncd.engine.lines import lines
from syncd.engine.state import Agreed, Pair
from syncd.errors import (
    ChangedMeanwhileError,
    CustomerError,
    DuplicateError,
    GoneError,
    RefusedError,
    RejectedError,
)
from syncd.register.problems import UnknownCustomerError
from syncd.services.sync import writes
from syncd.services.sync.failures import failed, found_done, number_question
from syncd.services.sync.gather import decided_anew
from syncd.services.sync.questions import ask, record
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from syncd.engine.actions import TakeBack
    from syncd.engine.lines import Line
    from syncd.engine.state import Link, Local
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord

ROUNDS = 4
"""How often one customer is planned anew in one run before it is left to the next."""


def bring_in_step(ctx: RunContext, decision: Decision) -> None:
    """Carry one pair's decision out. Whoever saved meanwhile is not overwritten: the pair is decided anew."""
    current: Decision | None = decision
    for _ in range(ROUNDS):
        if current is None:
            return
        if not isinstance(current.action, Update) or not current.action.writes:
            note_in_step(ctx, [current])
            return
        current = _round(ctx, current, current.action)
    if decision.pair.local is not None:
        ctx.again.add(("customer", str(decision.pair.local.id)))


def note_in_step(ctx: RunContext, batch: list[Decision]) -> None:
    """Pairs where nothing is to be written: linked if need be, their base and state noted."""
    with ctx.store.work() as work:
        for decision in batch:
            action = decision.action
            if isinstance(action, Update):
                _settle(ctx, work, decision.pair, action)
                ctx.say(work, *_kept(action))
            record(ctx, work, decision)
        work.commit()


def _round(ctx: RunContext, decision: Decision, action: Update) -> Decision | None:
    """One pass: read, take, push. Returns what is left to do, decided from what both sides hold then."""
    pair = decision.pair
    try:
        if action.take and action.push and pair.remote is not None:
            as_planned(ctx, pair.remote)
        local, pair = _take(ctx, decision, action)
        if action.push:
            _push(ctx, replace(decision, pair=pair), action, local)
    except ChangedMeanwhileError:
        return redecide(ctx, pair)
    except GoneError:
        _forget(ctx, pair)
    except RefusedError as error:
        _not_taken(ctx, decision, action, error)
        return None
    except writes.LostAnswerError as error:
        if not found_done(ctx, replace(decision, pair=pair), error):
            return None
    except (RejectedError, DuplicateError) as error:
        failed(ctx, replace(decision, pair=pair), error, {w.field: w.after for w in action.push})
    except CustomerError as error:
        failed(ctx, replace(decision, pair=pair), error, {w.field: w.after for w in action.push})
        return None
    return redecide(ctx, pair)


def _forget(ctx: RunContext, pair: Pair) -> None:
    """The vendor no longer knows the record: what then is asked follows from deciding anew (S-61)."""
    assert pair.remote is not None  # noqa: S101 - an update has both sides
    with ctx.store.work() as work:
        work.mirrors.set_gone(ctx.id, [pair.remote.remote_id])
        work.commit()


def as_planned(ctx: RunContext, remote: RemoteRecord) -> RemoteRecord:
    """The record as it is now, still what the plan saw. Raises ``ChangedMeanwhileError``: then the mirror knows."""
    now = ctx.connector.customer(remote.remote_id)
    if fingerprint(now) == fingerprint(remote):
        return now
    with ctx.store.work() as work:
        ctx.put(work, now)
        work.commit()
    raise ChangedMeanwhileError("the customer")


def _both_as_planned(ctx: RunContext, local: Local, remote: RemoteRecord) -> RemoteRecord:
    """The record as it is now, while the register's customer too is what the plan saw."""
    now = as_planned(ctx, remote)
    with ctx.store.reading() as work:
        held = work.customers.load(local.id)
    if held is None:
        raise UnknownCustomerError(local.number)
    if held.version != local.version:
        raise ChangedMeanwhileError("the customer")
    return now


def _take(ctx: RunContext, decision: Decision, action: Update) -> tuple[Local, Pair]:
    """Write the register's share, with its history and base, in one transaction; then the pair is linked."""
    pair = decision.pair
    local, remote = pair.local, pair.remote
    assert local is not None  # noqa: S101 - an update has both sides
    assert remote is not None  # noqa: S101 - same
    since = ctx.seconds()
    with ctx.store.work() as work:
        local = work.customers.write(local.id, local.version, {w.field: w.after for w in action.take}, ctx.author)
        agreed = {**action.agree, **_taken(action, remote)}
        link = _settle(ctx, work, replace(pair, local=local), replace(action, agree=agreed), moved=bool(action.push))
        ctx.say(work, *done(action, "register"), *_kept(action), since=since)
        record(ctx, work, replace(decision, carried=() if action.push else decision.carried))
        work.commit()
    return local, replace(pair, local=local, link=link)


def _taken(action: Update, remote: RemoteRecord) -> dict[str, Agreed]:
    """The base of what was taken. A typed value is still to be pushed: until then the register counts as the mover."""
    theirs = {w.field: remote.fields[w.field] for w in action.take}
    pushed = {w.field for w in action.push}
    return {w.field: Agreed(theirs[w.field] if w.field in pushed else w.after, theirs[w.field]) for w in action.take}


def _settle(ctx: RunContext, work: Work, pair: Pair, action: Update, *, moved: bool = False) -> Link:
    """Store the base and whose wait is over. While a push is still to come (``moved``) the pair is not in step."""
    local, remote, link = pair.local, pair.remote, pair.link
    assert local is not None  # noqa: S101 - a pair has both sides
    assert remote is not None  # noqa: S101 - same
    seen = (0, "") if moved else (local.version, fingerprint(remote))
    if link is None:
        ctx.follow(work, f"remote:{remote.remote_id}", local.id)
        return work.links.create(ctx.id, local.id, remote.remote_id, action.agree, seen)
    base = {**link.base, **action.agree}
    undone = {name: run for name, run in link.undone.items() if name not in action.released}
    work.links.settle(link.id, base, seen, undone)
    return replace(link, base=base, undone=undone)


def _push(ctx: RunContext, decision: Decision, action: Update, local: Local) -> None:
    """Write accounting's share through the journal; the outcome, base and mirror are one commit."""
    remote = decision.pair.remote
    assert remote is not None  # noqa: S101 - an update has both sides
    changes = {w.field: w.after for w in action.push}
    register = {name: local.fields.get(name) for name in changes}
    since = ctx.seconds()
    told = done(action, "accounting")
    read = partial(_both_as_planned, ctx, local, remote)
    intent, answer = writes.update(
        ctx, remote.remote_id, read, changes, register, number=decision.pair.number, lines=told
    )
    altered = frozenset(
        n for n, v in changes.items() if n in answer.fields and not ctx.rules.same(n, v, answer.fields[n])
    )
    base = {n: Agreed(register[n], answer.fields[n]) for n in changes if n in answer.fields}
    pair = replace(decision.pair, remote=answer)
    with ctx.store.work() as work:
        ctx.put(work, answer)
        if "number" in altered:
            del base["number"]
            ask(ctx, work, number_question(pair, "cannot_renumber", "accounting keeps the old number"), pair)
        _settle(ctx, work, pair, replace(action, agree=base))
        work.journal.settle(intent, "done")
        ctx.say(work, *done(action, "accounting", altered), since=since)
        record(ctx, work, decision)
        work.commit()


def redecide(ctx: RunContext, pair: Pair) -> Decision | None:
    """Decide a pair anew from what the database holds of both sides now."""
    with ctx.store.reading() as work:
        return decided_anew(ctx, work, pair)


def done(action: Update | TakeBack, target: str, altered: frozenset[str] = frozenset()) -> list[Line]:
    """The lines of one side, done; a value that accounting altered says so, a number that it kept has failed."""
    mine = [line for line in lines(action) if line.target == target and line.outcome == "planned"]
    return [_altered(line) if line.field in altered else replace(line, outcome="done") for line in mine]


def _altered(line: Line) -> Line:
    return replace(line, outcome="failed" if line.field == "number" else "done", message="altered by accounting")


def _kept(action: Update) -> list[Line]:
    return [line for line in lines(action) if line.outcome == "skipped"]


def _not_taken(ctx: RunContext, decision: Decision, action: Update, error: RefusedError) -> None:
    """The register refused a value (a number taken meanwhile): said, and looked at again."""
    if isinstance(error, UnknownCustomerError):
        return  # deleted meanwhile: the deletion is on the work list
    with ctx.store.work() as work:
        mine = [line for line in lines(action) if line.target == "register"]
        ctx.say(work, *(replace(line, outcome="failed", message=error.message) for line in mine))
        work.commit()
    if decision.pair.local is not None:
        ctx.again.add(("customer", str(decision.pair.local.id)))
