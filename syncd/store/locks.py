"""One holder at a time, across processes and machines; a dead holder's lock is free at once (S-53).

SQLite lives on one machine: an advisory file lock beside the database. PostgreSQL: its own session lock on a
connection of its own. Both are given up by the system when their holder dies, so no clock decides.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from syncd.store.database import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from syncd.store.database import Database

_POLL = 0.05


@contextmanager
def hold(database: Database, name: str, *, wait: float) -> Iterator[bool]:
    """Hold the lock ``name``, waiting at most ``wait`` seconds for it. Yields whether it was got."""
    locked = _file_lock(_beside(database, name), wait) if database.file is not None else _row_lock(database, name, wait)
    with translated(), locked as got:
        yield got


def _beside(database: Database, name: str) -> Path:
    assert database.file is not None  # noqa: S101 - the only caller asked
    return database.file.with_name(f".{database.file.name}.{name}.lock")


@contextmanager
def _file_lock(path: Path, wait: float) -> Iterator[bool]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _until(wait, lambda: _try_file(handle))
    finally:
        os.close(handle)


def _try_file(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _row_lock(database: Database, name: str, wait: float) -> Iterator[bool]:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        statement = text("SELECT pg_try_advisory_lock(:number)")
        got = _until(wait, lambda: bool(connection.execute(statement, {"number": number}).scalar()))
        try:
            yield got
        finally:
            if got:
                with suppress(DBAPIError):  # a connection that broke has given its lock up
                    connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})


def _until(wait: float, attempt: Callable[[], bool]) -> bool:
    end = time.monotonic() + wait
    while not attempt():
        if time.monotonic() >= end:
            return False
        time.sleep(_POLL)
    return True
