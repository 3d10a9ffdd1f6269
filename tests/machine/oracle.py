"""What may have happened between two looks, and what must have: the model kept beside the program under test."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.machine import model
from tests.machine.model import End, Rules
from tests.machine.vocabulary import DEFAULTS, REQUIRED_THERE, UNIT_OF, UNITS, WAYS, meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.ports.records import ConflictInfo
    from tests.machine.looking import Look, Pair
    from tests.machine.model import Base, Side
    from tests.machine.passed import Passed


class BrokenError(AssertionError):
    """The contract is broken; the message says how, in words that an accountant can follow."""


def must(holds: object, sentence: str) -> None:
    """Say what is broken."""
    if not holds:
        raise BrokenError(sentence)


@dataclass
class Oracle:
    """The settings in force, what both sides last agreed on, and who was created for whom.

    Where a disturbed run leaves it open whether the program learnt of something, several bases are possible.
    """

    settings: dict[str, str] = field(default_factory=dict)
    bases: dict[Pair, dict[str, set[Base]]] = field(default_factory=dict)
    unsettled: dict[Pair, dict[str, set[Base]]] = field(default_factory=dict)
    untouched: dict[int, set[str]] = field(default_factory=dict)
    created: Counter[int] = field(default_factory=Counter)
    allowed: Counter[int] = field(default_factory=Counter)
    orphans: dict[str, int] = field(default_factory=dict)
    """Customers of accounting that a run created and could not put down any more, with whom they belong to."""
    written: dict[str, str | None] = field(default_factory=dict)
    """What syncd last wrote as our reference, by document."""
    marks: dict[Pair, dict[str, set[bool]]] = field(default_factory=dict)
    """The units that an undo put back: whether they still wait for a person, as far as that is known."""
    renumbering: str = ""
    """Empty as long as accounting always took a new number."""

    def forget(self) -> None:
        """The connection is a new one: nobody was ever met, written to or asked about."""
        for known in (self.settings, self.bases, self.unsettled, self.created, self.allowed, self.orphans):
            known.clear()
        self.written.clear()
        self.marks.clear()

    # ----- what people do

    def rules(self, unit: str, pair: Pair | None = None) -> Rules:
        """The settings about one unit, and whether the register's value is a mere default."""
        way: Any = self.settings.get(f"field.{unit}.direction", WAYS.get(unit, "both"))
        policy: Any = self.settings.get(f"field.{unit}.policy", self.settings.get("conflict_policy", "ask"))
        first: Any = self.settings.get("first_link", "ask")
        untouched = pair is not None and unit in self.untouched.get(pair[0], ())
        return Rules(unit, way, policy, first, untouched)

    def added_here(self, id_: int, fields: Mapping[str, object]) -> None:
        """A person added a customer to the register; what he did not say has the register's default."""
        self.untouched[id_] = {name for name in DEFAULTS if fields.get(name) is None}

    def touched_here(self, id_: int, fields: Mapping[str, object]) -> None:
        """A person chose these values himself."""
        self.untouched.get(id_, set()).difference_update(fields)

    def touched_there(self, id_: str, fields: Mapping[str, object]) -> None:
        """A bookkeeper changed what a lost write may have left: nobody can tell any more whether it arrived."""
        for pair, units in self.unsettled.items():
            if pair[1] == id_:
                for unit in {UNIT_OF[name] for name in fields} & units.keys():
                    self.bases[pair][unit] |= units.pop(unit)

    def answered(self, one: ConflictInfo, answer: str) -> None:
        """An administrator decided; *create again* allows one more create."""
        if answer == "create_again":
            self.allowed[one.customer_id or 0] += 1

    # ----- what a run did to the fields of a pair

    def met(self, look: Look, pair: Pair, answers: Iterable[ConflictInfo] = (), earlier: Look | None = None) -> None:
        """One of the two was made after the other: they agree on what they say alike, or on what a person decided.

        Or on what one of them said ``earlier``, when it was read, before somebody edited it.
        """
        self.bases[pair] = {unit: {self._common(look, pair, unit)} for unit in UNITS}
        if earlier is not None:
            known = replace(look, here={**look.here, **earlier.here}, there={**look.there, **earlier.there})
            for unit, bases in self.bases[pair].items():
                bases.add(self._common(known, pair, unit))
        for unit in {str(a.field) for a in answers if word(a) == "accounting_only"}:
            sides = look.side_here(pair[0], unit), look.side_there(pair[1], unit)
            self.bases[pair][unit] = {tuple(zip(*sides, strict=True))}

    def _common(self, look: Look, pair: Pair, unit: str) -> Base:
        nothing: Base = (None,) * len(UNITS[unit])
        if self.rules(unit).way == "off":
            return nothing
        return model.agreed(nothing, End(look.side_here(pair[0], unit), look.side_there(pair[1], unit)))

    def lost(self, look: Look, pair: Pair) -> None:
        """A customer was created, but the run ended before it could put that down."""
        self.orphans[pair[1]] = pair[0]
        self.met(look, pair)
        self.unsettled[pair] = {unit: {(None,) * len(names)} for unit, names in UNITS.items()}

    def judge(self, passed: Passed, pair: Pair) -> None:
        """Every unit of a pair that was linked, or was linked just now, went where it may go."""
        known = self.bases.setdefault(pair, {unit: {(None,) * len(names)} for unit, names in UNITS.items()})
        for unit in UNITS:
            self._judge_unit(passed, pair, unit, known)
        if passed.must_settle(pair):
            self.unsettled.pop(pair, None)

    def _judge_unit(self, passed: Passed, pair: Pair, unit: str, known: dict[str, set[Base]]) -> None:
        before, after = passed.before, passed.after
        here, there = before.side_here(pair[0], unit), before.side_there(pair[1], unit)
        now = End(after.side_here(pair[0], unit), after.side_there(pair[1], unit), is_asked(after, pair, unit))
        rules = self.rules(unit, pair)
        if passed.sure and before.is_doubled(pair):
            must(
                (now.here, now.there) == (here, there), f"{_of(before, pair, unit)} moved, whose number is there twice"
            )
            return
        if rules.way == "off" or not passed.covers(pair):
            must((now.here, now.there) == (here, there), f"{_of(before, pair, unit)} is none of the run's business")
            must(not (now.asked and passed.must_settle(pair)), f"{_of(before, pair, unit)} is off, and asked about")
            return
        self._texts(passed, pair, unit)
        ends = [
            (base, e)
            for base in known[unit]
            for mark in self._marks(pair, unit)
            for e in self._ends(passed, pair, unit, base, mark=mark)
        ]
        if passed.must_settle(pair):
            known[unit] = _certain(passed, pair, unit, ends, now)
        else:
            self._possible(passed, pair, unit, [*ends, *self._begun(passed, pair, unit)], now)
        self._remember_mark(passed, pair, unit, now)

    def _begun(self, passed: Passed, pair: Pair, unit: str) -> list[tuple[Base, End]]:
        """What a run that read a side before somebody edited it may still write on the other side."""
        read = passed.as_read()
        if read is None or pair[0] not in read.before.here or pair[1] not in read.before.there:
            return []
        here, there = passed.before.side_here(pair[0], unit), passed.before.side_there(pair[1], unit)
        return [
            (model.agreed(base, e), _kept(passed, e, here, there))
            for base in self.bases[pair][unit]
            for mark in self._marks(pair, unit)
            for e in self._ends(read, pair, unit, base, mark=mark)
        ]

    def _marks(self, pair: Pair, unit: str) -> set[bool]:
        return self.marks.get(pair, {}).get(unit, {False})

    def _remember_mark(self, passed: Passed, pair: Pair, unit: str, now: End) -> None:
        """A unit waits until nobody is asked about it any more; a disturbed run may not have looked."""
        if True in self._marks(pair, unit):
            self.marks[pair][unit] = {now.asked} if passed.must_settle(pair) else {True, False}

    def _ends(self, passed: Passed, pair: Pair, unit: str, base: Base, *, mark: bool) -> list[End]:
        """Where the unit may come to: not to a number that is held, nor into a record that the API calls incomplete."""
        found = self._end(passed, pair, unit, base, mark=mark)
        here, there = passed.before.side_here(pair[0], unit), passed.before.side_there(pair[1], unit)
        refused = bool(self.renumbering) and found.there != there
        if unit == "number" and (refused or _is_held(passed, pair, found)):
            return [model.asked(here, there), *([] if refused and self.renumbering == "refused" else [found])]
        if found.there != there and is_incomplete(passed.before, pair[1]):
            return [found, End(found.here, there)] if _is_rejected(passed.after, pair) else [found]
        return [found]

    def _end(self, passed: Passed, pair: Pair, unit: str, base: Base, *, mark: bool) -> End:
        look, rules = passed.before, self.rules(unit, pair)
        here, there = look.side_here(pair[0], unit), look.side_there(pair[1], unit)
        answer = next((a for a in look.answers(pair) if a.field == unit and _still_seen(a, unit, here, there)), None)
        if answer is None or here == there:
            return model.undone(base, here, there) if mark else model.end(base, here, there, rules)
        return model.possible(here, there, _answered(answer, unit, base, here, there), rules)

    def _texts(self, passed: Passed, pair: Pair, unit: str) -> None:
        """A value that changed is to the letter the one that stood on the other side, or an administrator typed it."""
        here, there = passed.before.here[pair[0]], passed.before.there[pair[1]]
        read = passed.earlier or passed.before
        for name in UNITS[unit]:
            typed = [_typed(a, unit).get(name) for a in passed.before.answers(pair) if a.field == unit]
            typed += [side[name] for side in (read.here.get(pair[0]), read.there.get(pair[1])) if side is not None]
            for old, new, source in (
                (here[name], passed.after.here[pair[0]][name], there[name]),
                (there[name], passed.after.there[pair[1]][name], here[name]),
            ):
                fine = new == old or new in {source, *typed} or (not new and not source)
                must(fine, f"{name} of {passed.before.name(pair)} became {new!r}, which nobody typed")
                must(
                    new == old or meaning(new) != meaning(old), f"{name} of {passed.before.name(pair)} was only respelt"
                )

    def _possible(self, passed: Passed, pair: Pair, unit: str, ends: list[tuple[Base, End]], now: End) -> None:
        """A disturbed run came somewhere on the way; what it wrote, it will know again."""
        here, there = passed.before.side_here(pair[0], unit), passed.before.side_there(pair[1], unit)
        fine = [e for _, e in ends if now.here in {here, e.here} and now.there in {there, e.there}]
        must(fine, _wrong(passed, pair, unit, ends, now))
        if now.asked and not is_asked(passed.before, pair, unit):
            must(any(e.asked for _, e in ends), f"{_of(passed.before, pair, unit)}: a question without a reason")
        known = self.bases[pair]
        old = set(known[unit]) | ({base for base, _ in ends} if passed.earlier is not None else set())
        settled = {model.agreed(base, now) for base in old}
        if (now.here, now.there) == (here, there):
            known[unit] = old | settled
        else:
            partly = {_partly(base, here, there, now) for base in old}
            known[unit] = settled | partly
            self.unsettled.setdefault(pair, {}).setdefault(unit, set()).update(old)


