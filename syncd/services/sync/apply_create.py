"""Creating customers in accounting, never twice (S-12, S-42)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from syncd.engine.actions import CreateInAccounting
from syncd.engine.lines import Trace, lines
from syncd.engine.state import Agreed
from syncd.errors import CustomerError, DuplicateError, NotNowError, RefusedError, RejectedError
from syncd.services.sync import writes
from syncd.services.sync.apply_update import bring_in_step, redecide
from syncd.services.sync.failures import failed, found_done
from syncd.services.sync.filling import fill_in
from syncd.services.sync.questions import record
from syncd.services.sync.sending import send_all
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.engine.actions import Decision
    from syncd.engine.lines import Line
    from syncd.engine.state import Local
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.sending import Answered
    from syncd.values.records import RemoteRecord


@dataclass(frozen=True, slots=True)
class _Create:
    """A decided create, with the customer that is sent."""

    decision: Decision
    action: CreateInAccounting
    local: Local

    def base(self, answer: RemoteRecord) -> dict[str, Agreed]:
        """What both sides hold as far as accounting's answer shows it."""
        names = [name for name in self.action.fields if name in answer.fields]
        return {name: Agreed(self.local.fields.get(name), answer.fields[name]) for name in names}


def create_in_accounting(ctx: RunContext, batch: Sequence[Decision]) -> None:
    """Send customers. What accounting fills in by itself (terms, currency) is taken with them.

    One that was saved or deleted since the plan is not sent: the next run plans it anew.
    """
    creates = [_of(decision) for decision in batch]
    sendings = [writes.create(ctx, one.local, one.action.fields, lines(one.action)) for one in creates]
    noted = ctx.at_once(lambda work: writes.note(ctx, work, sendings))
    left = send_all(ctx, zip(noted, creates, sendings, strict=True), partial(_created, ctx), partial(_not_created, ctx))
    bring_in_step(ctx, left)


def _of(decision: Decision) -> _Create:
    action, local = decision.action, decision.pair.local
    assert isinstance(action, CreateInAccounting)  # noqa: S101 - the caller sorted them
    assert local is not None  # noqa: S101 - a create has a customer
    return _Create(decision, action, local)


def _created(ctx: RunContext, work: Work, answered: Sequence[Answered[_Create, RemoteRecord]]) -> list[Decision]:
    """Record creates with all that follows; returns what somebody changed meanwhile."""
    ctx.put(work, *(one.answer for one in answered))
    for create in (one.of for one in answered):
        if create.action.replaces is not None:
            work.links.end(create.action.replaces.id, "created_again", ctx.author.who)
    pairs = [(one.of.local.id, one.answer.remote_id, one.of.base(one.answer), (0, "")) for one in answered]
    work.links.create_many(ctx.id, pairs)
    work.links.touch(ctx.id, "reference", *(one.answer.remote_id for one in answered))
    ctx.say_timed(work, [(line, one.seconds) for one in answered for line in _told(ctx, one.of, one.answer)])
    for one in answered:
        record(ctx, work, one.of.decision)
    return fill_in(ctx, work, [one.of.decision.pair for one in answered])


def _told(ctx: RunContext, create: _Create, answer: RemoteRecord) -> list[Line]:
    action, base = create.action, create.base(answer)
    altered = sorted(n for n in base if not ctx.rules.same(n, action.fields[n], answer.fields[n]))
    note = f"altered by accounting: {', '.join(altered)}" if altered else action.note
    trace = Trace(answer.remote_id, mark=fingerprint(answer))
    return [replace(line, outcome="done", message=note, trace=trace) for line in lines(action)]


def _not_created(ctx: RunContext, create: _Create, error: CustomerError | RefusedError) -> Sequence[Decision]:
    """Leave what is to be left of a create that was not carried out, or whose answer was lost."""
    decision = create.decision
    match error:
        case RefusedError():
            ctx.again.add(("customer", str(create.local.id)))
            return ()
        case DuplicateError():
            return _number_exists(ctx, create, error)
        case writes.LostAnswerError():
            return redecide(ctx, [decision.pair]) if found_done(ctx, decision, error) else ()
        case _:
            failed(ctx, decision, error, create.action.fields)
            return ()


def _number_exists(ctx: RunContext, create: _Create, error: DuplicateError) -> Sequence[Decision]:
    """Accounting holds the number already: read who does, and decide the two as what they are (S-11, S-63)."""
    found = ctx.connector.find(create.local.number)

    def stored(work: Work) -> tuple[bool, bool]:
        work.mirrors.store_page(ctx.id, found, ctx.counter, afresh=False)
        free = not work.links.of_remotes(ctx.id, [remote.remote_id for remote in found])
        return free, not found and work.journal.seek_again(ctx.id, create.local.id)

    free, lost = ctx.at_once(stored)
    if not found:
        failed(ctx, create.decision, _unseen_duplicate(error, lost=lost), create.action.fields)
        return ()
    if len(found) != 1 or not free:
        failed(ctx, create.decision, error, create.action.fields)
        return ()
    return redecide(ctx, [replace(create.decision.pair, remote=found[0])])


def _unseen_duplicate(error: DuplicateError, *, lost: bool) -> CustomerError:
    """Accounting speaks of a duplicate but shows no customer with this number.

    After a create whose answer was lost it is most likely that very one, not listed yet: tried again later. Else
    another value must be unique there, such as the organisation number.
    """
    if lost:
        return NotNowError("accounting does not list a customer yet that it seems to hold already")
    return RejectedError(f"accounting would hold it twice, though not under this number: {error.message}")
