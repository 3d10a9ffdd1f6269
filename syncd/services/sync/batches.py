"""Which decisions of a plan share transactions: neighbours of one kind, in the plan's order."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Literal, assert_never

from syncd.engine.actions import CreateInAccounting, CreateInRegister, EndLink, TakeBack, Update
from syncd.services.sync.sending import BATCH
from syncd.services.sync.slices import RECORDS, sliced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from syncd.engine.actions import Decision

Kind = Literal["import", "take", "in step", "create", "push", "alone"]
_MOST: dict[Kind, int] = {
    **dict.fromkeys(("import", "take", "in step"), RECORDS),
    **dict.fromkeys(("create", "push"), BATCH),
    "alone": 1,
}


def batches(decisions: Iterable[Decision]) -> Iterator[Sequence[Decision]]:
    """Cut decisions into batches."""
    for kind, some in groupby(decisions, _kind):
        yield from sliced(list(some), _MOST[kind])


def _kind(decision: Decision) -> Kind:
    """What a decision may share transactions with; a number that moves is nobody else's business meanwhile."""
    match decision.action:
        case CreateInRegister():
            return "import"
        case CreateInAccounting():
            return "create"
        case None | Update(take=(), push=()):
            return "in step"
        case Update() as action:
            if any(write.field == "number" for write in (*action.take, *action.push)):
                return "alone"
            return "push" if not action.take else "take" if not action.push else "alone"
        case EndLink() | TakeBack():
            return "alone"
        case _ as never:
            assert_never(never)
