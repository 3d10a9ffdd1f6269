"""Opening a database: SQLite (WAL) or PostgreSQL, migrated to the newest schema, never written by an older program."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from syncd.errors import BrokenOffError, ConfigurationError, SyncdError, TryLaterError
from syncd.store import schema
from syncd.store.turn import BUSY_SECONDS, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Connection

LOCK_SECONDS = 8
"""How long somebody who wants to save waits on a server, where only who wants the very same customer has to."""

_UPGRADE = "Run `syncd db upgrade` (a backup first is a good habit: `syncd db backup FILE`)."
_FILL = "If it held a register before, restore a backup. A new one is filled by `syncd db upgrade` or `syncd init`."


class DatabaseUnreachableError(TryLaterError):
    """The database does not answer, is locked or full."""

    code = "database_unreachable"


class DatabaseFaultError(SyncdError):
    """The database refused a statement. Named without its values: a server's own words show them."""

    code = "database_fault"

    def __init__(self, error: DatabaseError) -> None:
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        what = ", ".join(name for name in (type(error.orig).__name__, constraint) if name)
        super().__init__(f"the database refused a statement ({what})")


class Database:
    """One database, opened once per process. ``session()`` is one transaction.

    ``hurried`` tells whether the program was asked to end: then nobody waits long for a busy database.
    """

    def __init__(self, url: str, *, hurried: Callable[[], bool] = lambda: False) -> None:
        self.url = _parse(url)
        self._hurried = hurried
        self.engine = _engine(self.url, hurried)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._reading = self.engine.execution_options(**_reading(self.url))
        self._readers = sessionmaker(self._reading, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is an embedded database file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file of an embedded database."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: rolled back unless committed. Database failures come out as errors of ours."""
        with translated(), self._sessions() as session:
            yield session

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """A transaction that only reads: it sees one moment and keeps no writer waiting."""
        with translated(), self._readers() as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """The same for a single statement that is asked often."""
        with translated(), self._reading.connect() as connection:
            yield connection

    def current(self) -> tuple[str | None, str]:
        """The schema revision found and the newest one this program knows."""
        try:
            with translated(), self._reading.connect() as connection:
                return schema.revision(connection), schema.revisions()[-1]
        except LookupError as error:
            raise ConfigurationError(
                "the database holds tables but does not say of which schema",
                remedy="Restore a backup, or let `database` name an empty one.",
                code="damaged_schema",
            ) from error

    def upgrade(self) -> None:
        """Bring the schema up to date. Raises ``ConfigurationError`` for a newer schema."""
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        found, _ = self.current()
        self._refuse_newer(found)
        with translated():
            schema.upgrade(self.engine)

    def require_current(self) -> None:
        """Refuse to work on a schema that is missing, older or newer than this program (S-73)."""
        if self.file is not None and not self.file.exists():
            raise ConfigurationError(f"no database at {self.file}", remedy="Run `syncd init`, or restore a backup.")
        found, newest = self.current()
        self._refuse_newer(found)
        if found != newest:
            raise ConfigurationError(
                f"the database schema is {found or 'empty'}, this program needs {newest}",
                remedy=_UPGRADE if found is not None else _FILL,
                code="older_schema",
            )

    def _refuse_newer(self, found: str | None) -> None:
        if found is not None and found not in schema.revisions():
            raise ConfigurationError(
                f"the database was written by a newer syncd (schema {found})",
                remedy="Install the newer version again; this one would damage it.",
                code="newer_schema",
            )

    def backup(self, target: Path) -> None:
        """Write a consistent copy of an embedded database, also while it is in use. Never overwrites."""
        if self.file is None:
            raise ConfigurationError("db backup copies embedded databases only", remedy="Use pg_dump for PostgreSQL.")
        _claim(target)
        with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)

    def wipe(self) -> bool:
        """Write an embedded database's file anew, without what was deleted from it; a server looks after its own.

        Returns False where readers kept the file busy, or the program is asked to end: what was deleted is out of reach
        of any query, but may still be read from the file.
        """
        if self.file is None:
            return True
        with closing(sqlite3.connect(self.file, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
            connection.set_progress_handler(self._hurried, 10_000)
            try:
                connection.execute("VACUUM")
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:
                return False
        return not busy

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in {"sqlite", "postgresql"} or not parsed.database:
        raise ConfigurationError(
            "database: not an address this program understands",
            remedy='Use "sqlite:////absolute/path.db" or "postgresql+psycopg://user@host/name".',
        )
    return parsed


def _claim(target: Path) -> None:
    """Make the file, empty and its owner's alone, unless there is one."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise ConfigurationError(f"{target} exists already", remedy="Choose another file name.") from error
    except OSError as error:
        raise ConfigurationError(
            f"{target} cannot be written: {error.strerror}", remedy="Choose a folder that exists and may be written."
        ) from error


def _reading(url: URL) -> dict[str, Any]:
    """What makes a transaction see one moment throughout; an embedded database always does."""
    return {"reader": True} | ({"isolation_level": "REPEATABLE READ"} if url.get_backend_name() == "postgresql" else {})


def _engine(url: URL, hurried: Callable[[], bool]) -> Engine:
    if url.get_backend_name() == "postgresql":
        return _server_engine(url)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", Turn(hurried).begin)
    return engine


_PATIENCE = {"connect_timeout": 5, "keepalives_idle": 15, "keepalives_interval": 5, "tcp_user_timeout": 20_000}
"""Seconds (and milliseconds) after which a server that vanished is given up, unless the address says otherwise."""


def _server_engine(url: URL) -> Engine:
    patience = {name: value for name, value in _PATIENCE.items() if name not in url.query}
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=5, connect_args=patience)
    event.listen(engine, "connect", _server_connect)
    return engine


def _server_connect(connection: Any, _record: object) -> None:
    """Nobody waits for ever behind a transaction that somebody left open: as long as for an answer of accounting."""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    connection.autocommit = False


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


_BROKEN_OFF = frozenset({"40001", "40P01"})
"""PostgreSQL's words for a serialization failure and a deadlock."""


@contextmanager
def translated() -> Iterator[None]:
    """Let database failures come out as errors of ours, without the values they were about."""
    try:
        yield
    except SyncdError:
        raise
    except PoolTimeoutError as error:
        remedy = "Try again; if it lasts, look for what keeps every connection to itself."
        raise DatabaseUnreachableError("no connection to the database is free", remedy=remedy) from error
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) in _BROKEN_OFF:
            raise BrokenOffError(
                "the database broke a transaction off, which another one stood in the way of"
            ) from error
        raise _embedded_trouble(error) or DatabaseUnreachableError(
            f"the database cannot be used: {_reason(error)}",
            remedy="Check that it runs, that its address is right, and that its disk is not full.",
        ) from error
    except DatabaseError as error:
        if "malformed" in str(error.orig) or "not a database" in str(error.orig):
            raise ConfigurationError("the database file is damaged", remedy=_RESTORE) from error
        raise DatabaseFaultError(error) from None


_RESTORE = "Restore a backup: see docs/operations.md, *Restoring*."


def _embedded_trouble(error: DatabaseError) -> SyncdError | None:
    """What is wrong with an embedded database, in words that name what to do; None for anything else."""
    match getattr(error.orig, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            remedy = "Make room on its disk; what was done is stored, and the next run goes on from there."
            return DatabaseUnreachableError("the disk of the database is full", remedy=remedy)
        case sqlite3.SQLITE_IOERR:
            remedy = "Look at the disk (`dmesg`, `df`) and at the limits of this program's service."
            return DatabaseUnreachableError("the disk does not take or give what the database needs", remedy=remedy)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            remedy = "Try again; if it lasts, look for a program that keeps a transaction open on the file."
            return DatabaseUnreachableError("somebody else keeps the database to himself", remedy=remedy)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            remedy = "Let this program's user write the file and its folder, and check the address of `database`."
            return ConfigurationError("the database file cannot be opened for writing", remedy=remedy)
        case _:
            return None


def _reason(error: OperationalError) -> str:
    first = str(error.orig).strip().splitlines()
    return first[0] if first else "no answer"
