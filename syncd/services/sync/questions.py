"""Questions of a run: opened, seen again, carried out, or closed because their cause has gone (S-80 to S-83)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.engine.lines import Line
from syncd.services.sync.slices import ROWS, each_slice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syncd.engine.actions import Decision
    from syncd.engine.lines import Outcome
    from syncd.engine.questions import Question
    from syncd.engine.state import Pair
    from syncd.ports.records import ConflictInfo
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.gather import Gathered


def record(ctx: RunContext, work: Work, decision: Decision) -> None:
    """Store what a decision asks and which answers it carried out, in the transaction that carries it out."""
    for question in decision.questions:
        ask(ctx, work, question, decision.pair)
    if decision.carried:
        work.conflicts.carried(decision.carried)


def ask(ctx: RunContext, work: Work, question: Question, pair: Pair) -> None:
    """Open a conflict, or see it again; a new one is a line of the report."""
    again = question.key in ctx.asked
    ctx.asked.add(question.key)
    customer_id = pair.local.id if pair.local is not None else None
    heard = ctx.heard | {answer.conflict_id for answer in pair.answers}
    if work.conflicts.ask(ctx.id, question, customer_id, again=again, heard=heard):
        ctx.say(work, _opening(question, "done"))


def close_settled(ctx: RunContext, gathered: Gathered) -> None:
    """Close every waiting conflict that was looked at again and has lost its cause."""
    asked = ctx.asked | {question.key for question in gathered.plan.questions()}
    settled = list(_settled(gathered, asked))
    each_slice(ctx, settled, ROWS, lambda work, some: _close(ctx, work, some))


def _close(ctx: RunContext, work: Work, conflicts: Iterable[ConflictInfo]) -> None:
    work.conflicts.close(conflict.id for conflict in conflicts)
    ctx.say(work, *(_closing(conflict, "done") for conflict in conflicts if conflict.status == "open"))


def planned(gathered: Gathered) -> Iterator[Line]:
    """The lines of conflicts that a run would open and close."""
    questions = gathered.plan.questions()
    waiting = {(c.subject, c.kind, c.field or "") for c in gathered.waiting.conflicts if c.status == "open"}
    for question in questions:
        if question.key not in waiting:
            yield _opening(question, "planned")
    for conflict in _settled(gathered, {q.key for q in questions}):
        if conflict.status == "open":
            yield _closing(conflict, "planned")


def _settled(gathered: Gathered, asked: set[tuple[str, str, str]]) -> Iterable[ConflictInfo]:
    """Waiting conflicts without a cause: judged by this run and not asked again."""
    carried = {number for decision in gathered.plan.decisions for number in decision.carried}
    for conflict in gathered.waiting.conflicts:
        key = (conflict.subject, conflict.kind, conflict.field or "")
        if gathered.judged(conflict.subject, key) and conflict.id not in carried and key not in asked:
            yield conflict


def _opening(question: Question, outcome: Outcome) -> Line:
    message = f"{question.kind}: {question.message}"
    return Line(
        "open_conflict", question.subject, question.number, "register", question.field, outcome=outcome, message=message
    )


def _closing(conflict: ConflictInfo, outcome: Outcome) -> Line:
    message = f"{conflict.kind}: its cause has gone"
    number = conflict.customer_number
    return Line(
        "close_conflict", conflict.subject, number, "register", conflict.field, outcome=outcome, message=message
    )
