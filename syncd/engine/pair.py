"""One customer known on both sides: every unit judged, answers followed, obstacles turned into questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from syncd.engine.actions import Decision, EndLink, Update, Write, digest
from syncd.engine.fit import misfits
from syncd.engine.judge import Sides, Verdict, judge, push_all, take_all
from syncd.engine.numbers import Obstacle, obstacle_in_accounting, obstacle_in_register
from syncd.engine.questions import Question
from syncd.register.fields import FIELDS
from syncd.values.equality import is_empty

if TYPE_CHECKING:
    from syncd.engine.numbers import Numbers
    from syncd.engine.questions import Kind
    from syncd.engine.rules import Rules
    from syncd.engine.state import Agreed, Answer, Local, Pair, Shown
    from syncd.register.fields import Value
    from syncd.values.records import RemoteRecord
    from syncd.values.units import Unit


@dataclass(slots=True)
class _Draft:
    """What the units of one pair add up to."""

    take: list[Write] = field(default_factory=list)
    push: list[Write] = field(default_factory=list)
    agree: dict[str, Agreed] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    carried: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Both:
    """A pair with both sides present."""

    pair: Pair
    local: Local
    remote: RemoteRecord
    rules: Rules
    numbers: Numbers

    def sides(self, unit: Unit) -> Sides:
        """The unit's known members; what accounting did not show is unknown and not judged (S-24, S-28)."""
        names = tuple(n for n in self.rules.supported(unit) if n in self.remote.fields and n in self.local.fields)
        base = self.pair.link.base if self.pair.link is not None else {}
        return Sides(unit, names, self.local.fields, self.remote.fields, base, self.local.defaulted, self.rules)

    def ask(self, kind: Kind, message: str, unit: Unit | None = None, **more: Any) -> Question:  # noqa: ANN401 - Question's own fields
        """A question about this pair, showing what each side holds."""
        shown = _shown(self.sides(unit)) if unit is not None else (None, None, None)
        return Question(
            kind,
            self.pair.key,
            self.pair.number,
            self.pair.name,
            message,
            unit.name if unit is not None else None,
            *shown,
            remote_id=self.remote.remote_id,
            **more,
        )


def decide_both(both: Both) -> Decision:
    """Judge every unit of a pair and add up what follows."""
    leaving = _unlink_answer(both.pair)
    if leaving is not None and both.pair.link is not None:
        return Decision(both.pair, EndLink(both.pair, "unlinked"), carried=(leaving.conflict_id,))
    draft = _Draft()
    for unit in both.rules.judged():
        _judge_unit(both, unit, draft)
    _withhold_refused(both, draft)
    action = Update(both.pair, tuple(draft.take), tuple(draft.push), draft.agree, tuple(draft.kept))
    return Decision(both.pair, action, tuple(draft.questions), tuple(draft.carried))


def _unlink_answer(pair: Pair) -> Answer | None:
    kinds = ("number_taken", "cannot_renumber")
    return next((a for a in pair.answers if a.kind in kinds and a.word == "unlink"), None)


def _judge_unit(both: Both, unit: Unit, draft: _Draft) -> None:
    unfit = {name: reason for name, reason in both.remote.unfit.items() if name in unit.members}
    if unfit:
        draft.questions.append(both.ask("does_not_fit", "; ".join(unfit.values()), unit, choices=()))
        return
    sides = both.sides(unit)
    verdict = judge(sides)
    answer = _answer(both.pair, unit)
    if answer is not None:
        _follow(both, sides, answer, draft)
    elif verdict.clash:
        draft.questions.append(both.ask("field", _clash(sides), unit))
    else:
        _accept(both, sides, verdict, draft)


def _clash(sides: Sides) -> str:
    """What happened, in words: both moved since they agreed, or they never agreed."""
    if any(name in sides.base for name in sides.differing):
        return f"both sides changed {sides.unit.name}"
    return f"the two sides hold different values of {sides.unit.name}"


def _answer(pair: Pair, unit: Unit) -> Answer | None:
    kinds = ("field", "does_not_fit", "number_taken", "cannot_renumber")
    return next((a for a in pair.answers if a.kind in kinds and a.field == unit.name), None)


