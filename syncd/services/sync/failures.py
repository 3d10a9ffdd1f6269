"""One bad customer never stops a run: what a refused or unanswered write leaves behind (S-42, S-45, sync.md §10)."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from syncd.engine.lines import lines
from syncd.engine.pair import number_digest, push_digest
from syncd.engine.questions import Question
from syncd.errors import DuplicateError, NotNowError, RejectedError, StopError
from syncd.services.sync.questions import ask, record
from syncd.services.sync.report import REJECTED
from syncd.services.sync.settle import settle_at_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.engine.actions import Decision
    from syncd.engine.lines import Outcome
    from syncd.engine.questions import Kind
    from syncd.engine.state import Pair
    from syncd.errors import CustomerError
    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.writes import LostAnswerError

_log = structlog.wrap_logger(logging.getLogger(__name__), wrapper_class=structlog.stdlib.BoundLogger)

_VAT_REFUSED = "4025"


def failed(
    ctx: RunContext, decision: Decision, error: CustomerError, sent: Mapping[str, Value], outcome: Outcome = "failed"
) -> None:
    """Record that a write to accounting did not go through, with the question it leaves, if any.

    The customer is looked at again by the next run, unless it then has to wait for a person.
    """
    pair = decision.pair
    question = _question(ctx, pair, error, sent)

    def stored(work: Work) -> None:
        record(ctx, work, replace(decision, carried=()))
        if question is not None:
            ask(ctx, work, question, pair)
        if isinstance(error, NotNowError) and pair.link is not None:
            work.links.postpone(pair.link.id, run=ctx.counter)
        _say(ctx, work, decision, error, outcome)

    ctx.at_once(stored)
    _log.warning("customer.failed", customer=pair.number, error=error.code, outcome=outcome)
    kind, _, ref = pair.key.partition(":")
    ctx.again.add((kind, ref))


def found_done(ctx: RunContext, decision: Decision, error: LostAnswerError) -> bool:
    """An answer was lost: read at once what became of the write, and record it. Returns whether it was carried out.

    When reading fails too, the write is reported as unknown and the run ends; the next one settles it first.
    """
    try:
        fate = settle_at_once(ctx, error.intent)
    except StopError:
        failed(ctx, decision, error, {}, "unknown")
        raise
    if fate != "done":
        failed(ctx, decision, error, {}, "unknown" if fate == "open" else "failed")
        return False
    ctx.at_once(lambda work: record(ctx, work, decision))
    return True


def _say(ctx: RunContext, work: Work, decision: Decision, error: CustomerError, outcome: Outcome) -> None:
    message = f"{REJECTED}{_words(error)}" if isinstance(error, RejectedError) else error.message
    told = lines(decision.action) if decision.action is not None else ()
    mine = [line for line in told if line.target == "accounting" and line.outcome == "planned"]
    ctx.say(work, *(replace(line, outcome=outcome, message=message) for line in mine))


def _question(ctx: RunContext, pair: Pair, error: CustomerError, sent: Mapping[str, Value]) -> Question | None:
    """What a person must decide; None where a later run will do."""
    numbered = pair.link is None or "number" in sent
    if pair.local is not None and numbered and isinstance(error, DuplicateError):
        return number_question(pair, "number_taken", "the number is held by another customer in accounting")
    if isinstance(error, RejectedError) and _about_the_number(error, sent, pair):
        return number_question(pair, "cannot_renumber", f"accounting refuses to change the number: {_words(error)}")
    if not isinstance(error, RejectedError) and not _is_lasting(ctx, error, sent):
        return None
    lasting = isinstance(error, RejectedError) or error.code == _VAT_REFUSED
    mark = push_digest(pair.local, pair.remote) if lasting else None
    return Question(
        "rejected", pair.key, pair.number, pair.name, _words(error), remote_id=_remote_id(pair), digest=mark
    )


def number_question(pair: Pair, kind: Kind, message: str) -> Question:
    """A question about a number that accounting would not take, with what each side holds."""
    assert pair.local is not None  # noqa: S101 - only the register's numbers are sent
    base = pair.link.base.get("number") if pair.link is not None else None
    return Question(
        kind,
        pair.key,
        pair.number,
        pair.name,
        message,
        "number",
        base.register if base is not None else None,
        pair.local.number,
        pair.remote.number if pair.remote is not None else None,
        choices=None if pair.link is not None else (),
        remote_id=_remote_id(pair),
        digest=number_digest(pair.local, pair.remote) if pair.link else push_digest(pair.local, pair.remote),
    )


def _remote_id(pair: Pair) -> str | None:
    return pair.remote.remote_id if pair.remote is not None else None


def _about_the_number(error: RejectedError, sent: Mapping[str, Value], pair: Pair) -> bool:
    """Whether a refused update was refused for its new number: accounting says so, or names no field at all."""
    if pair.link is None or "number" not in sent:
        return False
    named = [name.casefold() for name, _ in error.fields if name]
    return not named or any("customernumber" in name for name in named)


def _is_lasting(ctx: RunContext, error: CustomerError, sent: Mapping[str, Value]) -> bool:
    """A passing refusal lasts when our own write touches the VAT number, or when the full run meets it too."""
    if not isinstance(error, NotNowError):
        return False
    return ctx.full or (error.code == _VAT_REFUSED and "vat_number" in sent)


def _words(error: CustomerError) -> str:
    fields = error.fields if isinstance(error, RejectedError) else ()
    return "; ".join([error.message, *(f"{name}: {text}" if name else text for name, text in fields)])
