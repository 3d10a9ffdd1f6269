"""The plan of a run: decisions and references as values, weighed and shown before the first write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.engine.actions import CreateInAccounting, CreateInRegister, Update, digest
from syncd.engine.lines import Line, lines
from syncd.register.numbers import look_alike

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.engine.actions import Decision, SetReference
    from syncd.engine.questions import Question


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run will do. Decisions without an action or question do not belong here."""

    decisions: tuple[Decision, ...] = ()
    references: tuple[SetReference, ...] = ()

    def lines(self) -> tuple[Line, ...]:
        """The writes of the plan, one line per field."""
        by_customer = (line for d in self.decisions if d.action is not None for line in lines(d.action))
        return (*by_customer, *(line for item in self.references for line in lines(item)))

    def questions(self) -> tuple[Question, ...]:
        """The questions of the plan, each once."""
        return tuple({q.key: q for d in self.decisions for q in d.questions}.values())

    def marks(self) -> frozenset[str]:
        """One mark per planned write: what an approval covers (S-70)."""
        return frozenset(mark(line) for line in self.lines() if line.outcome == "planned")


def mark(line: Line) -> str:
    """The mark of one planned write: the same write, and only it, has the same mark."""
    return digest(line.kind, line.subject, line.customer_number, line.target, line.field, line.before, line.after)


def look_alikes(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Note creates whose number looks like another new one on the other side: `0042` and `42` (S-10)."""
    found = list(decisions)
    here = _numbers(found, CreateInAccounting)
    there = _numbers(found, CreateInRegister)
    return tuple(_noted(d, there if isinstance(d.action, CreateInAccounting) else here) for d in found)


def _numbers(decisions: list[Decision], kind: type) -> dict[str, str]:
    numbers = (d.pair.number for d in decisions if isinstance(d.action, kind))
    return {look_alike(number): number for number in numbers if number}


def _noted(decision: Decision, others: dict[str, str]) -> Decision:
    action, number = decision.action, decision.pair.number
    if not isinstance(action, CreateInAccounting | CreateInRegister) or not number:
        return decision
    other = others.get(look_alike(number))
    if other is None:
        return decision
    return replace(decision, action=replace(action, note=f"looks like number {other} on the other side"))


def in_order(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Renumberings last to first along their chain, so that a number is free before it is given away again."""
    rest = list(decisions)
    freed = {d.pair.number: d for d in rest if _renumbers(d)}
    done: list[Decision] = []
    seen: set[int] = set()

    def place(decision: Decision) -> None:
        if id(decision) in seen:
            return
        seen.add(id(decision))
        holder = freed.get(_new_number(decision))
        if holder is not None:
            place(holder)
        done.append(decision)

    for decision in rest:
        place(decision)
    return tuple(done)


def _renumbers(decision: Decision) -> bool:
    return _new_number(decision) is not None


def _new_number(decision: Decision) -> str | None:
    if not isinstance(decision.action, Update):
        return None
    writes = (*decision.action.take, *decision.action.push)
    return next((str(w.after) for w in writes if w.field == "number"), None)
