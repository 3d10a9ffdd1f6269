"""Questions to administrators, as stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from syncd.engine.questions import Question
    from syncd.ports.records import (
        ConflictInfo,
        WaitingConflict,
    )


class Conflicts(Protocol):
    """Reads and writes the conflicts of any connection."""

    def ask(
        self,
        connection_id: int,
        question: Question,
        customer_id: int | None,
        *,
        again: bool = False,
        heard: Container[int] | None = None,
    ) -> bool:
        """Open a conflict, or see it again in place; returns whether it is new (or open again).

        ``again``: asked once more by the same run, which does not count as seen another time. ``heard``: the conflicts
        whose answers the run knew when it decided (None: any); an answer given since stands, for the next run.
        """
        ...

    def pending(self, connection_id: int) -> tuple[ConflictInfo, ...]:
        """Conflicts that are open, or answered but not carried out yet."""
        ...

    def list(
        self, *, connection_ids: Iterable[int], pending: bool | None = None, filters: Mapping[str, str] | None = None
    ) -> tuple[ConflictInfo, ...]:
        """Conflicts by connection, by ``kind``, ``customer``, ``field``, ``status`` and ``text``; oldest first."""
        ...

    def each(
        self,
        *,
        connection_ids: Iterable[int],
        pending: bool | None = None,
        filters: Mapping[str, str] | None = None,
        after: int = 0,
    ) -> Iterator[ConflictInfo]:
        """Stream what ``list`` returns, beginning after this id."""
        ...

    def page(
        self, *, connection_ids: Iterable[int], filters: Mapping[str, str], sort: str, limit: int | None, offset: int
    ) -> tuple[ConflictInfo, ...]:
        """A page of conflicts, ordered by one of ``CONFLICT_SORTS``; a leading dash turns it round."""
        ...

    def tally(self, *, connection_ids: Iterable[int], filters: Mapping[str, str]) -> dict[str, int]:
        """How many conflicts there are of each kind."""
        ...

    def beside(self, conflict: ConflictInfo, connection_ids: Iterable[int]) -> tuple[int | None, int | None]:
        """The open conflicts before and after this one, by id."""
        ...

    def get(self, conflict_id: int) -> ConflictInfo | None:
        """Read one conflict."""
        ...

    def waiting(self, connection_id: int) -> tuple[WaitingConflict, ...]:
        """The open conflicts, oldest first."""
        ...

    def count_open(self, connection_id: int) -> int:
        """How many open conflicts there are."""
        ...

    def resolve(self, conflict_id: int, who: str, resolution: Mapping[str, Any]) -> None:
        """Record a person's answer; the next run carries it out."""
        ...

    def show_anew(self, conflict_id: int, register: Any, accounting: Any) -> None:
        """Show the values as they are now (a refused answer, S-82)."""
        ...

    def carried(self, ids: Iterable[int]) -> None:
        """The answers were carried out."""
        ...

    def close(self, ids: Iterable[int]) -> None:
        """The cause has gone: closed by itself (S-83). An answer given meanwhile counts as carried out."""
        ...

    def rename(self, connection_id: int, old: str, new: str, customer_id: int | None) -> None:
        """A record got its partner: its conflicts follow it."""
        ...

    def touch(self, conflict: ConflictInfo) -> None:
        """Put the conflict's customer on the work list, so that the next run carries its answer out."""
        ...
