"""Both sides before the first run: partly the same customers, partly not, partly in disagreement."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice

from syncd.demo.inventing import Invented, invented

_PART = 10
_ONLY_HERE = (5, 6)
_ONLY_THERE = (7, 8)
_DIFFERING = 9
_LONG_NAME = "Bostadsrättsföreningen Björkbackens Östra Samfällighet i Västerås"


@dataclass(slots=True)
class Sides:
    """Who is where. ``here`` and ``there`` hold what each side would write about them."""

    here: list[Invented] = field(default_factory=list)
    there: list[Invented] = field(default_factory=list)
    agreeing: list[str] = field(default_factory=list)


def split(count: int) -> Sides:
    """Divide customers between the sides: of ten, five agree, two are only here, two only there, one differs."""
    sides = Sides()
    source = invented()
    for place, one in enumerate(islice(source, count)):
        part = place % _PART
        if part not in _ONLY_THERE:
            sides.here.append(one)
        if part not in _ONLY_HERE:
            sides.there.append(_differing(one, place // _PART) if part == _DIFFERING else one)
        if part < _ONLY_HERE[0]:
            sides.agreeing.append(one.number)
    _add_troubles(sides, *islice(source, 4))
    return sides


def _differing(one: Invented, turn: int) -> Invented:
    """The same customer as the bookkeeper knows it."""
    ways = (
        replace(one, phone="08-555 10 20"),
        replace(one, street="Nygatan 7", postal_code="111 29", city="Stockholm"),
        replace(one, email=""),
        replace(one, mobile=""),
    )
    return ways[turn % len(ways)]


def _add_troubles(sides: Sides, one: Invented, other: Invented, twin: Invented, long: Invented) -> None:
    """What happens in every register: a number used twice, a customer entered twice, a name that is too long."""
    sides.here.append(one)
    sides.there.append(replace(other, number=one.number))
    sides.here.append(twin)
    sides.there.append(replace(twin, number=f"V{twin.number}"))
    sides.here.append(replace(long, name=_LONG_NAME, private=False, identity="769600-1234"))
