"""CSV as Excel opens it with a double click: a byte order mark for å, ä and ö, and the separator of the language.

A text that a spreadsheet would take for a formula is *guarded* by an apostrophe; ``unguarded`` takes it away again,
so that what was exported can be uploaded unchanged.
"""

from __future__ import annotations

import codecs
import csv
import re
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from syncd.services.exports.sheet import minute

if TYPE_CHECKING:
    from syncd.register.language import Language
    from syncd.services.exports.sheet import Cell, Sheet

SEPARATORS: dict[Language, str] = {"en": ",", "sv": ";"}
"""Swedish Excel separates by semicolons: the comma is its decimal sign."""

_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a formula begins, in full width as well; the apostrophes are guards of earlier exports."""

_SIGNED_NUMBER = re.compile(r"[+-][0-9][0-9 ]*")
"""No formula, though it begins like one: a phone number with its country, a negative amount."""


def write_csv(sheet: Sheet, stream: BinaryIO) -> None:
    """Write headings and rows."""
    writer = csv.writer(codecs.getwriter("utf-8-sig")(stream), delimiter=SEPARATORS[sheet.language])
    writer.writerow(guarded(heading) for heading in sheet.headings)
    writer.writerows([_text(cell) for cell in row] for row in sheet.rows())


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    harmless = _SIGNED_NUMBER.fullmatch(text) or not _FORMULA.match(text)
    return text if harmless else f"'{text}"


def unguarded(text: str) -> str:
    """Return the text that ``guarded`` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _text(cell: Cell) -> str | int | None:
    if isinstance(cell, datetime):
        return minute(cell)
    return guarded(cell) if isinstance(cell, str) else cell
