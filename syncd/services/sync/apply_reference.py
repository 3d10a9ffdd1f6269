"""Writing *our reference* on one open document: read, check that it still is what the plan saw, write (S-33)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.engine.lines import lines
from syncd.errors import ChangedMeanwhileError, CustomerError, GoneError
from syncd.services.sync import writes
from syncd.services.sync.settle import settle_at_once

if TYPE_CHECKING:
    from syncd.engine.actions import SetReference
    from syncd.engine.lines import Line, Outcome
    from syncd.engine.state import Noted
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteDocument


def write_reference(ctx: RunContext, action: SetReference) -> None:
    """Write one reference, or say why it was left alone. A document that moved on meanwhile is skipped."""
    if action.skipped is not None:
        _left_alone(ctx, action, action.document, action.skipped, action.then)
        return
    try:
        now = ctx.connector.document(action.document.feed, action.document.remote_id)
        if not now.is_open:
            _left_alone(ctx, action, now, "skipped: the document is no longer open")
        elif (now.reference or "") != (action.document.reference or ""):
            _left_alone(ctx, action, now, "skipped: the reference was changed meanwhile", again=True)
        else:
            _write(ctx, action, now)
    except GoneError:
        _left_alone(ctx, action, replace(action.document, is_open=False), "skipped: the document no longer exists")
    except (CustomerError, ChangedMeanwhileError) as error:
        _failed(ctx, action, error)


def _write(ctx: RunContext, action: SetReference, now: RemoteDocument) -> None:
    since = ctx.seconds()
    intent, answer = writes.reference(ctx, now, action, lines(action))
    then = replace(action.then, written=answer.reference) if action.then.written else action.then
    with ctx.store.work() as work:
        work.mirrors.put_document(ctx.id, answer, then)
        work.journal.settle(intent, "done")
        ctx.say(work, *_told(action, "done"), since=since)
        work.commit()


def _left_alone(
    ctx: RunContext,
    action: SetReference,
    document: RemoteDocument,
    why: str,
    then: Noted | None = None,
    *,
    again: bool = False,
) -> None:
    with ctx.store.work() as work:
        work.mirrors.put_document(ctx.id, document, then or replace(action.noted, judged=None))
        ctx.say(work, *_told(action, "skipped", why))
        work.commit()
    if again:
        ctx.again.add(("reference", document.customer_id))


def _failed(ctx: RunContext, action: SetReference, error: CustomerError | ChangedMeanwhileError) -> None:
    fate = settle_at_once(ctx, error.intent) if isinstance(error, writes.LostAnswerError) else "not_done"
    if fate == "done":
        return
    with ctx.store.work() as work:
        ctx.say(work, *_told(action, "unknown" if fate == "open" else "failed", error.message))
        work.commit()
    ctx.again.add(("reference", action.document.customer_id))


def _told(action: SetReference, outcome: Outcome, why: str | None = None) -> tuple[Line, ...]:
    return tuple(replace(line, outcome=outcome, message=why or line.message) for line in lines(action))
