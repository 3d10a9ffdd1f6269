"""The oracle's own idea of the contract: one unit of one customer, judged from base, register and accounting.

Written from sync.md §3 alone, by meanings instead of texts, so that it shares no mistake with the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.machine.vocabulary import REQUIRED_THERE, TOO_LONG, UNITS

Way = Literal["both", "to_accounting", "from_accounting", "off"]
Policy = Literal["ask", "register", "accounting", "newest"]

Side: TypeAlias = "tuple[str | None, ...]"
"""The meanings of a unit's fields on one side, in their order."""

Base: TypeAlias = "tuple[tuple[str | None, str | None] | None, ...]"
"""What both sides held when they last agreed, by field: (register, accounting), or None for a field never agreed on."""


@dataclass(frozen=True)
class Rules:
    """The settings that decide about one unit."""

    unit: str
    way: Way = "both"
    policy: Policy = "ask"
    first: Policy = "ask"
    untouched: bool = False
    """The register's value is a default that no person chose."""


@dataclass(frozen=True)
class End:
    """Where a unit stands after a run: both sides, and whether a person is asked."""

    here: Side
    there: Side
    asked: bool = False

    @property
    def agreed(self) -> bool:
        """Whether both sides say the same."""
        return self.here == self.there


def end(base: Base, here: Side, there: Side, rules: Rules) -> End:
    """Where one run brings the unit (the table of sync.md §3)."""
    if rules.way == "off" or here == there:
        return End(here, there)
    return possible(here, there, _wish(base, here, there, rules), rules)


def agreed(base: Base, reached: End) -> Base:
    """The base after a run: it moves for a field only where both sides are known to say the same (S-25)."""
    sides = zip(base, reached.here, reached.there, strict=True)
    return tuple((ours, theirs) if ours == theirs else old for old, ours, theirs in sides)


def unmoved(base: Base, here: Side, there: Side) -> bool:
    """Whether both sides stand as they last agreed, be it differently on each (S-25)."""
    sides = list(zip(base, here, there, strict=True))
    known = all(old is not None for old, ours, theirs in sides if ours != theirs)
    return known and all(old is None or old == (ours, theirs) for old, ours, theirs in sides)


def undone(base: Base, here: Side, there: Side) -> End:
    """Where a unit stands that an undo put back: nothing moves it until a person answers, or it is in step (S-56)."""
    return End(here, there, asked=here != there and not unmoved(base, here, there))


def asked(here: Side, there: Side) -> End:
    """Nothing moves until a person answers."""
    return End(here, there, asked=True)


def pushed(here: Side) -> End:
    """The register's value stands on both sides."""
    return End(here, here)


def taken(there: Side) -> End:
    """Accounting's value stands on both sides."""
    return End(there, there)


def _wish(base: Base, here: Side, there: Side, rules: Rules) -> End:
    moved_here = any(old is not None and old[0] != now for old, now in zip(base, here, strict=True))
    moved_there = any(old is not None and old[1] != now for old, now in zip(base, there, strict=True))
    known = all(old is not None for old, ours, theirs in zip(base, here, there, strict=True) if ours != theirs)
    if not known:
        return asked(here, there) if moved_here or moved_there else _first_meeting(here, there, rules)
    if not (moved_here or moved_there):
        return End(here, there)
    winner = _winner(rules, moved_here=moved_here, moved_there=moved_there)
    if winner == "ask":
        return asked(here, there)
    won, lost, side = (here, there, 0) if winner == "register" else (there, here, 1)
    moves = [(new, old) for new, other, old in zip(won, lost, base, strict=True) if new != other]
    unfounded = [not new and not (old and old[side]) for new, old in moves]
    if all(unfounded):  # it has never held a value: that is no erasure (S-29), and the other side alone has moved
        others = [(old, other) for new, other, old in zip(won, lost, base, strict=True) if new != other]
        moved = rules.way == "both" and any(old is not None and old[1 - side] != other for old, other in others)
        return End(lost, lost) if moved else End(here, there)
    return asked(here, there) if any(unfounded) else End(won, won)


def _winner(rules: Rules, *, moved_here: bool, moved_there: bool) -> str:
    if rules.way != "both":
        return "register" if rules.way == "to_accounting" else "accounting"
    if moved_here and moved_there:
        return "ask" if rules.policy == "newest" else rules.policy  # Visma knows no time per field (S-22)
    return "register" if moved_here else "accounting"


def _first_meeting(here: Side, there: Side, rules: Rules) -> End:
    """S-29: what is empty is filled, never blanked; two different values are a question."""
    ours: Side = tuple(None for _ in here) if rules.untouched else here
    pairs = list(zip(ours, there, strict=True))
    into_register = any(theirs and not own for own, theirs in pairs)
    into_accounting = any(own and not theirs for own, theirs in pairs)
    differ = any(own and theirs and own != theirs for own, theirs in pairs)
    alike = any(own and own == theirs for own, theirs in pairs)
    if differ or (into_register and into_accounting and not alike):
        return _first_quarrel(here, there, rules, blanks_here=into_accounting, blanks_there=into_register)
    filled = tuple(own or theirs for own, theirs in pairs)
    return End(here if rules.way == "to_accounting" else filled, there if rules.way == "from_accounting" else filled)


def _first_quarrel(here: Side, there: Side, rules: Rules, *, blanks_here: bool, blanks_there: bool) -> End:
    winner = {"to_accounting": "register", "from_accounting": "accounting"}.get(rules.way, rules.first)
    if winner == "register" and not blanks_there:
        return pushed(here)
    if winner == "accounting" and not blanks_here:
        return taken(there)
    return asked(here, there)


def possible(here: Side, there: Side, wish: End, rules: Rules) -> End:
    """The wish, or a question where a side cannot hold what it would be given or must not lose what it would (S-23)."""
    fields = UNITS[rules.unit]
    news_there = [(f, v) for f, v, old in zip(fields, wish.there, there, strict=True) if v != old]
    news_here = [(f, v) for f, v, old in zip(fields, wish.here, here, strict=True) if v != old]
    unfit_there = any(v == TOO_LONG or (not v and f in REQUIRED_THERE) for f, v in news_there)
    unfit_here = any(f == "name" and not v for f, v in news_here)
    return asked(here, there) if unfit_there or unfit_here else wish
