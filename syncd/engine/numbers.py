"""Customer numbers as a field of their own: renumbering, and numbers that are taken (S-14, S-63, R-03)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.engine.fit import misfit
from syncd.register.numbers import has_unprintable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from syncd.engine.questions import Kind
    from syncd.engine.rules import Rules


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is known of numbers around the customers of one plan.

    ``register`` and ``accounting``: numbers that another customer holds on that side, among those asked about.
    ``doubled``: numbers that more than one remote customer holds.
    """

    register: frozenset[str] = field(default_factory=frozenset)
    accounting: frozenset[str] = field(default_factory=frozenset)
    doubled: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a number cannot be written: the conflict's kind and its words."""

    kind: Kind
    message: str


def freed(moves: Mapping[str, str], taken: AbstractSet[str]) -> frozenset[str]:
    """The numbers that renumberings (old → new) will really give up, ``taken`` being those that somebody holds.

    A chain ends at a free number, or nothing of it moves; a ring (1 → 2, 2 → 1) has nobody who could go first.
    """
    return frozenset(number for number in moves if _ends_free(number, moves, taken))


def _ends_free(number: str, moves: Mapping[str, str], taken: AbstractSet[str]) -> bool:
    walked = {number}
    target = moves[number]
    while target in moves and target not in walked:
        walked.add(target)
        target = moves[target]
    return target not in walked and target not in taken


def obstacle_in_accounting(number: str, rules: Rules, numbers: Numbers) -> Obstacle | None:
    """Why accounting cannot be given this number."""
    unfit = misfit("number", number, rules)
    if unfit is not None:
        return Obstacle("does_not_fit", unfit.reason)
    if number in numbers.accounting:
        return Obstacle("number_taken", f"number {number} is held by another customer in accounting")
    return None


def obstacle_in_register(number: str, rules: Rules, numbers: Numbers) -> Obstacle | None:
    """Why the register cannot be given this number."""
    if not rules.number_minimum <= len(number) <= rules.number_maximum:
        allowed = f"{rules.number_minimum} to {rules.number_maximum}"
        text = f"number {number} is {len(number)} characters, the register allows {allowed}"
        return Obstacle("number_not_allowed", f"{text}: change the number in accounting or the group's setting")
    if has_unprintable(number):
        return Obstacle("number_not_allowed", "the number holds an unprintable character: type it anew in accounting")
    if number in numbers.register:
        return Obstacle("number_taken", f"number {number} is held by another customer in the register")
    return None
