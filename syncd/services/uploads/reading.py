"""A file of rows, whoever wrote it: CSV of any common separator and encoding, or Excel. One row in memory at a time."""

from __future__ import annotations

import codecs
import csv
import zipfile
from contextlib import contextmanager
from datetime import datetime, time
from typing import TYPE_CHECKING

from syncd.errors import RefusedError, UsageError
from syncd.services.exports.csv_format import unguarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MOST_UNPACKED = 500_000_000
"""Bytes of an Excel file unpacked; a small file that grows beyond this was made to do harm."""

_SEPARATORS = ";,\t|"
_SAMPLE = 1_000_000
_LONGEST_CELL = 100_000


class UnreadableFileError(RefusedError):
    """The file is not what its name says."""

    code = "unreadable_file"


@contextmanager
def opened(file: Path) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Open a file: its rows with the number that a spreadsheet shows beside them; empty rows are left out.

    Raises ``UnreadableFileError``, ``UsageError`` for another format.
    """
    form = file.suffix.lower()
    if form not in {".csv", ".txt", ".xlsx"}:
        raise UsageError("FILE is neither CSV nor Excel.", remedy="Its name must end in .csv or .xlsx.")
    try:
        with _csv(file) if form != ".xlsx" else _xlsx(file) as rows:
            yield _filled(rows)
    except OSError as error:
        raise UnreadableFileError(f"{file} cannot be read: {error.strerror}.", remedy="Check its name.") from error


def _filled(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    for place, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield place, cells


@contextmanager
def _csv(file: Path) -> Iterator[Iterator[list[str]]]:
    encoding = _encoding(file)
    with file.open(encoding=encoding, newline="") as stream:
        heading = stream.readline()
        stream.seek(0)
        separator = max(_SEPARATORS, key=heading.count)
        csv.field_size_limit(_LONGEST_CELL)
        yield _csv_rows(csv.reader(stream, delimiter=separator, strict=True))


def _csv_rows(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        for row in reader:
            yield [unguarded(cell) for cell in row]
    except (csv.Error, UnicodeError):
        raise UnreadableFileError(
            "The file is not CSV throughout.", remedy="Save it anew as CSV UTF-8, or as an Excel workbook."
        ) from None


def _encoding(file: Path) -> str:
    """By its mark; without one UTF-8 where the whole file is that, else what Windows writes."""
    with file.open("rb") as stream:
        start = stream.read(4)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        stream.seek(0)
        return "utf-8-sig" if _is_utf8(iter(lambda: stream.read(_SAMPLE), b"")) else "cp1252"


def _is_utf8(parts: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for part in parts:
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _xlsx(file: Path) -> Iterator[Iterator[list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where Excel is read

    _refuse_bombs(file)
    try:
        book = CalamineWorkbook.from_path(file)
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, ValueError) as error:
        raise UnreadableFileError("The file is not an Excel workbook.", remedy="Save it anew as .xlsx.") from error
    if sheet.merged_cell_ranges:
        raise UnreadableFileError(
            "The sheet has merged cells, of which only the first holds a value.",
            remedy="Unmerge all cells and fill every row, then save it anew.",
        )
    yield ([_cell(value) for value in row] for row in sheet.iter_rows())


def _refuse_bombs(file: Path) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableFileError("The file is not an Excel workbook.", remedy="Save it anew as .xlsx.") from error
    if size > MOST_UNPACKED:
        raise UnreadableFileError("The workbook is too large unpacked.", remedy="Split it, or save it as CSV.")


def _cell(value: object) -> str:
    """Excel keeps numbers as decimals: 42.0 is 42 again. Leading zeros were lost before we saw them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return "" if value is None else str(value)
