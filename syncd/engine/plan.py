"""The plan of a run: decisions and references as values, weighed and shown before the first write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from syncd.engine.actions import CreateInAccounting, CreateInRegister, EndLink, SetReference, TakeBack, Update, digest
from syncd.engine.lines import Line, lines
from syncd.register.numbers import look_alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syncd.engine.actions import Decision, PairAction, Write
    from syncd.engine.lines import Target
    from syncd.engine.questions import Question
    from syncd.engine.state import Pair


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run will do. Decisions without an action or question do not belong here.

    ``remarks`` are lines that tell of nothing done: what an undo leaves as it is.
    """

    decisions: tuple[Decision, ...] = ()
    references: tuple[SetReference, ...] = ()
    remarks: tuple[Line, ...] = ()

    def lines(self) -> tuple[Line, ...]:
        """The writes of the plan, one line per field."""
        by_customer = (line for d in self.decisions if d.action is not None for line in lines(d.action))
        return (*by_customer, *(line for item in self.references for line in lines(item)), *self.remarks)

    def questions(self) -> tuple[Question, ...]:
        """The questions of the plan, each once."""
        found: dict[tuple[str, str, str], Question] = {}
        for question in (q for d in self.decisions for q in d.questions):
            found.setdefault(question.key, question)
        return tuple(found.values())

    def marks(self) -> frozenset[str]:
        """One mark per planned write: what an approval covers (S-70)."""
        actions = (*(d.action for d in self.decisions if d.action is not None), *self.references)
        return frozenset(mark(line, a) for a in actions for line in lines(a) if line.outcome == "planned")


def mark(line: Line, action: PairAction | SetReference) -> str:
    """The mark of one planned write: the same write, and only it, has the same mark."""
    shown = (line.kind, line.subject, line.customer_number, line.target, line.field, line.before, line.after)
    return digest(*shown, _content(action))


def _content(action: PairAction | SetReference) -> object:
    """What an action does beyond what its lines show."""
    match action:
        case CreateInAccounting() | CreateInRegister():
            return dict(action.fields)
        case EndLink():
            return action.there or action.here
        case SetReference():
            return (action.document.feed, action.document.remote_id)
        case Update() | TakeBack():
            return None
        case _:
            assert_never(action)


def look_alikes(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Note creates whose number looks like another new one on the other side: `0042` and `42` (S-10)."""
    found = list(decisions)
    alone = [d.pair for d in found if d.pair.link is None]
    here = _numbers(p for p in alone if p.remote is None)
    there = _numbers(p for p in alone if p.local is None)
    return tuple(_noted(d, there if isinstance(d.action, CreateInAccounting) else here) for d in found)


def _numbers(pairs: Iterable[Pair]) -> dict[str, str]:
    return {look_alike(pair.number): pair.number for pair in pairs if pair.number}


def _noted(decision: Decision, others: dict[str, str]) -> Decision:
    action, number = decision.action, decision.pair.number
    if not isinstance(action, CreateInAccounting | CreateInRegister) or not number:
        return decision
    other = others.get(look_alike(number))
    if other is None:
        return decision
    return replace(decision, action=replace(action, note=f"looks like number {other} on the other side"))


def in_order(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Whoever gives a number up before whoever gets it, along the whole chain and on the side where it is written."""
    rest = list(decisions)
    givers = {slot: decision for decision in rest for slot in _freed(decision)}
    done: dict[int, Decision] = {}
    for decision in rest:
        chain: dict[int, Decision] = {}
        current: Decision | None = decision
        while current is not None and id(current) not in chain and id(current) not in done:
            chain[id(current)] = current
            current = next((givers[slot] for slot in _taken(current) if slot in givers), None)
        done.update(reversed(chain.items()))
    return tuple(done.values())


def _freed(decision: Decision) -> list[tuple[Target, str]]:
    """The numbers that a decision gives up, each with its side."""
    return [(target, str(write.before)) for target, write in _renumberings(decision)]


def _taken(decision: Decision) -> list[tuple[Target, str]]:
    """The numbers that a decision needs, each with its side."""
    number = str(decision.pair.number)
    match decision.action:
        case CreateInAccounting():
            return [("accounting", number)]
        case CreateInRegister():
            return [("register", number)]
        case _:
            return [(target, str(write.after)) for target, write in _renumberings(decision)]


def _renumberings(decision: Decision) -> Iterator[tuple[Target, Write]]:
    action = decision.action
    if isinstance(action, Update | TakeBack):
        yield from (("register", write) for write in action.take if write.field == "number")
        yield from (("accounting", write) for write in action.push if write.field == "number")
