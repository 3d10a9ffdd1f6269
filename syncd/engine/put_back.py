"""Values that a run wrote: which of them go back to what stood there before, and why others are left (S-56)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.engine.actions import LeftAlone, Write
from syncd.engine.fit import misfits
from syncd.engine.numbers import Obstacle, obstacle_in_accounting, obstacle_in_register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from syncd.engine.footprint import Written
    from syncd.engine.lines import Side
    from syncd.engine.numbers import Numbers
    from syncd.engine.rules import Rules
    from syncd.engine.state import Local, Pair
    from syncd.register.fields import Value
    from syncd.values.records import RemoteRecord
    from syncd.values.units import Unit

PLACES: Mapping[Side, str] = {"accounting": "accounting", "register": "the register"}


@dataclass(slots=True)
class PutBack:
    """What the units of one customer add up to: writes by side, what is left alone, and what stood in the way."""

    take: list[Write] = field(default_factory=list)
    push: list[Write] = field(default_factory=list)
    left: list[LeftAlone] = field(default_factory=list)
    obstacles: list[tuple[Unit, Obstacle]] = field(default_factory=list)


def put_back(pair: Pair, written: Iterable[Written], rules: Rules, numbers: Numbers) -> PutBack:
    """Judge every unit that a run wrote. A group goes back whole or not at all (S-27)."""
    result = PutBack()
    for one in written:
        now = held(pair, one.side)
        if now is not None and _is_back(one, now, rules):
            continue
        why = gone(one.side) if now is None else _edited(pair, one, now, rules)
        obstacle = _obstacle(one, rules, numbers) if why is None else None
        if obstacle is not None:
            result.obstacles.append((one.unit, obstacle))
            why = obstacle.message
        if why is not None:
            result.left += leave(one, now, why)
        else:
            (result.take if one.side == "register" else result.push).extend(_writes(one, now or {}))
    return result


def held(pair: Pair, side: Side) -> Mapping[str, Value] | None:
    """What a side holds now; None where the record is not there."""
    record: Local | RemoteRecord | None = pair.local if side == "register" else pair.remote
    return record.fields if record is not None else None


def gone(side: Side) -> str:
    """Why nothing can be done on a side without a record."""
    return f"no longer in {PLACES[side]}"


def leave(written: Written, now: Mapping[str, Value] | None, why: str) -> Iterator[LeftAlone]:
    """The fields of a unit that are left as they are."""
    for write in _writes(written, now or {}):
        yield LeftAlone(written.side, why, write)


def _writes(written: Written, now: Mapping[str, Value]) -> list[Write]:
    """From what stands there now to what stood there before the run."""
    return [Write(name, now.get(name), value) for name, value in written.before.items()]


def _is_back(written: Written, now: Mapping[str, Value], rules: Rules) -> bool:
    """Whether what stood there before the run stands there again."""
    return written.before.keys() <= now.keys() and rules.all_same(written.before, now, written.before)


def _edited(pair: Pair, written: Written, now: Mapping[str, Value], rules: Rules) -> str | None:
    """Why a unit is no longer as the run left it, naming fields and never values; None where it is."""
    unknown = [name for name in written.after if name not in now]
    if unknown:
        return f"{PLACES[written.side]} does not show {unknown[0]}"
    moved = [name for name, left in written.after.items() if not _as_left(pair, written, name, left, now, rules)]
    moved += [n for n, value in _beside(pair, written).items() if n in now and not rules.same(n, now[n], value)]
    return f"edited since: {', '.join(moved)}" if moved else None


def _as_left(pair: Pair, written: Written, name: str, left: Value, now: Mapping[str, Value], rules: Rules) -> bool:
    """Whether a field still holds what the run wrote, or what accounting made of it (S-25)."""
    if rules.same(name, now[name], left):
        return True
    base = pair.link.base.get(name) if pair.link is not None else None
    if base is None or written.side == "register":
        return False
    return rules.same(name, base.register, left) and rules.same(name, base.accounting, now[name])


def _beside(pair: Pair, written: Written) -> Mapping[str, Value]:
    """The members of a group that the run did not write, as they were; where nobody noted them, as last agreed."""
    if written.beside is not None or not written.unit.is_group:
        return written.beside or {}
    base = pair.link.base if pair.link is not None else {}
    others = [name for name in written.unit.members if name not in written.after and name in base]
    return {name: base[name].register if written.side == "register" else base[name].accounting for name in others}


def _obstacle(written: Written, rules: Rules, numbers: Numbers) -> Obstacle | None:
    """What forbids the earlier value now, as it would forbid any write."""
    number = written.before.get("number")
    if written.side == "register":
        return obstacle_in_register(str(number), rules, numbers) if number is not None else None
    unsupported = [name for name in written.before if not rules.capabilities.supports(name)]
    if unsupported:
        return Obstacle("does_not_fit", f"accounting has no place for {unsupported[0]}")
    unfit = misfits(written.before, rules)
    if unfit:
        return Obstacle("does_not_fit", "; ".join(one.reason for one in unfit))
    if number is None:
        return None
    if not rules.capabilities.can_renumber:
        return Obstacle("cannot_renumber", "this accounting system cannot change a customer's number")
    return obstacle_in_accounting(str(number), rules, numbers)
