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
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from syncd.errors import ConfigurationError
from syncd.store.database import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from syncd.store.database import Database

T = TypeVar("T")

_POLL = 0.05

_LASTING = text("""
    SELECT set_config(name, wanted, false) FROM pg_settings
    JOIN (VALUES ('idle_session_timeout', '0'), ('tcp_keepalives_idle', '15'), ('tcp_keepalives_interval', '5'))
    AS wish (known, wanted) ON known = name
""")
"""A long run keeps its session though it is quiet, a machine that vanished loses it. Old servers know less of it."""


@contextmanager
def hold(database: Database, name: str, *, wait: float) -> Iterator[bool]:
    """Hold the lock ``name``, waiting at most ``wait`` seconds for it. Yields whether it was got."""
    file = database.file
    locked = _file_lock(_beside(file, name), wait) if file is not None else _session_lock(database, name, wait)
    with translated(), locked as got:
        yield got


def _beside(file: Path, name: str) -> Path:
    """A database has one lock, under whichever of its names it was opened."""
    file = file.resolve()
    return file.with_name(f".{file.name}.{name}.lock")


@contextmanager
def _file_lock(path: Path, wait: float) -> Iterator[bool]:
    handle = _until(wait, lambda: _try_file(path))
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _try_file(path: Path) -> int | None:
    """The locked file, open; None when somebody else holds it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"the lock file {path} cannot be made: {error.strerror}",
            remedy="Make room, or let this program's user write in the folder of the database.",
        ) from error
    if _is_locked(handle, path):
        return handle
    os.close(handle)
    return None


def _is_locked(handle: int, path: Path) -> bool:
    """Whether the lock is ours, on the file that everybody else looks at: somebody may have removed it meanwhile."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(handle), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


@contextmanager
def _session_lock(database: Database, name: str, wait: float) -> Iterator[bool]:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(_LASTING)
        statement = text("SELECT pg_try_advisory_lock(:number)")
        got = _until(wait, lambda: connection.execute(statement, {"number": number}).scalar() or None)
        try:
            yield got is not None
        finally:
            if got is not None:
                with suppress(DBAPIError):  # a connection that broke has given its lock up
                    connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})


def _until(wait: float, attempt: Callable[[], T | None]) -> T | None:
    end = time.monotonic() + wait
    while (found := attempt()) is None and time.monotonic() < end:
        time.sleep(_POLL)
    return found
