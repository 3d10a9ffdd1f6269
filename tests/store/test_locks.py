from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from syncd.errors import ConfigurationError
from syncd.store.database import Database, DatabaseUnreachableError
from syncd.store.locks import _is_locked, hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDER = """
import sys
from syncd.store.database import Database
from syncd.store.locks import hold
with hold(Database(sys.argv[1]), sys.argv[2], wait=0) as got:
    print("held" if got else "refused", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(url: str, name: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock until its input ends, or until it is killed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            yield holder
        finally:
            holder.kill()


def test_a_second_holder_is_told_at_once_or_waits(database: Database) -> None:
    """A second run either hears that one is under way, or waits as long as it was told to."""
    with hold(database, "run-1", wait=0) as first:
        assert first
        with hold(database, "run-1", wait=0) as second:
            assert not second
        began = time.monotonic()
        with hold(database, "run-1", wait=0.2) as third:
            assert not third
        assert time.monotonic() - began >= 0.2
    with hold(database, "run-1", wait=0) as again:
        assert again


def test_whoever_waits_gets_the_lock_when_it_is_given_back(database: Database) -> None:
    """A run that waits begins as soon as the one before it ends."""
    held, got = threading.Event(), threading.Event()

    def hold_shortly() -> None:
        with hold(database, "run-1", wait=0):
            held.set()
            time.sleep(0.2)

    first = threading.Thread(target=hold_shortly)
    first.start()
    assert held.wait(10)
    with hold(database, "run-1", wait=20) as second:
        if second:
            got.set()
    first.join()
    assert got.is_set()


def test_two_connections_do_not_block_each_other(database: Database) -> None:
    """One customer's long first run leaves everybody else's alone."""
    with hold(database, "run-1", wait=0) as one, hold(database, "run-2", wait=0) as other:
        assert one
        assert other


def test_a_lock_is_given_back_when_its_holder_fails(database: Database) -> None:
    """An error inside is told as it is, and holds nobody up."""
    with pytest.raises(ZeroDivisionError), hold(database, "run-1", wait=0):
        _ = 1 / 0
    with hold(database, "run-1", wait=0) as got:
        assert got


def test_another_process_holds_the_lock_for_everybody(database: Database, database_url: str) -> None:
    """Two daemons started by mistake never run one connection at once; a killed one is out of the way at once."""
    with another_process(database_url, "run-1") as holder:
        with hold(database, "run-1", wait=0) as got:
            assert not got
        holder.kill()
        holder.wait()
        with hold(database, "run-1", wait=10) as freed:
            assert freed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_lock_beside_an_embedded_database_is_its_owners_alone(database: Database, tmp_path: Path) -> None:
    """The lock is a file of its own: the database is left as it is."""
    with hold(database, "run-1", wait=0):
        (lock,) = tmp_path.glob(".*.lock")
        assert lock.stat().st_mode & 0o077 == 0
        assert lock.read_bytes() == b""


def test_a_lock_on_a_server_that_is_down_is_tried_again_later(tmp_path: Path) -> None:
    """The run ends with a message for the administrator, not with a stack trace."""
    with (
        closing(Database(f"postgresql+psycopg://syncd@/syncd?host={tmp_path}")) as database,
        pytest.raises(DatabaseUnreachableError),
        hold(database, "run-1", wait=0),
    ):
        pytest.fail("held a lock of a server that is down")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lost_connection_does_not_hide_what_happened_meanwhile(database: Database) -> None:
    """When the server drops us, the work's own outcome is told, and the lock is free."""
    with hold(database, "run-1", wait=0) as got:
        assert got
        with database.engine.connect() as other:
            other.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
    with hold(database, "run-1", wait=10) as again:
        assert again


embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@embedded
def test_a_database_has_one_lock_whatever_it_is_called(database: Database, tmp_path: Path) -> None:
    """Two configurations, one of which names the file through a link, do not run side by side."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.db").symlink_to(tmp_path / "syncd.db")
    with (
        closing(Database(f"sqlite:///{tmp_path / 'elsewhere' / 'link.db'}")) as linked,
        hold(database, "run-1", wait=0),
        hold(linked, "run-1", wait=0) as second,
    ):
        assert not second


def test_a_lock_on_a_file_that_was_tidied_away_is_no_lock(tmp_path: Path) -> None:
    """Everybody else locks the file that stands there now."""
    lock = tmp_path / ".syncd.db.run-1.lock"
    lock.touch()
    handle = os.open(lock, os.O_RDWR)
    assert _is_locked(handle, lock)
    lock.unlink()
    assert not _is_locked(handle, lock)
    lock.touch()
    assert not _is_locked(handle, lock)
    os.close(handle)


@embedded
def test_a_folder_that_cannot_be_written_is_named(database_url: str, tmp_path: Path) -> None:
    """The message says which file, and what to do."""
    (tmp_path / ".syncd.db.run-1.lock").mkdir()
    with (
        closing(Database(database_url)) as database,
        pytest.raises(ConfigurationError, match=r"lock file .*/\.syncd\.db\.run-1\.lock cannot be made"),
        hold(database, "run-1", wait=0),
    ):
        pytest.fail("held a lock without a file")


@server
def test_a_quiet_holder_keeps_its_session(database: Database, database_url: str) -> None:
    """A server that ends idle sessions does not end a run that reads for an hour."""
    with database.engine.begin() as admin:
        admin.exec_driver_sql(f"ALTER DATABASE {database.url.database} SET idle_session_timeout = '100ms'")
    with closing(Database(database_url)) as fresh, hold(fresh, "run-1", wait=0):
        time.sleep(0.5)
        with hold(database, "run-1", wait=0) as second:
            assert not second


@server
def test_nobody_waits_for_ever_behind_a_transaction_left_open(database: Database) -> None:
    """No longer than for an answer of accounting; then the error says what could not be had."""
    with database.session() as session:
        assert session.scalar(text("SHOW lock_timeout")) == "8s"