def _follow(both: Both, sides: Sides, answer: Answer, draft: _Draft) -> None:
    """Carry out a person's answer, unless a side moved after he looked (S-82)."""
    if not _still_seen(sides, answer):
        message = f"{sides.unit.name} changed after the conflict was answered: look again"
        draft.questions.append(both.ask(answer.kind, message, sides.unit))  # type: ignore[arg-type]
        return
    draft.carried.append(answer.conflict_id)
    if not sides.differing:
        draft.agree.update(sides.agreed(sides.names))
        return
    typed = _typed(sides, answer.value)
    match answer.word:
        case "register":
            _accept(both, sides, push_all(sides, "resolved"), draft)
        case "accounting":
            _accept(both, sides, take_all(sides, "resolved"), draft)
        case "value":
            take = {n: v for n, v in typed.items() if not both.rules.same(n, v, sides.register[n])}
            push = {n: v for n, v in typed.items() if not both.rules.same(n, v, sides.accounting[n])}
            _accept(both, sides, Verdict(sides.unit, take, push, note="resolved"), draft)
        case "accounting_only":
            _accept(both, sides, Verdict(sides.unit, push=typed, note="resolved"), draft)
        case _:
            _accept(both, sides, _reverted(sides), draft)


def _reverted(sides: Sides) -> Verdict:
    """Put the old number back on the side that moved away from it."""
    base = sides.base.get("number")
    here = base is not None and not sides.rules.same("number", sides.register["number"], base.register)
    return take_all(sides, "resolved") if here or base is None else push_all(sides, "resolved")


def _typed(sides: Sides, value: Shown) -> dict[str, Value]:
    if isinstance(value, Mapping):
        return {name: value[name] for name in sides.names if name in value}
    return {sides.names[0]: value}


def _still_seen(sides: Sides, answer: Answer) -> bool:
    ours, theirs = _typed(sides, answer.seen_register), _typed(sides, answer.seen_accounting)
    return all(sides.rules.same(n, sides.register[n], v) for n, v in ours.items()) and all(
        sides.rules.same(n, sides.accounting[n], v) for n, v in theirs.items()
    )


def _accept(both: Both, sides: Sides, verdict: Verdict, draft: _Draft) -> None:
    """Add a verdict to the draft, or the question that stands in its way; then nothing of the unit moves."""
    question = _blocked(both, sides, verdict)
    if question is not None:
        draft.questions.append(question)
        return
    draft.take += [Write(n, sides.register[n], v, verdict.note) for n, v in verdict.take.items()]
    draft.push += [Write(n, sides.accounting[n], v, verdict.note) for n, v in verdict.push.items()]
    draft.agree.update(verdict.agree)
    if verdict.note == "kept":
        draft.kept += [name for name in sides.differing if name in verdict.agree]


def _blocked(both: Both, sides: Sides, verdict: Verdict) -> Question | None:
    """What stands in the way of a verdict: a value that a side cannot hold, or a number that is taken."""
    blanked = [n for n, v in verdict.take.items() if FIELDS[n].required and is_empty(v)]
    if blanked:
        message = f"{blanked[0]} was cleared in accounting, but the register requires it"
        return both.ask("field", message, sides.unit)
    unfit = misfits(verdict.push, both.rules)
    if unfit:
        return both.ask("does_not_fit", "; ".join(m.reason for m in unfit), sides.unit)
    obstacle = _number_obstacle(both, verdict)
    return both.ask(obstacle.kind, obstacle.message, sides.unit) if obstacle is not None else None


def _number_obstacle(both: Both, verdict: Verdict) -> Obstacle | None:
    if "number" in verdict.push:
        if not both.rules.capabilities.can_renumber:
            return Obstacle("cannot_renumber", "this accounting system cannot change a customer's number")
        return obstacle_in_accounting(str(verdict.push["number"]), both.rules, both.numbers)
    if "number" in verdict.take:
        return obstacle_in_register(str(verdict.take["number"]), both.rules, both.numbers)
    return None


def _withhold_refused(both: Both, draft: _Draft) -> None:
    """What the vendor refused is not sent again until something changes (``rejected``)."""
    mark = push_digest(both.local, both.remote)
    message = both.pair.refused.get(mark)
    if draft.push and message is not None:
        draft.push.clear()
        draft.questions.append(both.ask("rejected", message, digest=mark))


def push_digest(local: Local, remote: RemoteRecord | None) -> str:
    """The mark of a write to accounting: the same as long as neither side of the customer changes."""
    return digest(dict(local.fields), dict(remote.fields) if remote is not None else None)


def _shown(sides: Sides) -> tuple[Shown, Shown, Shown]:
    """Base, register and accounting of a unit, as one value or as an object of members."""
    base: dict[str, Value] = {n: sides.base[n].register for n in sides.names if n in sides.base}
    ours = {n: sides.register[n] for n in sides.names}
    theirs = {n: sides.accounting[n] for n in sides.names}
    if sides.unit.is_group:
        return (base or None, ours, theirs)
    name = sides.unit.name
    return (base.get(name), ours.get(name), theirs.get(name))