def _kept(passed: Passed, wish: End, here: Side, there: Side) -> End:
    """What somebody typed in the middle of a run stands on his side."""
    if passed.edited is None:
        return wish
    return replace(wish, here=here) if passed.edited == "register" else replace(wish, there=there)


def _is_held(passed: Passed, pair: Pair, wish: End) -> bool:
    """Whether somebody else has or had the number that this pair would get."""
    looks = (passed.before, passed.after)
    return any(set(look.numbered_here(wish.here[0])) - {pair[0]} for look in looks) or any(
        set(look.numbered_there(wish.there[0])) - {pair[1]} for look in looks
    )


def _partly(base: Base, here: Side, there: Side, now: End) -> Base:
    """After half of a typed value was written, the register counts as the side that moved."""
    rows = zip(base, here, there, now.here, now.there, strict=True)
    return tuple(
        (ours, ours) if ours == theirs else (before_there, before_there) if ours != before_here else old
        for old, before_here, before_there, ours, theirs in rows
    )


def _certain(passed: Passed, pair: Pair, unit: str, ends: list[tuple[Base, End]], now: End) -> set[Base]:
    """An undisturbed run came to exactly one of the possible ends."""
    matching = [(base, e) for base, e in ends if e == now]
    must(matching, _wrong(passed, pair, unit, ends, now))
    answers = [a for a in passed.before.answers(pair) if a.field == unit]
    if any(word(a) == "accounting_only" for a in answers):
        return {tuple(zip(now.here, now.there, strict=True))}
    return {base if e.asked else model.agreed(base, e) for base, e in matching}


