"""Attached files beside a copy of the database: what the copy names is there when it is restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.files import Shelf


def copy_contents(shelf: Shelf, copies: Shelf, advance: Callable[[float, float], object]) -> set[str]:
    """Copy every content that is not among the copies yet; returns the digests of those that are damaged.

    A content never changes: one that is there already is only marked as needed now.
    """
    wanted = [digest for batch in shelf.batches() for digest in batch]
    damaged: set[str] = set()
    for done, digest in enumerate(wanted, 1):
        size = shelf.size(digest)
        if size is None:
            continue  # its file was deleted meanwhile
        if copies.size(digest) == size:
            copies.freshen(digest)
        elif not _copied(shelf, copies, digest, size):
            damaged.add(digest)
        advance(done, len(wanted))
    return damaged


def _copied(shelf: Shelf, copies: Shelf, digest: str, size: int) -> bool:
    try:
        with copies.receive(shelf.read(digest), size) as received:
            received.keep()
    except ConfigurationError as error:
        if error.code != "content_lost":
            raise
        return False
    return True
