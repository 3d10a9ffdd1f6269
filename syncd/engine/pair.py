"""One customer known on both sides: every unit judged, answers followed, obstacles turned into questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from syncd.engine.actions import Decision, EndLink, Update, Write, digest
from syncd.engine.fit import misfits
from syncd.engine.judge import Sides, Verdict, judge, push_all, take_all
from syncd.engine.numbers import Obstacle, obstacle_in_accounting, obstacle_in_register
from syncd.engine.questions import Question
from syncd.register.custom_fields import is_own
from syncd.register.fields import FIELDS
from syncd.values.equality import is_empty
from syncd.values.units import unit_named, unit_of

if TYPE_CHECKING:
    from syncd.engine.numbers import Numbers
    from syncd.engine.questions import Kind
    from syncd.engine.rules import Rules
    from syncd.engine.state import Agreed, Answer, Local, Pair, Refusal, Shown
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
    carried: dict[str, Answer] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)


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
        own = {name: None for name in unit.members if is_own(name)}
        register = {**own, **self.local.fields} if own else self.local.fields
        names = tuple(n for n in self.rules.supported(unit) if n in self.remote.fields and n in register)
        link = self.pair.link
        base = link.base if link is not None else {}
        undone = unit.name in self.undone
        return Sides(unit, names, register, self.remote.fields, base, self.local.defaulted, self.rules, undone)

    @property
    def undone(self) -> Mapping[str, int]:
        """The units that an undo put back and that nobody has decided on since, each with the run that was undone."""
        return self.pair.link.undone if self.pair.link is not None else {}

    def ask(self, kind: str, message: str, unit: Unit | None = None, **more: Any) -> Question:  # noqa: ANN401 - Question's own fields
        """A question about this pair, showing what each side holds."""
        shown = _shown(self.sides(unit)) if unit is not None else (None, None, None)
        return Question(
            cast("Kind", kind),
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
    leaving = _answer(both, both.sides(unit_named("number")))
    if leaving is not None and leaving.word == "unlink" and both.pair.link is not None:
        return Decision(both.pair, EndLink(both.pair, "unlinked"), carried=(leaving.conflict_id,))
    draft = _Draft()
    for unit in both.rules.judged():
        _judge_unit(both, unit, draft)
    _withhold_refused(both, draft)
    action = Update(
        both.pair,
        tuple(draft.take),
        tuple(draft.push),
        draft.agree,
        tuple(draft.kept),
        frozenset(draft.released),
    )
    return Decision(both.pair, action, tuple(draft.questions), tuple(a.conflict_id for a in draft.carried.values()))


def _judge_unit(both: Both, unit: Unit, draft: _Draft) -> None:
    unfit = {name: reason for name, reason in both.remote.unfit.items() if name in unit.members}
    if unfit:
        draft.questions.append(both.ask("does_not_fit", "; ".join(unfit.values()), unit, choices=()))
        return
    sides = both.sides(unit)
    if not sides.differing:
        draft.agree.update(sides.settled)
        draft.released.update({unit.name} if sides.undone else ())
        return
    answer = _answer(both, sides)
    verdict = judge(sides) if answer is None else _answered(sides, answer)
    if sides.undone and answer is None and not verdict.clash:
        draft.released.add(unit.name)
    _accept(both, sides, verdict, answer, draft)


def undecided(both: Both, unit: Unit) -> Question | None:
    """What a unit that an undo put back leaves for a person to decide; None where both sides agree."""
    sides = both.sides(unit)
    verdict = judge(sides)
    return both.ask("field", _clash(both, sides), unit) if verdict.clash else None


def _answers(both: Both, unit: Unit) -> tuple[Answer, ...]:
    kinds = ("field", "does_not_fit", "number_taken", "cannot_renumber")
    return tuple(a for a in both.pair.answers if a.kind in kinds and a.field == unit.name)


def _answer(both: Both, sides: Sides) -> Answer | None:
    """A person's answer that still holds: the sides differ, and neither moved after he looked (S-82, S-83)."""
    if not sides.differing:
        return None
    return next((a for a in _answers(both, sides.unit) if _still_seen(sides, a)), None)


def _still_seen(sides: Sides, answer: Answer) -> bool:
    ours, theirs = _seen(sides, answer.seen_register), _seen(sides, answer.seen_accounting)
    return sides.rules.all_same(ours, ours, sides.register) and sides.rules.all_same(theirs, theirs, sides.accounting)


def _seen(sides: Sides, shown: Shown) -> dict[str, Value]:
    """What was shown by known member; where nothing was shown there was nothing."""
    return dict.fromkeys(sides.names) if shown is None else _members(sides, shown)


def _members(sides: Sides, shown: Shown) -> dict[str, Value]:
    """A value as shown or typed, by known member."""
    if isinstance(shown, Mapping):
        return {name: shown[name] for name in sides.names if name in shown}
    return {} if sides.unit.is_group else dict.fromkeys(sides.names, shown)


def _answered(sides: Sides, answer: Answer) -> Verdict:
    """What a person's answer comes to."""
    typed = _members(sides, answer.value)
    match answer.word:
        case "register":
            verdict = push_all(sides, "resolved")
        case "accounting":
            verdict = take_all(sides, "resolved")
        case "value":
            take = _new(sides, typed, sides.register)
            verdict = Verdict(take, _new(sides, typed, sides.accounting), note="resolved")
        case "accounting_only":
            push = _new(sides, typed, sides.accounting)
            held = sides.agreed(name for name in typed if name not in push)
            verdict = Verdict(push=push, agree=held, note="resolved")
        case "revert":
            verdict = _reverted(sides)
        case _:
            return judge(sides)
    return replace(verdict, agree={**sides.settled, **verdict.agree})