def is_asked(look: Look, pair: Pair, unit: str) -> bool:
    return any(one.field == unit for one in look.asked(pair))


def is_incomplete(look: Look, there: str) -> bool:
    """Whether a person left a field empty in accounting without which its API takes nothing (FACTS §5.1)."""
    return any(meaning(look.there[there][name]) is None for name in REQUIRED_THERE)


def _is_rejected(look: Look, pair: Pair) -> bool:
    return any(one.kind == "rejected" for one in look.asked(pair))


def _still_seen(answer: ConflictInfo, unit: str, here: Side, there: Side) -> bool:
    return _shown(answer.register, unit) == here and _shown(answer.accounting, unit) == there


def _shown(value: Any, unit: str) -> Side:  # noqa: ANN401  a value, or an object of fields
    if isinstance(value, dict):
        return tuple(meaning(value.get(name)) for name in UNITS[unit])
    return tuple(meaning(value) for _ in UNITS[unit])


def _typed(answer: ConflictInfo, unit: str) -> dict[str, Any]:
    value = (answer.resolution or {}).get("value")
    return value if isinstance(value, dict) else dict.fromkeys(UNITS[unit], value)


def typed_side(answer: ConflictInfo, unit: str) -> Side:
    """The value that an administrator typed, as a side would say it."""
    return tuple(meaning(_typed(answer, unit).get(name)) for name in UNITS[unit])


