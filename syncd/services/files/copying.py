"""Attached files beside a copy of the database: what the copy names is there when it is restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.files import Shelf
    from syncd.ports.work import Store


def copy_contents(store: Store, shelf: Shelf, copies: Shelf, advance: Callable[[float, float], object]) -> set[str]:
    """Copy every content that a file has and that is not among the copies yet; returns those that cannot be read.

    A content never changes: one that is there already is only marked as needed now.
    """
    with store.reading() as work:
        wanted = {file.digest: file.size for file in work.files.each()}
    lost: set[str] = set()
    for done, (digest, size) in enumerate(wanted.items(), 1):
        if copies.size(digest) == size:
            copies.freshen(digest)
        elif not _copied(shelf, copies, digest, size):
            lost.add(digest)
        advance(done, len(wanted))
    with store.reading() as work:
        return work.files.used(lost)  # one that was deleted meanwhile is missed by nobody


def _copied(shelf: Shelf, copies: Shelf, digest: str, size: int) -> bool:
    try:
        with copies.receive(shelf.read(digest), size) as received:
            received.keep()
    except ConfigurationError as error:
        if error.code != "content_lost":
            raise
        return False
    return True
