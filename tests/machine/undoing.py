"""What an undo may put back, what it must, and what then waits for a person (S-56): told from what stood where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.machine import model
from tests.machine.model import End
from tests.machine.oracle import is_asked, is_incomplete, must
from tests.machine.vocabulary import REQUIRED_THERE, UNITS

if TYPE_CHECKING:
    from tests.machine.looking import Look, Pair
    from tests.machine.model import Side
    from tests.machine.oracle import Oracle
    from tests.machine.passed import Passed


@dataclass(frozen=True)
class Record:
    """A run that nothing disturbed, with what stood on both sides before and after it."""

    run: int
    before: Look
    after: Look

    @property
    def wrote_references(self) -> bool:
        """Whether it wrote on documents: taking that back has rules of its own."""
        return any(self.after.papers[id_] != paper for id_, paper in self.before.papers.items())

    def created_here(self, id_: int) -> bool:
        """Whether it took this customer into the register."""
        return id_ in self.after.here and id_ not in self.before.here

    def created_there(self, id_: str) -> bool:
        """Whether it created this customer in accounting."""
        return id_ in self.after.there and id_ not in self.before.there


def check_undo(oracle: Oracle, record: Record, passed: Passed) -> None:
    """Only what the run wrote goes back, to what stood there before it, and only where it stands as the run left it."""
    before, after = passed.before, passed.after
    must(before.papers == after.papers, "the undo wrote on documents")
    must(after.here.keys() <= before.here.keys(), "the undo added a customer to the register")
    must(after.there.keys() <= before.there.keys(), "the undo added a customer to accounting")
    must(set(after.pairs()) <= set(before.pairs()), "the undo linked somebody")
    for pair in before.pairs():
        if pair in set(after.pairs()):
            _check_pair(oracle, record, passed, pair)
        else:
            _check_parted(record, passed, pair)
    _nobody_else(record, passed)


def _nobody_else(record: Record, passed: Passed) -> None:
    """Those without a partner stay as they are; one that lost it because it was deleted here is active there again."""
    before, after = passed.before, passed.after
    for here in before.here.keys() - before.links.keys():
        must(
            after.here.get(here) == before.here[here], f"the undo changed {before.name((here, ''))}, who has no partner"
        )
    for there in before.there.keys() - set(before.links.values()):
        same = after.there.get(there) == before.there[there]
        must(same or _woken(record, passed, there), f"the undo changed {before.name((0, there))}, who has none")


def _woken(record: Record, passed: Passed, there: str) -> bool:
    """Whether the run had put this one to sleep, nobody touched it since, and it is awake again and nothing else."""
    was, left = record.before.there.get(there), record.after.there.get(there)
    asleep = was is not None and left is not None and was["active"] is True and left["active"] is False
    old = passed.before.there[there]
    return asleep and old["active"] is False and passed.after.there.get(there) == {**old, "active": True}


def _check_parted(record: Record, passed: Passed, pair: Pair) -> None:
    """A link ends only with a record that the run created and nobody has changed since; it goes away or to sleep."""
    before, after = passed.before, passed.after
    here, there = pair
    name = before.name(pair)
    must(pair in after.ended, f"the link of {name} was forgotten")
    if record.created_here(here):
        must(before.here.get(here) == record.after.here[here], f"{name} was changed here since, and taken away")
        must(here not in after.here or not after.here[here]["active"], f"{name} was to be taken away here")
        must(before.there.get(there) == after.there.get(there), f"{name} was changed in accounting by the way")
    else:
        must(record.created_there(there), f"the undo ended the link of {name}, whom its run did not create")
        must(before.there.get(there) == record.after.there[there], f"{name} was changed there since, and taken away")
        must(there not in after.there or not after.there[there]["active"], f"{name} was to be taken away there")


def _check_pair(oracle: Oracle, record: Record, passed: Passed, pair: Pair) -> None:
    before, after = passed.before, passed.after
    here, there = pair
    must((here in before.here) == (here in after.here), f"{before.name(pair)} disappeared from the register")
    must((there in before.there) == (there in after.there), f"{before.name(pair)} disappeared from accounting")
    for unit in UNITS:
        moved_here = here in after.here and _check_side(record, passed, pair, unit, "register")
        moved_there = there in after.there and _check_side(record, passed, pair, unit, "accounting")
        if (moved_here or moved_there) and here in after.here and there in after.there:
            _marked(oracle, passed, pair, unit)


def _check_side(record: Record, passed: Passed, pair: Pair, unit: str, side: str) -> bool:
    """Whether a unit went back on one side; it must where nothing speaks against it, and may not move otherwise."""
    was, left, old, now = (_held(look, pair, unit, side) for look in (*_looks(record), passed.before, passed.after))
    told = f"{unit} of {passed.before.name(pair)} in the {side}"
    if was is None or left is None or was in {left, old} or old != left:
        must(now == old, f"{told} was {old} and became {now}; the run had left {left} in place of {was}")
        return False
    must(now in {old, was}, f"{told} was {old} and became {now}; before the run it was {was}")
    free = unit != "number" and not (side == "accounting" and _is_stuck(passed, pair, unit, was))
    must(now == was or not free, f"{told} was not put back to {was}")
    return now != old


def _looks(record: Record) -> tuple[Look, Look]:
    return record.before, record.after


def _held(look: Look, pair: Pair, unit: str, side: str) -> Side | None:
    if side == "register":
        return look.side_here(pair[0], unit) if pair[0] in look.here else None
    return look.side_there(pair[1], unit) if pair[1] in look.there else None


def _is_stuck(passed: Passed, pair: Pair, unit: str, was: Side) -> bool:
    """Whether Visma would refuse the earlier value, or anything at all."""
    blank = any(not value and name in REQUIRED_THERE for name, value in zip(UNITS[unit], was, strict=True))
    return blank or is_incomplete(passed.before, pair[1])


def _marked(oracle: Oracle, passed: Passed, pair: Pair, unit: str) -> None:
    """What was put back waits for a person, unless both sides agree or stand as they last agreed."""
    after = passed.after
    now = End(after.side_here(pair[0], unit), after.side_there(pair[1], unit), is_asked(after, pair, unit))
    bases = oracle.bases[pair][unit]
    settled = {base for base in bases if now.agreed or model.unmoved(base, now.here, now.there)}
    if oracle.rules(unit).way == "off":
        oracle.marks.setdefault(pair, {})[unit] = {not now.agreed}
        return
    kept = bases - settled if now.asked else settled
    must(kept, f"{unit} of {after.name(pair)} was put back, and {'somebody' if now.asked else 'nobody'} is asked")
    oracle.bases[pair][unit] = {model.agreed(base, now) if base in settled else base for base in kept}
    oracle.marks.setdefault(pair, {})[unit] = {now.asked}
