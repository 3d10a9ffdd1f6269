"""The three-way comparison, one unit at a time: base, register, accounting → a verdict (S-20 to S-29).

A verdict says what to take into the register, what to push to accounting, what both sides are known to agree on
without a write, and what must be asked. It is a value; nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from syncd.engine.state import Agreed
from syncd.values.equality import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.engine.rules import Policy, Rules
    from syncd.register.fields import Value
    from syncd.values.units import Unit


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one unit. ``clash`` means: both sides hold different values and a person must choose."""

    take: Mapping[str, Value] = field(default_factory=dict)
    push: Mapping[str, Value] = field(default_factory=dict)
    agree: Mapping[str, Agreed] = field(default_factory=dict)
    clash: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Sides:
    """The known members of one unit on both sides, with their base.

    ``untouched``: defaults that no person chose. ``undone``: an undo put the unit back on one side (S-56).
    """

    unit: Unit
    names: tuple[str, ...]
    register: Mapping[str, Value]
    accounting: Mapping[str, Value]
    base: Mapping[str, Agreed]
    untouched: frozenset[str]
    rules: Rules
    undone: bool = False

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """Members whose two values do not mean the same."""
        return tuple(n for n in self.names if not self.rules.same(n, self.register[n], self.accounting[n]))

    @property
    def settled(self) -> dict[str, Agreed]:
        """Members on which both sides agree, as their base."""
        differing = self.differing
        return self.agreed(name for name in self.names if name not in differing)

    def agreed(self, names: Iterable[str]) -> dict[str, Agreed]:
        """What the sides hold now, as a base per side."""
        return {name: Agreed(self.register[name], self.accounting[name]) for name in names}

    def moved_here(self) -> bool:
        """Whether the register left the base in any member."""
        return any(not self.rules.same(n, self.register[n], self.base[n].register) for n in self._based)

    def moved_there(self) -> bool:
        """Whether accounting left the base in any member."""
        return any(not self.rules.same(n, self.accounting[n], self.base[n].accounting) for n in self._based)

    def unmoved(self) -> bool:
        """Whether both sides hold what they last agreed on, be it written differently on each (S-25)."""
        return set(self.differing) <= self.base.keys() and not self.moved_here() and not self.moved_there()

    @property
    def _based(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name in self.base)

    def register_empty(self, name: str) -> bool:
        """Whether the register's value is nothing that a person chose (S-29)."""
        return is_empty(self.register[name]) or name in self.untouched

    def accounting_empty(self, name: str) -> bool:
        """Whether accounting holds nothing."""
        return is_empty(self.accounting[name])


def judge(sides: Sides) -> Verdict:
    """Judge one unit by its direction, its base and the connection's policies."""
    if not sides.differing:
        return Verdict(agree=sides.settled)
    if sides.undone and not sides.unmoved():
        return Verdict(clash=True)
    verdict = _compared(sides)
    return verdict if verdict.clash else replace(verdict, agree={**sides.settled, **verdict.agree})


def _compared(sides: Sides) -> Verdict:
    """Against the base where there is one. A group that has it in part, and moved, is for a person to judge."""
    if all(name in sides.base for name in sides.differing):
        return _since_base(sides)
    if sides.moved_here() or sides.moved_there():
        return Verdict(clash=True)
    return _first_link(sides)


def push_all(sides: Sides, note: str | None = None) -> Verdict:
    """The register wins: every differing member goes to accounting."""
    return Verdict(push={name: sides.register[name] for name in sides.differing}, note=note)


def take_all(sides: Sides, note: str | None = None) -> Verdict:
    """Accounting wins: every differing member goes into the register."""
    return Verdict(take={name: sides.accounting[name] for name in sides.differing}, note=note)


def _by_policy(sides: Sides, policy: Policy) -> Verdict:
    if policy == "register":
        return push_all(sides)
    if policy == "accounting":
        return take_all(sides)
    return Verdict(clash=True)


def _since_base(sides: Sides) -> Verdict:
    """Both sides once agreed: whoever moved since then is followed, by the direction's leave."""
    here, there = sides.moved_here(), sides.moved_there()
    if not here and not there:
        return Verdict()
    match sides.rules.direction(sides.unit):
        case "to_accounting":
            return _unblanked(sides, push_all(sides, "restored" if there else None))
        case "from_accounting":
            return _unblanked(sides, take_all(sides, "restored" if here else None))
        case _ if here and there:
            return _both_moved(sides)
        case _:
            return _unblanked(sides, push_all(sides) if here else take_all(sides))


def _both_moved(sides: Sides) -> Verdict:
    """The policy's side wins. One that could only blank what it never held has moved in nothing that differs."""
    verdict = _unblanked(sides, _by_policy(sides, sides.rules.policy(sides.unit)))
    if verdict.clash or verdict.take or verdict.push:
        return verdict
    return _since_base(replace(sides, base={**sides.base, **sides.settled}))


def _unblanked(sides: Sides, verdict: Verdict) -> Verdict:
    """A side that has never held a value does not blank the other (S-29, *kept*); within a group a person decides."""
    to_accounting = bool(verdict.push)
    moves = verdict.push or verdict.take
    unheld = [name for name, value in moves.items() if is_empty(value) and is_empty(_held(sides, name, to_accounting))]
    if not unheld:
        return verdict
    if len(unheld) == len(moves):
        return Verdict()
    return Verdict(clash=True)


def _held(sides: Sides, name: str, to_accounting: bool) -> Value:  # noqa: FBT001 - a side, named at the only call
    return sides.base[name].register if to_accounting else sides.base[name].accounting


def _first_link(sides: Sides) -> Verdict:
    """No base: what is empty is filled, never blanked; two different values are asked about (S-29).

    What is kept was never agreed on: it gets no base, and meets for the first time again when the direction changes.
    """
    differing = sides.differing
    to_register = {
        n: sides.accounting[n] for n in differing if sides.register_empty(n) and not sides.accounting_empty(n)
    }
    to_accounting = {
        n: sides.register[n] for n in differing if sides.accounting_empty(n) and not sides.register_empty(n)
    }
    clash = any(not sides.register_empty(n) and not sides.accounting_empty(n) for n in differing)
    direction = sides.rules.direction(sides.unit)
    if clash or (to_register and to_accounting and not _in_common(sides)):
        return _first_clash(sides, direction, blanks_register=bool(to_accounting), blanks_accounting=bool(to_register))
    take = to_register if direction != "to_accounting" else {}
    push = to_accounting if direction != "from_accounting" else {}
    left = [name for name in differing if name not in take and name not in push]
    return Verdict(take, push, note="kept" if left else None)


def _in_common(sides: Sides) -> bool:
    """Whether some filled member is the same on both sides; without one, street and city may be two addresses."""
    return any(not sides.rules.same(name, agreed.register, None) for name, agreed in sides.settled.items())


def _first_clash(sides: Sides, direction: str, *, blanks_register: bool, blanks_accounting: bool) -> Verdict:
    """Two different values at the first meeting: the direction or ``first_link`` decides, unless it would blank."""
    wish = {"to_accounting": "register", "from_accounting": "accounting"}.get(direction, sides.rules.first_link)
    if wish == "register" and not blanks_accounting:
        return push_all(sides)
    if wish == "accounting" and not blanks_register:
        return take_all(sides)
    return Verdict(clash=True)
