"""What administrators are told of, and when it is told again: once per matter, until the matter changes (S-84).

A matter has a key, which says what it is about, and a mark, which says how it stands. Told under the same key and mark
it is the same matter. A matter that has gone is forgotten, so that it is news when it comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits for a person."""

    key: str
    mark: str = ""


def open_conflict(conflict_id: int, answered_at: str | None) -> Matter:
    """An open conflict is one matter however often it is seen and whatever its sides show meanwhile.

    One that was answered and is open again is another: whoever answered believes it is settled.
    """
    return Matter(f"conflict:{conflict_id}", answered_at or "")


def held_run(connection_id: int, brakes: Iterable[str]) -> Matter:
    """Runs held by the same brakes are one matter, though the plan grows while people work."""
    return Matter(f"held:{connection_id}", " ".join(sorted(brakes)))


def needs_somebody(connection_id: int, state: str, code: str | None) -> Matter:
    """A connection that needs consent or attention is one matter until it needs another thing, for another reason."""
    return Matter(f"attention:{connection_id}", f"{state} {code or ''}".strip())


@dataclass(frozen=True, slots=True)
class News:
    """What has to be told, and what was told and has gone."""

    fresh: tuple[Matter, ...] = ()
    gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.fresh or self.gone)


def news(now: Iterable[Matter], told: Mapping[str, str]) -> News:
    """Compare how things stand with what was told: marks by key."""
    standing = {matter.key: matter for matter in now}
    fresh = tuple(matter for key, matter in standing.items() if told.get(key) != matter.mark)
    return News(fresh, frozenset(told.keys() - standing.keys()))