def _new(sides: Sides, typed: Mapping[str, Value], held: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in typed.items() if not sides.rules.same(name, value, held[name])}


def _reverted(sides: Sides) -> Verdict:
    """Put the old number back on the side that moved away from it."""
    base = sides.base.get("number")
    here = base is not None and not sides.rules.same("number", sides.register["number"], base.register)
    return take_all(sides, "resolved") if here or base is None else push_all(sides, "resolved")


def _accept(both: Both, sides: Sides, verdict: Verdict, answer: Answer | None, draft: _Draft) -> None:
    """Add a verdict to the draft, or the question that stands in its way; then nothing of the unit moves.

    An answer that leads to its own question again was not carried out.
    """
    question = _blocked(both, sides, verdict)
    if answer is not None and (question is None or question.kind != answer.kind):
        draft.carried[sides.unit.name] = answer
    if question is not None:
        draft.questions.append(question)
        return
    draft.take += [Write(n, sides.register[n], v, verdict.note) for n, v in verdict.take.items()]
    draft.push += [Write(n, sides.accounting[n], v, verdict.note) for n, v in verdict.push.items()]
    draft.agree.update(verdict.agree)
    if verdict.note == "kept" and both.pair.link is None:
        draft.kept += [name for name in sides.differing if name not in {*verdict.take, *verdict.push}]


def _blocked(both: Both, sides: Sides, verdict: Verdict) -> Question | None:
    """What stands in the way of a verdict: a clash, a value that a side cannot hold, or a number that is taken."""
    if verdict.clash:
        return both.ask("field", _clash(both, sides), sides.unit)
    blanked = [n for n, v in verdict.take.items() if n in FIELDS and FIELDS[n].required and is_empty(v)]
    if blanked:
        message = f"{blanked[0]} was cleared in accounting, but the register requires it"
        return both.ask("field", message, sides.unit, choices=("register", "value"))
    unfit = misfits(verdict.push, both.rules)
    if unfit:
        choices = ("accounting",) if sides.unit.name == "number" else None
        return both.ask("does_not_fit", "; ".join(m.reason for m in unfit), sides.unit, choices=choices)
    obstacle = _number_obstacle(both, verdict)
    return both.ask(obstacle.kind, obstacle.message, sides.unit) if obstacle is not None else None


def _clash(both: Both, sides: Sides) -> str:
    name = sides.unit.name
    if _answers(both, sides.unit):
        return f"{name} changed after the conflict was answered: look again"
    if sides.undone:
        return f"run {both.undone[name]} was undone: which {name} is right?"
    if sides.moved_here() and sides.moved_there():
        return f"both sides changed {name}"
    return f"the two sides hold different values of {name}"


def _number_obstacle(both: Both, verdict: Verdict) -> Obstacle | None:
    found = None
    if "number" in verdict.push:
        found = _push_obstacle(str(verdict.push["number"]), both)
    if found is None and "number" in verdict.take:
        found = obstacle_in_register(str(verdict.take["number"]), both.rules, both.numbers)
    return found


def _push_obstacle(number: str, both: Both) -> Obstacle | None:
    if not both.rules.capabilities.can_renumber:
        return Obstacle("cannot_renumber", "this accounting system cannot change a customer's number")
    return obstacle_in_accounting(number, both.rules, both.numbers)


def _withhold_refused(both: Both, draft: _Draft) -> None:
    """What the vendor refused is not sent again until something changes: the field it named, else the whole write."""
    for mark in (number_digest(both.local, both.remote), push_digest(both.local, both.remote)):
        refusal = both.pair.refused.get(mark)
        if refusal is not None:
            _hold_back(both, refusal, mark, draft)


def _hold_back(both: Both, refusal: Refusal, mark: str, draft: _Draft) -> None:
    if any((a.kind, a.field) == (refusal.kind, refusal.field) for a in draft.carried.values()):
        return
    withheld = {unit_of(write.field).name for write in draft.push}
    if refusal.field:
        withheld &= {refusal.field}
    for name in sorted(withheld):
        _withhold(both, unit_named(name), draft)
    if withheld:
        unit = unit_named(refusal.field) if refusal.field else None
        draft.questions.append(both.ask(refusal.kind, refusal.message, unit, digest=mark))


def _withhold(both: Both, unit: Unit, draft: _Draft) -> None:
    """Take a unit out of the draft; an answer that it would have carried out is asked for again, never dropped."""
    draft.push = [write for write in draft.push if write.field not in unit.members]
    answer = draft.carried.pop(unit.name, None)
    if answer is not None:
        draft.take = [write for write in draft.take if write.field not in unit.members]
        draft.agree = {name: agreed for name, agreed in draft.agree.items() if name not in unit.members}
        message = f"{unit.name} was not sent, accounting refused the last write: mend that, then answer again"
        draft.questions.append(both.ask(answer.kind, message, unit))


def number_digest(local: Local, remote: RemoteRecord | None) -> str:
    """The mark of a renumbering: the same as long as neither side's number changes."""
    return digest("number", local.number, remote.number if remote is not None else None)


def push_digest(local: Local | None, remote: RemoteRecord | None) -> str:
    """The mark of a write to accounting: the same as long as neither side of the customer changes."""
    return digest(*(dict(side.fields) if side is not None else None for side in (local, remote)))


def _shown(sides: Sides) -> tuple[Shown, Shown, Shown]:
    """Base, register and accounting of a unit, as one value or as an object of members."""
    base: dict[str, Value] = {n: sides.base[n].register for n in sides.names if n in sides.base}
    ours = {n: sides.register[n] for n in sides.names}
    theirs = {n: sides.accounting[n] for n in sides.names}
    if sides.unit.is_group:
        return (base or None, ours, theirs)
    name = sides.unit.name
    return (base.get(name), ours.get(name), theirs.get(name))
