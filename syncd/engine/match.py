"""Which free records belong together: by customer number alone (S-10), with twins by organisation number (S-13)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable


class Candidate(Protocol):
    """A free record, as far as matching needs it."""

    @property
    def id(self) -> int | str:
        """Its id on its own side."""
        ...

    @property
    def number(self) -> str | None:
        """Its customer number, trimmed."""
        ...

    @property
    def organisation_key(self) -> str | None:
        """Its organisation number without separators and century."""
        ...


Apart = frozenset[tuple[int | str, int | str]]

C = TypeVar("C", bound=Candidate)


@dataclass(frozen=True, slots=True)
class Matches(Generic[C]):
    """Free records sorted into pairs by number, twins by organisation number, and those that stand alone.

    ``waiting`` share their organisation number with a pair of twins: they wait until a person has decided on those.
    """

    by_number: tuple[tuple[C, C], ...]
    twins: tuple[tuple[C, C], ...]
    only_here: tuple[C, ...]
    only_there: tuple[C, ...]
    waiting: tuple[C, ...] = ()


def match(ours: Iterable[C], theirs: Iterable[C], apart: Apart = frozenset()) -> Matches[C]:
    """Sort the free records of both sides; every record ends up in exactly one place.

    ``apart`` names twins that a person said are two customers. Where accounting doubles a number, all its holders
    appear with the same customer: the engine then asks and touches none.
    """
    here, there = list(ours), list(theirs)
    ours_by_number = {half.number: half for half in here if half.number}
    by_number = tuple((ours_by_number[half.number], half) for half in there if half.number in ours_by_number)
    here, there = _without(here, by_number), _without(there, by_number)
    twins = tuple(_twins(here, there, apart))
    here, there = _without(here, twins), _without(there, twins)
    asked = {half.organisation_key for half, _ in twins}
    return Matches(
        by_number,
        twins,
        tuple(half for half in here if half.organisation_key not in asked),
        tuple(half for half in there if half.organisation_key not in asked),
        tuple(half for half in (*here, *there) if half.organisation_key in asked),
    )


def _without(halves: list[C], pairs: Iterable[tuple[C, C]]) -> list[C]:
    paired = {id(half) for pair in pairs for half in pair}
    return [half for half in halves if id(half) not in paired]


def _twins(here: list[C], there: list[C], apart: Apart) -> Iterable[tuple[C, C]]:
    waiting: dict[Hashable, list[C]] = defaultdict(list)
    for half in there:
        if half.organisation_key:
            waiting[half.organisation_key].append(half)
    for half in here:
        partner = next((t for t in waiting[half.organisation_key] if (half.id, t.id) not in apart), None)
        if half.organisation_key and partner is not None:
            waiting[half.organisation_key].remove(partner)
            yield half, partner
