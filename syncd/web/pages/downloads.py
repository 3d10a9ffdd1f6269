"""Files that are made for whoever asks: whole before the first byte is sent."""

from __future__ import annotations

from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from syncd.web.attachments import as_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.responses import StreamingResponse

_KEPT_IN_MEMORY, _PIECE = 1_000_000, 65_536


def made(name: str, fill: Callable[[BinaryIO], object]) -> StreamingResponse:
    """An answer that a browser keeps, of what is written into a stream."""
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
