"""Every format by the suffix of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from syncd.services.exports.csv_format import write_csv
from syncd.services.exports.html_format import write_html
from syncd.services.exports.json_format import write_json
from syncd.services.exports.xlsx_format import write_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.services.exports.sheet import Sheet


class Writer(Protocol):
    """Writes a sheet."""

    def __call__(self, sheet: Sheet, stream: BinaryIO) -> None:
        """Write."""
        ...


FORMATS: Mapping[str, Writer] = {"csv": write_csv, "xlsx": write_xlsx, "json": write_json, "html": write_html}
"""What can be written, by suffix."""


def write(sheet: Sheet, form: str, stream: BinaryIO) -> None:
    """Write a sheet in one of ``FORMATS`` to a binary stream."""
    FORMATS[form](sheet, stream)
