"""Waiting for one's turn to write to an embedded database: looked at by ourselves, so that signals are heard."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

BUSY_SECONDS = 30.0
"""How long somebody who wants to save waits for somebody else's transaction."""

HURRIED_SECONDS = 3.0
"""How long at most all waiting of a program takes once it was asked to end (S-57)."""

_LOOK_AGAIN = 0.002
"""Seconds between two looks. SQLite's own pauses grow to 100 ms, so that who waits misses every gap of a busy run."""


class Turn:
    """How a program's transactions begin. ``hurried`` tells whether it was asked to end."""

    def __init__(self, hurried: Callable[[], bool]) -> None:
        self._hurried = hurried
        self._ending: float | None = None

    def begin(self, connection: Connection) -> None:
        """Writers take the lock at once: they wait for each other instead of failing half-way. Readers take none."""
        if connection.get_execution_options().get("reader", False):
            connection.exec_driver_sql("BEGIN")
            return
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA busy_timeout = 0")
        try:
            if not self._begun(raw):
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # says what is wrong
        finally:
            raw.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")

    def _begun(self, connection: Any) -> bool:
        since = time.monotonic()
        try:
            while not _tried(connection):
                if self._is_over(since):
                    return False
                time.sleep(_LOOK_AGAIN)
        except sqlite3.DatabaseError:
            return False
        return True

    def _is_over(self, since: float) -> bool:
        """Several transactions in a row share what little time a program has that was asked to end."""
        if not self._hurried():
            self._ending = None
            return time.monotonic() - since > BUSY_SECONDS
        if self._ending is None:
            self._ending = time.monotonic()
        return time.monotonic() - self._ending > HURRIED_SECONDS


def _tried(connection: Any) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
