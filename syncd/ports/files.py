"""Attached files as services see them: what the database knows of them, and the shelf where their contents lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from syncd.register.files import Content


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to attach, whose content lies on the shelf under its digest."""

    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a customer. ``added_at`` is UTC, ISO 8601."""

    id: int
    customer_id: int
    name: str
    media_type: str
    size: int
    digest: str
    added_at: str
    added_by: str


class FilesPort(Protocol):
    """What the database knows of attached files."""

    def add(self, group_id: int, customer_id: int, file: NewFile, by: str) -> AttachedFile:
        """Attach a file. Raises ``FileTakenError``."""
        ...

    def of(self, customer_id: int) -> list[AttachedFile]:
        """Read the files of a customer, by name."""
        ...

    def remove(self, customer_id: int, file_id: int | None = None) -> None:
        """Forget a file of a customer, or all of them (None), and note that their contents are to be discarded."""
        ...

    def to_discard(self) -> set[str]:
        """Contents that are to be discarded, of which no file has any."""
        ...

    def discarded(self, digests: Iterable[str]) -> None:
        """These contents are off the shelf."""
        ...

    def used(self, digests: Iterable[str]) -> set[str]:
        """Those of these contents that some file has."""
        ...

    def each(self) -> Iterator[AttachedFile]:
        """Stream every file of every group."""
        ...


class Received(Protocol):
    """A content that was read whole and lies aside, gone afterwards unless it is kept."""

    @property
    def digest(self) -> str:
        """What the shelf knows it by."""
        ...

    @property
    def size(self) -> int:
        """How many bytes it has."""
        ...

    @property
    def content(self) -> Content:
        """What its type is told by."""
        ...

    def keep(self) -> None:
        """Put it on the shelf, durably; one that lies there already stays."""
        ...


class Shelf(Protocol):
    """Where contents lie, each once, known by their digest."""

    def receive(self, chunks: Iterable[bytes], most: int) -> AbstractContextManager[Received]:
        """Read a content. Raises ``FileTooLargeError`` as soon as it is larger than ``most`` bytes."""
        ...

    def size(self, digest: str) -> int | None:
        """How many bytes lie there; None where nothing does."""
        ...

    def read(self, digest: str) -> Iterator[bytes]:
        """Stream a content. Raises ``ConfigurationError`` before the first byte, or after the last if it is damaged."""
        ...

    def discard(self, digest: str) -> None:
        """Take a content away for good."""
        ...

    def freshen(self, digest: str) -> None:
        """Mark a content as needed now: nobody clears it away as old."""
        ...

    def set_aside(self, digest: str) -> None:
        """Put a content where it is kept for a while, in case that somebody asks for it after all."""
        ...

    def batches(self) -> Iterator[list[str]]:
        """The digests of everything on the shelf, a part at a time."""
        ...

    def clear(self, unfinished_before: datetime, aside_before: datetime) -> None:
        """Take away what was received and never kept, and what was set aside, before these moments."""
        ...
