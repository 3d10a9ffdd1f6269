"""Ending a link: what happens to the remote customer first, then the pair is kept as *ended* (S-16, S-61, S-62)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.engine.lines import lines
from syncd.errors import CustomerError, GoneError, RejectedError, UnknownOutcomeError
from syncd.services.sync import writes
from syncd.services.sync.failures import failed, found_done
from syncd.services.sync.questions import record

if TYPE_CHECKING:
    from syncd.engine.actions import Decision, EndLink
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord


def end_link(ctx: RunContext, decision: Decision, action: EndLink) -> None:
    """Deactivate or delete in accounting where asked, then end the link with its reason."""
    intent, answer = None, None
    try:
        if action.remove is not None and decision.pair.remote is not None:
            intent, answer, action = _remove(ctx, decision.pair.remote, action)
    except GoneError:
        pass
    except UnknownOutcomeError as error:
        if not found_done(ctx, decision, error):
            return
        action = replace(action, remove=None)
    except CustomerError as error:
        failed(ctx, decision, error, {"active": False})
        return
    _end(ctx, decision, action, intent, answer)


def _remove(ctx: RunContext, remote: RemoteRecord, action: EndLink) -> tuple[int | None, RemoteRecord | None, EndLink]:
    if action.remove == "delete":
        try:
            return writes.delete(ctx, remote.remote_id, remote.number), None, action
        except RejectedError:
            action = replace(action, remove="deactivate")
    now = ctx.connector.customer(remote.remote_id)
    if now.fields.get("active") is False:
        return None, now, action
    intent, answer = writes.update(ctx, now, {"active": False}, {"active": False}, remote.number)
    return intent, answer, action


def _end(ctx: RunContext, decision: Decision, action: EndLink, intent: int | None, answer: RemoteRecord | None) -> None:
    pair = decision.pair
    with ctx.store.work() as work:
        if action.deactivate_local and pair.local is not None and pair.local.fields.get("active") is not False:
            work.customers.write(pair.local.id, None, {"active": False}, ctx.author)
        if pair.link is not None:
            work.links.end(pair.link.id, action.reason, ctx.author.who)
        elif pair.local is not None and pair.remote is not None:
            work.links.keep_apart(ctx.id, pair.local.id, pair.remote.remote_id, ctx.author.who)
        if answer is not None:
            ctx.put(work, answer)
        elif action.remove == "delete" and pair.remote is not None:
            work.mirrors.set_gone(ctx.id, [pair.remote.remote_id])
        if intent is not None:
            work.journal.settle(intent, "done")
        ctx.say(work, *(replace(line, outcome="done") for line in lines(action)))
        record(ctx, work, decision)
        work.commit()
