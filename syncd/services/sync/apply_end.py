"""Ending a link: what happens to the remote customer first, then the pair is kept as *ended* (S-16, S-61, S-62)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.engine.lines import lines
from syncd.errors import ChangedMeanwhileError, CustomerError, GoneError, RefusedError, RejectedError
from syncd.services.sync import writes
from syncd.services.sync.failures import failed, found_done
from syncd.services.sync.questions import record

if TYPE_CHECKING:
    from syncd.engine.actions import Decision, EndLink
    from syncd.engine.lines import Line
    from syncd.engine.state import Pair
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord


@dataclass(frozen=True, slots=True)
class _Removal:
    """What became of the remote customer; ``left`` says why nothing had to be written there."""

    intent: int | None = None
    answer: RemoteRecord | None = None
    left: str | None = None
    gone: bool = False


def end_link(ctx: RunContext, decision: Decision, action: EndLink) -> None:
    """Deactivate or delete in accounting where asked, then end the link with its reason.

    Raises ``ChangedMeanwhileError`` when a customer to be deleted from the register was saved meanwhile.
    """
    removal = _Removal()
    try:
        if action.there is not None and decision.pair.remote is not None:
            removal = _remove(ctx, decision.pair.remote, action)
    except GoneError:
        removal = _Removal(left="it is gone in accounting already", gone=True)
    except writes.LostAnswerError as error:
        if not found_done(ctx, decision, error):
            return
        action = replace(action, there=None)
    except CustomerError as error:
        failed(ctx, decision, error, {"active": False})
        return
    _end(ctx, decision, action, removal)


def _remove(ctx: RunContext, remote: RemoteRecord, action: EndLink) -> _Removal:
    if action.there == "delete":
        try:
            intent, _ = writes.journaled(ctx, writes.delete(ctx, remote, _there(action), action.reason))
            return _Removal(intent, gone=True)
        except RejectedError:
            pass  # in use there: deactivated instead
    now = ctx.connector.customer(remote.remote_id)
    if now.fields.get("active") is False:
        return _Removal(answer=now, left="it is inactive in accounting already")
    inactive = {"active": False}
    told = _there(replace(action, there="deactivate"))
    read = lambda: ctx.connector.customer(remote.remote_id)  # noqa: E731 - whatever else was saved goes back
    sending = writes.update(
        ctx, remote.remote_id, read, inactive, inactive, number=remote.number, lines=told, ends=action.reason
    )
    return _Removal(*writes.journaled(ctx, sending))


def _there(action: EndLink) -> list[Line]:
    return [line for line in lines(action) if line.target == "accounting" and line.outcome == "planned"]


def _end(ctx: RunContext, decision: Decision, action: EndLink, removal: _Removal) -> None:
    pair = decision.pair

    def ended(work: Work) -> None:
        ending = _end_here(ctx, work, action)
        _part(ctx, work, pair, ending)
        if removal.answer is not None:
            ctx.put(work, removal.answer)
        elif removal.gone and pair.remote is not None:
            work.mirrors.set_gone(ctx.id, [pair.remote.remote_id])
        if removal.intent is not None:
            work.journal.settle([removal.intent], "done")
        ctx.say(work, *(_told(line, removal) for line in _lines(ending, removal)))
        record(ctx, work, decision)

    ctx.at_once(ended)


def _end_here(ctx: RunContext, work: Work, action: EndLink) -> EndLink:
    """The register's share: deleted where it may be, else deactivated; values that came with the record go with it."""
    local = action.pair.local
    if local is None or work.customers.load(local.id) is None:
        return replace(action, here=None, take=())
    if action.take:
        work.customers.write(local.id, None, {write.field: write.after for write in action.take}, ctx.author)
    if action.here == "delete":
        try:
            work.customers.delete(local.id, ctx.author, local.version)
        except ChangedMeanwhileError:
            raise
        except RefusedError:
            action = replace(action, here="deactivate")
    if action.here == "deactivate" and local.fields.get("active") is not False:
        work.customers.write(local.id, None, {"active": False}, ctx.author)
    return action


def _part(ctx: RunContext, work: Work, pair: Pair, action: EndLink) -> None:
    """The link ends; two records that never were a pair are kept apart."""
    if pair.link is not None:
        work.links.end(pair.link.id, action.reason, ctx.author.who)
    elif pair.local is not None and pair.remote is not None:
        work.links.keep_apart(ctx.id, pair.local.id, pair.remote.remote_id, ctx.author.who)


def _lines(action: EndLink, removal: _Removal) -> tuple[Line, ...]:
    """What is in use is not deleted, whatever was asked: then it was deactivated."""
    deleted = action.there == "delete" and removal.gone
    return lines(action if deleted or action.there is None else replace(action, there="deactivate"))


def _told(line: Line, removal: _Removal) -> Line:
    if line.outcome == "skipped":
        return line
    if line.target == "accounting" and removal.left is not None:
        return replace(line, outcome="skipped", message=removal.left)
    return replace(line, outcome="done")