def word(answer: ConflictInfo) -> str:
    """What an administrator chose."""
    return str((answer.resolution or {})["answer"])


def _answered(answer: ConflictInfo, unit: str, base: Base, here: Side, there: Side) -> End:
    """What a person decided, as long as both sides are what he looked at."""
    typed = typed_side(answer, unit)
    moved_here = base[0] is not None and base[0][0] != here[0]
    ends = {
        "register": End(here, here),
        "accounting": End(there, there),
        "value": End(typed, typed),
        "accounting_only": End(here, typed),
        "revert": End(there, there) if moved_here else End(here, here),
    }
    return ends[word(answer)]


def _of(look: Look, pair: Pair, unit: str) -> str:
    return f"{unit} of {look.name(pair)}"


def _wrong(passed: Passed, pair: Pair, unit: str, ends: list[tuple[Base, End]], now: End) -> str:
    here, there = passed.before.side_here(pair[0], unit), passed.before.side_there(pair[1], unit)
    told = [
        f"{_of(passed.before, pair, unit)} went wrong.",
        f"  before the run: register {here}, accounting {there}",
        f"  after the run:  register {now.here}, accounting {now.there}, {'asked' if now.asked else 'nobody asked'}",
        *(
            f"  expected, if last agreed on {base}: register {e.here}, accounting {e.there}, "
            f"{'asked' if e.asked else 'nobody asked'}"
            for base, e in ends
        ),
    ]
    return "\n".join(told)
