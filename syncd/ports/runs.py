"""Runs with their reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.engine.lines import Line
    from syncd.ports.records import RunInfo


class Runs(Protocol):
    """Reads and writes runs of any connection."""

    def start(self, connection_id: int, kind: str, *, trigger: str, who: str, undoes: str | None = None) -> int:
        """Record that a run began; returns its id. ``undoes``: what an undo takes back."""
        ...

    def finish(self, run_id: int, **columns: Any) -> None:
        """Store how a run ended: ``status``, ``error``, ``counts``, ``requests``, ``marks``, ``kind``."""
        ...

    def approve(self, run_id: int, who: str) -> None:
        """Record who approved a held plan."""
        ...

    def interrupt_unfinished(self, connection_id: int) -> None:
        """Runs that died without a word are marked as interrupted."""
        ...

    def prune(self, connection_id: int, days: int, most: int) -> bool:
        """Forget reports older than ``days``, but never the latest one (S-55): at most this many lines at once.

        Returns whether there may be more.
        """
        ...

    def add_lines(self, run_id: int, first: int, lines: Iterable[tuple[Line, float | None]]) -> None:
        """Append lines to a run's report; ``first`` is the position of the first one."""
        ...

    def get(self, run_id: int) -> RunInfo | None:
        """Read one run."""
        ...

    def list(self, connection_ids: Iterable[int], limit: int = 50, *, before: int | None = None) -> tuple[RunInfo, ...]:
        """The latest runs, newest first; or those before a run."""
        ...

    def append(self, run_id: int, lines: Iterable[Line]) -> None:
        """Add lines to the report of a run that has ended: what became of its writes was found out later."""
        ...

    def latest_held(self, connection_id: int, undoes: str | None = None) -> RunInfo | None:
        """The latest held plan, unless a run was carried out after it: of synchronisations, or of one thing's undoing.

        Neither's approval is the other's.
        """
        ...

    def latest(self, connection_id: int, statuses: Iterable[str], kind: str | None = None) -> RunInfo | None:
        """The latest run of this kind, or of any, that ended like this."""
        ...

    def marks(self, run_id: int) -> frozenset[str]:
        """The marks of the writes that a held plan would make."""
        ...

    def lines(self, run_id: int) -> tuple[Line, ...]:
        """A run's report, in order."""
        ...
