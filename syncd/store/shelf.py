"""A directory of contents, each under its own digest: written whole or not at all, never changed.

incoming/          what is being received, and what a crash left of it
ab/ab12…           contents
aside/ab12…        contents that no file had when the shelf was swept
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from syncd.errors import ConfigurationError
from syncd.register.files import Content, FileTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

_CHUNK = 2**16
_START = 2**12


class ContentLostError(ConfigurationError):
    """The database knows the file, and its content is gone or is another one."""

    code = "content_lost"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The content of the file is {what}.",
            remedy="Restore files_directory from a backup: see docs/operations.md, *Attached files*.",
        )


class ShelfError(ConfigurationError):
    """The directory cannot be used."""

    code = "files_directory"

    def __init__(self, directory: Path, error: OSError) -> None:
        super().__init__(
            f"files_directory: {directory} cannot be used: {error.strerror}",
            remedy="Let this program's user write there, and make room.",
        )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A content that was read whole."""

    path: Path
    target: Path
    digest: str
    size: int
    content: Content

    def keep(self) -> None:
        """Put it on the shelf, durably; one that lies there already stays."""
        self.target.parent.mkdir(mode=0o700, exist_ok=True)
        if not self.target.exists():
            self.path.replace(self.target)
        for directory in (self.target.parent, self.target.parent.parent):
            _make_durable(directory)


class FileShelf:
    """Contents in a directory that nobody else can read. The directories are made when they are needed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._incoming, self._aside = directory / "incoming", directory / "aside"

    @contextmanager
    def receive(self, chunks: Iterable[bytes], most: int) -> Iterator[_Draft]:
        """Read a content. Raises ``FileTooLargeError`` as soon as it is larger than ``most`` bytes."""
        try:
            self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = mkstemp(dir=self._incoming)
        except OSError as error:
            raise ShelfError(self.directory, error) from error
        try:
            yield self._drafted(Path(name), handle, chunks, most)
        finally:
            Path(name).unlink(missing_ok=True)

    def _drafted(self, path: Path, handle: int, chunks: Iterable[bytes], most: int) -> _Draft:
        digest, size, start = hashlib.sha256(), 0, b""
        with os.fdopen(handle, "wb") as stream:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise FileTooLargeError(most)
                digest.update(chunk)
                start += chunk[: _START - len(start)]
                self._write(stream.write, chunk)
            self._write(stream.flush)
            self._write(os.fsync, stream.fileno())
        key = digest.hexdigest()
        return _Draft(path, self._place(key), key, size, Content(start, _parts(path)))

    def _write(self, act: object, *given: object) -> None:
        try:
            act(*given)  # type: ignore[operator]  # a stream's own
        except OSError as error:
            raise ShelfError(self.directory, error) from error

    def size(self, digest: str) -> int | None:
        """How many bytes lie there; None where nothing does."""
        place = self._found(digest)
        return place.stat().st_size if place is not None else None

    def read(self, digest: str) -> Iterator[bytes]:
        """Stream a content. Raises ``ContentLostError`` before the first byte, or after the last if it is damaged."""
        place = self._found(digest)
        if place is None:
            raise ContentLostError("missing")
        return _stream(place, digest)

    def discard(self, digest: str) -> None:
        """Take a content away for good."""
        for place in (self._place(digest), self._aside / digest):
            place.unlink(missing_ok=True)

    def freshen(self, digest: str) -> None:
        """Mark a content as needed now: nobody clears it away as old."""
        os.utime(self._place(digest))

    def set_aside(self, digest: str) -> None:
        """Put a content where it is kept for a while, in case that somebody asks for it after all."""
        self._aside.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            os.utime(self._place(digest))
            self._place(digest).replace(self._aside / digest)

    def batches(self) -> Iterator[list[str]]:
        """The digests of everything on the shelf, a part at a time."""
        for shard in sorted(self.directory.glob("[0-9a-f][0-9a-f]")):
            yield sorted(place.name for place in shard.iterdir())

    def clear(self, unfinished_before: datetime, aside_before: datetime) -> None:
        """Take away what was received and never kept, and what was set aside, before these moments."""
        for directory, before in ((self._incoming, unfinished_before), (self._aside, aside_before)):
            for place in directory.glob("*"):
                with suppress(FileNotFoundError):
                    if place.stat().st_mtime < before.timestamp():
                        place.unlink()

    def _place(self, digest: str) -> Path:
        return self.directory / digest[:2] / digest

    def _found(self, digest: str) -> Path | None:
        """Where a content lies. One that was set aside is put back: a file has it, so it was swept by mistake."""
        place, aside = self._place(digest), self._aside / digest
        if not place.exists():
            if not aside.exists():
                return None
            place.parent.mkdir(mode=0o700, exist_ok=True)
            aside.replace(place)
        return place


def _parts(path: Path) -> list[str]:
    """The names in a package; nothing is unpacked."""
    try:
        with zipfile.ZipFile(path) as package:
            return package.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _stream(place: Path, digest: str) -> Iterator[bytes]:
    seen = hashlib.sha256()
    with place.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            seen.update(chunk)
            yield chunk
    if seen.hexdigest() != digest:
        raise ContentLostError("damaged")


def _make_durable(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
