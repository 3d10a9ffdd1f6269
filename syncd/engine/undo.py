"""Undo: what a run did to a customer, and what both sides hold now → what is taken back, and what is left (S-56).

A value goes back on the side that the run wrote, if that side still holds what the run left there. It then waits for
a person. A record that the run created goes away together with its link; neither is carried to the other side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from syncd.engine.actions import Decision, EndLink, LeftAlone, TakeBack
from syncd.engine.decide import wanted_here, wanted_there
from syncd.engine.numbers import Numbers
from syncd.engine.pair import Both, undecided
from syncd.engine.put_back import PLACES, gone, held, leave, put_back
from syncd.engine.state import Pair
from syncd.values.fingerprint import fingerprint
from syncd.values.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from syncd.engine.actions import Write
    from syncd.engine.footprint import Footprint, Written
    from syncd.engine.lines import Side
    from syncd.engine.numbers import Obstacle
    from syncd.engine.questions import Question
    from syncd.engine.rules import Rules
    from syncd.engine.state import Agreed, Ended
    from syncd.register.fields import Value
    from syncd.values.records import RemoteRecord
    from syncd.values.units import Unit

UNDONE = "undone"
"""Why a link ended whose record an undo took away (S-16)."""


@dataclass(frozen=True, slots=True)
class Case:
    """What run ``run`` did to one customer, and how that customer stands now.

    ``pair`` has the live link, if there is one; ``ended`` is how the last one ended. ``elsewhere``: one of the two
    records now belongs to another pair. ``filled`` is what the register took from accounting with a create.
    ``worked_on``: somebody changed the customer after the run had taken it into the register. ``asked`` are the units
    about which a question waits, answered or not.
    """

    run: int
    footprint: Footprint
    pair: Pair
    ended: Ended | None = None
    elsewhere: bool = False
    filled: tuple[Written, ...] = ()
    worked_on: bool = False
    asked: frozenset[str] = frozenset()


def undo(case: Case, rules: Rules, numbers: Numbers) -> Decision:
    """Decide what to take back of one customer. A decision without an action: nothing is left to take back."""
    footprint = case.footprint
    if footprint.became is not None and footprint.became[1] == "deleted":
        return _bring_back(case, footprint.became[0], rules, numbers)
    if case.elsewhere:
        return _left(case, "paired with another record since")
    if footprint.created == "accounting":
        return _uncreate_there(case, rules)
    if footprint.created == "register":
        return _uncreate_here(case)
    return _put_back(case, rules, numbers)


def _left(case: Case, why: str) -> Decision:
    """Nothing of this customer is touched, and the report says why."""
    footprint = case.footprint
    if footprint.created is not None:
        return Decision(case.pair, TakeBack(case.pair, left=(LeftAlone(footprint.created, why),)))
    left = (item for one in footprint.written for item in leave(one, held(case.pair, one.side), why))
    return Decision(case.pair, TakeBack(case.pair, left=tuple(left)))


# ----- records that the run created


def _uncreate_there(case: Case, rules: Rules) -> Decision:
    """Created in accounting: deleted there where the vendor can, else deactivated.

    What the register took with the create goes with it.
    """
    pair, remote = case.pair, case.pair.remote
    put = put_back(pair, case.filled, rules, Numbers())
    if pair.link is None:
        return _parted_already(case, tuple(put.take))
    if remote is None:
        return _left(case, gone("accounting"))
    if _moved_on(case, remote, rules):
        return _left(case, "changed in accounting since")
    how: Literal["deactivate", "delete"] = "delete" if rules.capabilities.can_delete else "deactivate"
    return Decision(pair, EndLink(pair, UNDONE, there=how, take=tuple(put.take), left=tuple(put.left)))


def _moved_on(case: Case, remote: RemoteRecord, rules: Rules) -> bool:
    """Whether accounting changed a record that the run had created there. Without its mark, the base tells."""
    if case.footprint.mark is not None:
        return fingerprint(remote) != case.footprint.mark
    base = case.pair.link.base if case.pair.link is not None else {}
    known = [name for name in base if name in remote.fields]
    return any(not rules.same(name, remote.fields[name], base[name].accounting) for name in known)


def _uncreate_here(case: Case) -> Decision:
    """Taken into the register: deleted there, or deactivated by who carries it out where that is not allowed."""
    if case.pair.link is None:
        return _parted_already(case)
    if case.pair.local is None:
        return _left(case, gone("register"))
    if case.worked_on:
        return _left(case, "changed in the register since")
    return Decision(case.pair, EndLink(case.pair, UNDONE, here="delete"))


def _parted_already(case: Case, take: tuple[Write, ...] = ()) -> Decision:
    """Nothing is left to do once the create was undone, but for what an undo that was cut off did not reach."""
    if not _was_undone(case):
        return _left(case, "its link has ended since")
    return Decision(case.pair, TakeBack(case.pair, take) if take else None)


def _was_undone(case: Case) -> bool:
    return case.ended is not None and case.ended.reason == UNDONE


def _bring_back(case: Case, side: Side, rules: Rules, numbers: Numbers) -> Decision:
    """A record that an undo had deleted is created again, as the other side holds it now."""
    local, remote = case.pair.local, case.pair.remote
    if case.pair.link is not None:
        return Decision(case.pair)
    if _was_undone(case) and side == "accounting" and local is not None:
        return wanted_there(Pair(local=local), local, rules, numbers)
    if _was_undone(case) and side == "register" and remote is not None:
        return wanted_here(Pair(remote=remote), remote, rules, numbers)
    return _left(case, f"it was deleted in {PLACES[side]}: undo cannot bring it back")


# ----- values that the run wrote


def _put_back(case: Case, rules: Rules, numbers: Numbers) -> Decision:
    """Values go back on their side; then they wait for a person, unless both sides agree again."""
    put = put_back(case.pair, case.footprint.written, rules, numbers)
    action = TakeBack(case.pair, tuple(put.take), tuple(put.push), tuple(put.left), relink=_parted(case))
    both = _afterwards(case, action, rules, numbers)
    asked = (*_unasked(case, both, action), *_refused(case, put.obstacles, rules, numbers))
    if not (action.take or action.push):
        return Decision(case.pair, action if action.left else None, asked)
    return Decision(case.pair, *_waiting(both, action, asked))


def _unasked(case: Case, both: Both | None, action: TakeBack) -> Iterator[Question]:
    """What an undo that was cut off had put back, and did not come to ask about."""
    if both is None:
        return
    back = {one.unit.name for one in case.footprint.written if one.unit.name in both.undone}
    for unit in (one for one in both.rules.judged() if one.name in back - _units(action) - case.asked):
        question = undecided(both, unit)
        if question is not None:
            yield question


def _parted(case: Case) -> Mapping[str, Agreed] | None:
    """The base of a pair that an undo had parted by deactivating one of its records: it is one pair again."""
    whole = case.pair.link is None and case.pair.local is not None and case.pair.remote is not None
    undone = case.footprint.became is not None and case.ended is not None and case.ended.reason == UNDONE
    return case.ended.base if whole and undone and case.ended is not None else None


def _refused(
    case: Case, obstacles: Iterable[tuple[Unit, Obstacle]], rules: Rules, numbers: Numbers
) -> tuple[Question, ...]:
    """What a value that cannot go back is asked as: the same conflict as of any write."""
    local, remote = case.pair.local, case.pair.remote
    if local is None or remote is None or case.pair.link is None:
        return ()
    both = Both(case.pair, local, remote, rules, numbers)
    return tuple(both.ask(one.kind, f"undo: {one.message}", unit, choices=()) for unit, one in obstacles)


def _afterwards(case: Case, action: TakeBack, rules: Rules, numbers: Numbers) -> Both | None:
    """The linked pair as it will be: the values back, every unit of theirs marked."""
    local, remote, link = case.pair.local, case.pair.remote, case.pair.link
    if local is None or remote is None or link is None:
        return None
    local = replace(local, fields={**local.fields, **_values(action.take)})
    remote = replace(remote, fields={**remote.fields, **_values(action.push)})
    marked = replace(link, undone={**link.undone, **dict.fromkeys(sorted(_units(action)), case.run)})
    return Both(replace(case.pair, local=local, remote=remote, link=marked), local, remote, rules, numbers)


def _values(writes: Iterable[Write]) -> dict[str, Value]:
    return {write.field: write.after for write in writes}


def _waiting(both: Both | None, action: TakeBack, asked: tuple[Question, ...]) -> tuple[TakeBack, tuple[Question, ...]]:
    """The marks that stay and the questions that they ask; a unit on which both sides agree again waits for nobody."""
    if both is None:
        return action, asked
    questions: list[Question] = []
    agree: dict[str, Agreed] = {}
    settled: set[str] = set()
    for unit in (one for one in both.rules.judged() if one.name in _units(action)):
        question = undecided(both, unit)
        if question is not None:
            questions.append(question)
        else:
            settled.add(unit.name)
            agree.update(both.sides(unit).settled)
    marks = {name: run for name, run in both.undone.items() if name not in settled}
    return replace(action, undone=marks, agree=agree), (*questions, *asked)


def _units(action: TakeBack) -> frozenset[str]:
    return frozenset(unit_of(write.field).name for write in (*action.take, *action.push))
