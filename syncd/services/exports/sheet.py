"""What is exported, whatever the format: documents, and the columns in which people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syncd.register.language import Language

Document = Mapping[str, Any]
"""One record as JSON shows it."""

Cell = str | int | datetime | None
"""What a table can show. Times are shown in UTC, to the minute."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, how a document fills the cells below it, and how wide a spreadsheet shows it (in characters)."""

    heading: str
    cell: Callable[[Document], Cell]
    width: int = 18


@dataclass(frozen=True, slots=True)
class Sheet:
    """Documents with a title and columns. JSON shows the documents whole; every other format shows the columns.

    ``documents`` may be a stream and is read once. ``remark`` says below the title what was asked for.
    """

    title: str
    columns: tuple[Column, ...]
    documents: Iterable[Document]
    made: datetime
    language: Language = "en"
    remark: str = ""

    @property
    def headings(self) -> tuple[str, ...]:
        """The first row."""
        return tuple(column.heading for column in self.columns)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Every other row."""
        return (tuple(column.cell(document) for column in self.columns) for document in self.documents)


def moment(stamp: str | None) -> datetime | None:
    """Return the time that a stored stamp means."""
    return None if stamp is None else datetime.fromisoformat(stamp)


def minute(time: datetime) -> str:
    """Return a time as text."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"
