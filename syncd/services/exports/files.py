"""A file is there whole or not at all, readable by its owner alone, and never in place of another one unasked."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from tempfile import mkstemp
from typing import TYPE_CHECKING, BinaryIO, Protocol

from syncd.errors import RefusedError, UsageError
from syncd.services.exports.formats import FORMATS, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from syncd.services.exports.sheet import Document, Sheet


_STRIDE = 500
"""Documents between two words to whoever watches."""


class Advance(Protocol):
    """Hears how many documents are written."""

    def __call__(self, done: float, /) -> None:
        """So many."""
        ...


class FileExistsAlreadyError(RefusedError):
    """There is something under this name."""

    code = "file_exists"

    def __init__(self, target: Path) -> None:
        super().__init__(f"{target} exists already.", remedy="Choose another name, or add --overwrite.")


class UnwritableFileError(RefusedError):
    """The file cannot be made."""

    code = "unwritable_file"

    def __init__(self, target: Path, error: OSError) -> None:
        remedy = "Choose a folder that exists, may be written, and has room."
        super().__init__(f"{target} cannot be written: {error.strerror}.", remedy=remedy)


@dataclass(slots=True)
class _Counted:
    """Documents on their way into a file, counted."""

    documents: Iterable[Document]
    advance: Advance
    number: int = 0

    def __iter__(self) -> Iterator[Document]:
        for document in self.documents:
            yield document
            self.number += 1
            if self.number % _STRIDE == 0:
                self.advance(self.number)


def unwatched(done: float, total: float | None = None, /) -> None:
    """Nobody watches."""


def check_target(target: Path, *, overwrite: bool = False) -> str:
    """Return the format that a file's name asks for, before any work is done for it.

    Raises ``UsageError`` for a format that is none, ``RefusedError`` for a file that is there already.
    """
    form = target.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        remedy = f"Its name must end in one of: {' '.join(f'.{known}' for known in FORMATS)}."
        raise UsageError("FILE does not say in which format it is to be written.", remedy=remedy)
    if not overwrite and os.path.lexists(target):
        raise FileExistsAlreadyError(target)
    return form


def write_file(target: Path, sheet: Sheet, *, overwrite: bool = False, advance: Advance = unwatched) -> int:
    """Write a sheet in the format of the file's suffix; returns how many documents it holds."""
    form = check_target(target, overwrite=overwrite)
    counted = _Counted(sheet.documents, advance)
    with _published(target, overwrite=overwrite) as stream:
        write(replace(sheet, documents=counted), form, stream)
    return counted.number


def write_bytes(target: Path, chunks: Iterable[bytes], *, overwrite: bool = False) -> None:
    """Write a stream of bytes into a file."""
    if not overwrite and os.path.lexists(target):
        raise FileExistsAlreadyError(target)
    with _published(target, overwrite=overwrite) as stream:
        stream.writelines(chunks)


@contextmanager
def _published(target: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A stream whose content is the target's once it was written whole."""
    try:
        with _draft(target) as (name, stream):
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            _publish(name, target, overwrite=overwrite)
    except OSError as error:
        raise UnwritableFileError(target, error) from error


@contextmanager
def _draft(target: Path) -> Iterator[tuple[str, BinaryIO]]:
    """A file beside the target that nobody else can read, gone afterwards unless it became the target."""
    handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield name, stream
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 - mkstemp names it as text


def _publish(name: str, target: Path, *, overwrite: bool) -> None:
    """Put the finished draft in place. The name is claimed first: somebody may have taken it meanwhile."""
    if not overwrite:
        try:
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError as error:
            raise FileExistsAlreadyError(target) from error
    os.replace(name, target)  # noqa: PTH105 - same
