"""Excel: one sheet with a heading row that stays, filters, and times that are times.

Every cell is written by its own type, so that a text never becomes a formula, a link or a number.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, assert_never

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from syncd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from syncd.services.exports.sheet import Cell, Sheet

MOST_ROWS = 1_048_575
"""Below the headings."""

MOST_CHARACTERS = 32_767

_LONGEST_TITLE = 31
_UNFIT_FOR_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_DONE = 0


class TooMuchForExcelError(RefusedError):
    """Excel cannot hold it, and nothing is left out silently."""

    code = "too_much_for_excel"

    def __init__(self, what: str) -> None:
        super().__init__(f"Excel cannot hold {what}.", remedy="Narrow it down with filters, or export CSV or JSON.")


def write_xlsx(sheet: Sheet, stream: BinaryIO, *, most_rows: int = MOST_ROWS) -> None:
    """Write headings and rows, with a row in memory at a time. Raises ``TooMuchForExcelError``."""
    with closing(_Sink(stream)) as sink, _our_errors(), _book(sink) as book:
        book.use_zip64()
        book.set_properties({"title": sheet.title, "comments": sheet.remark, "created": sheet.made})
        page = book.add_worksheet(sheet.title.translate(_UNFIT_FOR_A_TITLE)[:_LONGEST_TITLE])
        _head(book, page, sheet)
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        last = _body(page, _at_most(most_rows, sheet.rows()), time)
        page.autofilter(0, 0, last, len(sheet.columns) - 1)


def _book(sink: _Sink) -> Workbook:
    return Workbook(sink, {"constant_memory": True})  # type: ignore[arg-type]  # anything with write and flush


class _Sink:
    """The stream, as long as we are writing: after a failure the library tries once more, whenever it is forgotten."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream: BinaryIO | None = stream

    def write(self, data: bytes) -> int:
        return len(data) if self._stream is None else self._stream.write(data)

    def flush(self) -> None:
        """Whoever gave the stream flushes it."""

    def close(self) -> None:
        self._stream = None


@contextmanager
def _our_errors() -> Iterator[None]:
    """A full disk is one, whoever finds it."""
    try:
        yield
    except FileCreateError as error:
        (reason,) = error.args
        raise OSError(reason.errno, reason.strerror) from error


def _head(book: Workbook, page: Worksheet, sheet: Sheet) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, column.heading, bold)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)


def _at_most(number: int, rows: Iterable[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    for at, row in enumerate(rows):
        if at == number:
            raise TooMuchForExcelError(f"more than {number} rows")
        yield row


def _body(page: Worksheet, rows: Iterable[tuple[Cell, ...]], time: Format) -> int:
    last = 0
    for last, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            _write(page, (last, at), cell, time)
    return last


def _write(page: Worksheet, place: tuple[int, int], cell: Cell, time: Format) -> None:
    match cell:
        case str():
            if page.write_string(*place, cell) != _DONE:
                raise TooMuchForExcelError(f"a text of more than {MOST_CHARACTERS} characters (row {place[0] + 1})")
        case datetime():
            page.write_datetime(*place, cell.astimezone(UTC).replace(tzinfo=None), time)
        case int():
            page.write_number(*place, cell)
        case None:
            pass
        case _:
            assert_never(cell)
