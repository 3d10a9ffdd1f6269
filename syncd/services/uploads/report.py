"""What an upload found: row by row what is wrong, and how much would change, or did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from syncd.services.register.masking import masked

if TYPE_CHECKING:
    from syncd.register.problems import Problem

MOST_TOLD = 1000
"""Problems that are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one cell. ``value`` is what stands there, masked."""

    row: int
    column: str
    value: str | None
    reason: str
    remedy: str


@dataclass(slots=True)
class Report:
    """The outcome of an upload. Nothing is stored while there are problems.

    ``stored``: the file is. Rows that are wrong all the same were moved by somebody while it was being stored.
    """

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    stored: bool = False

    def refuse(self, row: int, cells: dict[str, Any], problems: list[Problem]) -> None:
        """Note what is wrong with a row."""
        self.wrong += 1
        room = MOST_TOLD - len(self.problems)
        self.problems += [
            RowProblem(row, one.field, shown(one.field, cells.get(one.field)), one.reason, one.remedy)
            for one in problems[:room]
        ]

    def add(self, more: Report) -> None:
        """Count what a further part of the file came to."""
        self.rows += more.rows
        self.added += more.added
        self.changed += more.changed
        self.unchanged += more.unchanged
        self.wrong += more.wrong
        self.problems += more.problems[: MOST_TOLD - len(self.problems)]


def shown(name: str, value: Any) -> str | None:
    """A value as a report shows it."""
    return None if value is None else str(masked(name, value))
