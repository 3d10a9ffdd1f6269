"""Files that a browser keeps: made whole before the first byte is sent, and never shown as a page."""

from __future__ import annotations

import re
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, cast
from urllib.parse import quote

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_KEPT_IN_MEMORY, _PIECE = 1_000_000, 65_536
_ODD = re.compile(r'[^A-Za-z0-9._ -]|["\\]')
BYTES = "application/octet-stream"


def as_file(name: str, content: Iterable[bytes], media_type: str = BYTES) -> StreamingResponse:
    """An answer that a browser keeps under this name."""
    plain = _ODD.sub("_", name)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
    return StreamingResponse(content, headers=headers, media_type=media_type)


def made(name: str, fill: Callable[[BinaryIO], object]) -> StreamingResponse:
    """The same, of what is written into a stream."""
    with ExitStack() as closing:
        file = closing.enter_context(SpooledTemporaryFile(_KEPT_IN_MEMORY))
        fill(cast("BinaryIO", file))
        closing.pop_all()  # closed when it was sent
    return as_file(name, _sent(file))


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while part := file.read(_PIECE):
            yield part
