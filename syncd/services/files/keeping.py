"""The shelf kept in order: contents that no file has are taken away, files without content are named."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from syncd.errors import TryLaterError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from syncd.ports.files import AttachedFile, Shelf
    from syncd.ports.work import Store

_LOCK = "files"
_PATIENCE = 10
UNFINISHED = timedelta(days=1)
"""For how long something may be on its way in."""

ASIDE = timedelta(days=30)
"""For how long a content that no file has is kept: the database may turn out to be the wrong one."""


@contextmanager
def in_order(store: Store) -> Iterator[None]:
    """Keep everybody else from putting contents on the shelf or taking them off it."""
    with store.lock(_LOCK, wait=_PATIENCE) as got:
        if not got:
            raise TryLaterError("somebody else keeps the files to themselves", remedy="Try again in a moment.")
        yield


def discard(store: Store, shelf: Shelf) -> int:
    """Take contents off the shelf for good whose files were forgotten, and no other file has; returns how many."""
    with in_order(store), store.work() as work:
        gone = sorted(work.files.to_discard())
        for digest in gone:
            shelf.discard(digest)
        work.files.discarded(gone)
        work.commit()
    return len(gone)


def tidy(store: Store, shelf: Shelf, now: datetime) -> int:
    """Keep the shelf in order. What no file has and nobody forgot on purpose is set aside; returns how much that was.

    It may be what a crash left, or the database may be the wrong one: it is kept for a while.
    """
    discard(store, shelf)
    set_aside = 0
    for batch in shelf.batches():
        with in_order(store):
            with store.reading() as work:
                used = work.files.used(batch)
            for digest in batch:
                if digest not in used:
                    shelf.set_aside(digest)
                    set_aside += 1
    shelf.clear(now - UNFINISHED, now - ASIDE)
    return set_aside


def missing(store: Store, shelf: Shelf) -> list[AttachedFile]:
    """Files whose content is not there, or not whole."""
    with store.reading() as work:
        return [file for file in work.files.each() if shelf.size(file.digest) != file.size]
