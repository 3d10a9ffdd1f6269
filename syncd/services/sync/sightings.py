"""Whom a listing has shown: kept in eight bytes each, so that a million of them fit beside a run."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Sightings:
    """Remembers ids by their hash, which differs from process to process: nobody is overlooked twice."""

    def __init__(self) -> None:
        self._marks = array("q")

    def note(self, ids: Iterable[str]) -> None:
        """These were shown."""
        self._marks.extend(map(hash, ids))

    def missing(self, ids: Iterable[str]) -> set[str]:
        """Those of these that were not."""
        seen = frozenset(self._marks)
        return {one for one in ids if hash(one) not in seen}
