"""JSON: a list of the documents, whole, one a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from syncd.services.exports.sheet import Sheet


def write_json(sheet: Sheet, stream: BinaryIO) -> None:
    """Write the documents as they are; columns are for the other formats."""
    stream.write(b"[")
    between = b"\n"
    for document in sheet.documents:
        stream.write(between + json.dumps(document, ensure_ascii=False).encode())
        between = b",\n"
    stream.write(b"\n]\n")
