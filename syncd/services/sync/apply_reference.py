"""Writing *our reference* on open documents: read, check that each still is what the plan saw, write (S-33)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from syncd.engine.lines import lines
from syncd.errors import CustomerError, GoneError, RefusedError
from syncd.services.sync import writes
from syncd.services.sync.sending import send_all
from syncd.services.sync.settle import settle_at_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.engine.actions import SetReference
    from syncd.engine.lines import Line, Outcome
    from syncd.engine.state import Noted
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.sending import Answered
    from syncd.values.records import RemoteDocument


class _MovedOnError(RefusedError):
    """A document is not as the plan saw it; ``again``: the next run may want to write on it."""

    def __init__(self, document: RemoteDocument, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.document = document
        self.again = again


def write_references(ctx: RunContext, actions: Sequence[SetReference]) -> None:
    """Write references, or say why they were left alone. A document that moved on meanwhile is skipped."""
    skipped = [action for action in actions if action.skipped is not None]
    wanted = [action for action in actions if action.skipped is None]
    sendings = [writes.reference(ctx, one, partial(_as_planned, ctx, one), lines(one)) for one in wanted]

    def noted(work: Work) -> list[int]:
        work.mirrors.put_documents(ctx.id, [(one.document, one.then) for one in skipped])
        ctx.say(work, *(line for one in skipped for line in _told(one, "skipped", one.skipped)))
        return writes.note(ctx, work, sendings)

    intents = ctx.at_once(noted)
    send_all(ctx, zip(intents, wanted, sendings, strict=True), partial(_written, ctx), partial(_not_written, ctx))


def _as_planned(ctx: RunContext, action: SetReference) -> RemoteDocument:
    """The document as it is now, still what the plan saw."""
    now = ctx.connector.document(action.document.feed, action.document.remote_id)
    if not now.is_open:
        raise _MovedOnError(now, "skipped: the document is no longer open")
    if (now.reference or "") != (action.document.reference or ""):
        raise _MovedOnError(now, "skipped: the reference was changed meanwhile", again=True)
    return now


def _written(ctx: RunContext, work: Work, answered: Sequence[Answered[SetReference, RemoteDocument]]) -> tuple[()]:
    work.mirrors.put_documents(ctx.id, [(one.answer, _then(one.of, one.answer)) for one in answered])
    ctx.say_timed(work, [(line, one.seconds) for one in answered for line in _told(one.of, "done")])
    return ()


def _then(action: SetReference, answer: RemoteDocument) -> Noted:
    """What is remembered of a document: what accounting made of the text."""
    return replace(action.then, written=answer.reference) if action.then.written else action.then


def _not_written(ctx: RunContext, action: SetReference, error: CustomerError | RefusedError) -> tuple[()]:
    match error:
        case _MovedOnError():
            _left_alone(ctx, action, error.document, error.message, again=error.again)
        case GoneError():
            gone = replace(action.document, is_open=False)
            _left_alone(ctx, action, gone, "skipped: the document no longer exists")
        case _:
            _failed(ctx, action, error)
    return ()


def _left_alone(
    ctx: RunContext, action: SetReference, document: RemoteDocument, why: str, *, again: bool = False
) -> None:
    def stored(work: Work) -> None:
        work.mirrors.put_documents(ctx.id, [(document, replace(action.noted, judged=None))])
        ctx.say(work, *_told(action, "skipped", why))

    ctx.at_once(stored)
    if again:
        ctx.again.add(("reference", document.customer_id))


def _failed(ctx: RunContext, action: SetReference, error: CustomerError | RefusedError) -> None:
    fate = settle_at_once(ctx, error.intent) if isinstance(error, writes.LostAnswerError) else "not_done"
    if fate == "done":
        return
    told = _told(action, "unknown" if fate == "open" else "failed", error.message)
    ctx.at_once(lambda work: ctx.say(work, *told))
    ctx.again.add(("reference", action.document.customer_id))


def _told(action: SetReference, outcome: Outcome, why: str | None = None) -> tuple[Line, ...]:
    return tuple(replace(line, outcome=outcome, message=why or line.message) for line in lines(action))
