from __future__ import annotations

import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from syncd.errors import ConfigurationError, RefusedError
from syncd.ports.people import NewUser
from syncd.store.database import Database, DatabaseFaultError, DatabaseUnreachableError
from syncd.store.tables import User
from syncd.store.uow import Store

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author
    from tests.conftest import Postgres, TickingClock

SECRET = "19121212-1212"
embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def stamp_schema(database: Database, revision: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


# ----- the schema


def test_a_newer_schema_is_refused_with_its_remedy(database: Database) -> None:
    """After a downgrade the program says what to install, and leaves the database alone."""
    stamp_schema(database, "9999")
    for start in (database.require_current, database.upgrade):
        with pytest.raises(ConfigurationError, match="newer syncd") as caught:
            start()
        assert caught.value.code == "newer_schema"
        assert "Install the newer version" in str(caught.value.remedy)
    assert database.current()[0] == "9999"


def test_an_empty_embedded_database_is_refused_until_it_is_upgraded(tmp_path: Path) -> None:
    """The remedy is the very command that helps."""
    (tmp_path / "empty.db").touch()
    with closing(Database(f"sqlite:///{tmp_path / 'empty.db'}")) as database:
        with pytest.raises(ConfigurationError, match="is empty") as caught:
            database.require_current()
        assert caught.value.code == "older_schema"
        assert "syncd db upgrade" in str(caught.value.remedy)
        database.upgrade()
        database.require_current()


def test_an_empty_database_on_a_server_is_refused_until_it_is_upgraded(postgres: Postgres) -> None:
    """A server's database is made by its administrator, and filled by the program."""
    postgres.run("CREATE DATABASE bare")
    with closing(Database(postgres.url("bare"))) as database:
        with pytest.raises(ConfigurationError, match="is empty"):
            database.require_current()
        database.upgrade()
        database.require_current()


def test_a_missing_file_is_not_made_by_looking_for_it(tmp_path: Path) -> None:
    """A mistyped path leaves no empty database behind."""
    file = tmp_path / "typo" / "syncd.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        with pytest.raises(ConfigurationError, match="no database at") as caught:
            database.require_current()
        assert "syncd init" in str(caught.value.remedy)
        assert not file.parent.exists()
        database.upgrade()
        database.require_current()


def test_tables_without_a_schema_version_are_not_written_over(database: Database) -> None:
    """Another program's database, or one that lost its version, is refused instead of upgraded half-way."""
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    for start in (database.require_current, database.upgrade):
        with pytest.raises(ConfigurationError, match="does not say of which schema") as caught:
            start()
        assert caught.value.code == "damaged_schema"


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    """The remedy is the backup, not a stack trace."""
    file = tmp_path / "syncd.db"
    file.write_bytes(b"Kundregister\n" * 1000)
    with (
        closing(Database(f"sqlite:///{file}")) as database,
        pytest.raises(ConfigurationError, match="damaged") as caught,
    ):
        database.require_current()
    assert "Restore a backup" in str(caught.value.remedy)


@embedded
def test_a_damaged_page_is_called_damaged(database: Database, store: Store) -> None:
    """Rot in the middle of the file is noticed by whoever reads it."""
    file = database.file
    assert file is not None
    database.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(ConfigurationError, match="damaged"), store.reading() as work:
        work.connections.list()


@pytest.mark.parametrize("url", ["", "mysql://localhost/x", "sqlite://", "postgresql+psycopg://host", "C:\\syncd.db"])
def test_an_address_that_is_none_is_refused_without_showing_it(url: str) -> None:
    """An address may hold a password: the message holds neither."""
    with pytest.raises(ConfigurationError, match="not an address") as caught:
        Database(url)
    assert url not in caught.value.message or not url


def test_a_server_that_does_not_answer_is_tried_again_later(tmp_path: Path) -> None:
    """Nothing is wrong with the data: the exit code says *later*, and the password stays hidden."""
    url = f"postgresql+psycopg://syncd:{SECRET}@/syncd?host={tmp_path}"
    with closing(Database(url)) as database, pytest.raises(DatabaseUnreachableError) as caught:
        database.require_current()
    assert caught.value.exit_code == 69
    assert SECRET not in str(caught.value)


# ----- units of work


def test_an_uncommitted_unit_writes_nothing(store: Store, group: GroupInfo) -> None:
    """Leaving early, or failing, is as if nobody had been there."""
    with store.work() as work:
        work.connections.add(group.id, "visma", "visma_eaccounting")
    with pytest.raises(RefusedError):
        add_twice(store, group)
    with store.reading() as work:
        assert work.connections.list() == ()


def add_twice(store: Store, group: GroupInfo) -> None:
    with store.work() as work:
        for _ in range(2):
            work.connections.add(group.id, "visma", "visma_eaccounting")
        work.commit()


def test_a_unit_may_commit_more_than_once(store: Store, group: GroupInfo) -> None:
    """What was committed stays, what came after and was not committed goes."""
    with store.work() as work:
        work.connections.add(group.id, "first", "visma_eaccounting")
        work.commit()
        work.connections.add(group.id, "second", "visma_eaccounting")
    with store.reading() as work:
        assert [c.name for c in work.connections.list()] == ["first"]


def test_a_reading_unit_sees_one_moment_and_keeps_no_writer_waiting(store: Store, group: GroupInfo, by: Author) -> None:
    """A long report neither holds up the office nor mixes yesterday with today."""

    def add() -> float:
        began = time.monotonic()
        with store.work() as work:
            work.customers.insert(group.id, {"name": "Åkes Bygg AB"}, [], by)
            work.commit()
        return time.monotonic() - began

    add()
    with ThreadPoolExecutor(1) as pool, store.reading() as report:
        before = report.customers.count(group.id)
        waited = pool.submit(add).result(20)
        after = report.customers.count(group.id)
    assert (before, after) == (1, 1)
    assert waited < 10
    with store.reading() as work:
        assert work.customers.count(group.id) == 2


def test_eight_writers_at_once_get_no_lock_errors(store: Store, group: GroupInfo, by: Author) -> None:
    """Eight people saving at the same time all get through, each with a number of their own."""
    together = threading.Barrier(8)

    def save(who: int) -> None:
        together.wait()
        for turn in range(5):
            with store.work() as work:
                known = work.customers.count(group.id)
                assert known >= turn
                work.customers.insert(group.id, {"name": f"Kund {who}-{turn}"}, [], by, f"{who}{turn}")
                work.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(1, 9)))
    with store.reading() as work:
        assert work.customers.count(group.id) == 40


@embedded
def test_an_error_shows_no_values_on_an_embedded_database(store: Store, group: GroupInfo) -> None:
    """A failing statement may be logged: what it was about may not."""
    assert SECRET not in refused_twice(store, group)


@server
def test_an_error_shows_no_values_on_a_server(store: Store, group: GroupInfo) -> None:
    """A server's own words quote the row; they go nowhere."""
    assert "login" in refused_twice(store, group)
    assert SECRET not in refused_twice(store, group)


def add_user_twice(store: Store, group: GroupInfo) -> None:
    with store.work() as work:
        for _ in range(2):
            work.session.add(User(group_id=group.id, login=SECRET, name=SECRET, created_at="2026-01-01"))
            work.session.flush()


def refused_twice(store: Store, group: GroupInfo) -> str:
    """What is said of a second user with the same login."""
    with pytest.raises(DatabaseFaultError) as caught:
        add_user_twice(store, group)
    return f"{caught.value} {caught.value.remedy} {caught.value.__cause__}"


# ----- backup


@embedded
def test_a_backup_taken_while_people_write_is_whole(
    database: Database, store: Store, group: GroupInfo, clock: TickingClock, tmp_path: Path
) -> None:
    """No need to stop for it: the copy holds whole transactions only, and the program starts on it."""
    stop, at_work = threading.Event(), threading.Event()

    def write() -> None:
        for turn in count():
            if stop.is_set():
                return
            with store.work() as work:
                work.users.add(group.id, NewUser(f"left{turn}", "Left"))
                work.users.add(group.id, NewUser(f"right{turn}", "Right"))
                work.commit()
            at_work.set()

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write)]
        try:
            assert at_work.wait(20)
            for turn in range(3):
                time.sleep(0.05)
                database.backup(tmp_path / f"copy{turn}.db")
        finally:
            stop.set()
        assert [writer.result() for writer in writers] == [None]
    for turn in range(3):
        copy = tmp_path / f"copy{turn}.db"
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            sides = connection.execute("SELECT name, count(*) FROM users GROUP BY name").fetchall()
        assert len({number for _, number in sides}) == 1, sides
        with closing(Database(f"sqlite:///{copy}")) as opened:
            opened.require_current()
            with Store(opened, clock).reading() as work:
                assert work.groups.get(group.name) == group


@embedded
def test_a_backup_overwrites_nothing(database: Database, tmp_path: Path) -> None:
    """An older backup is worth more than a mistyped command."""
    target = tmp_path / "old.db"
    target.write_text("precious")
    with pytest.raises(ConfigurationError, match="exists already"):
        database.backup(target)
    assert target.read_text() == "precious"
    with pytest.raises(ConfigurationError, match="cannot be written"):
        database.backup(tmp_path / "nowhere" / "copy.db")


@server
def test_a_server_is_backed_up_with_its_own_tool(database: Database, tmp_path: Path) -> None:
    """The refusal names the tool."""
    with pytest.raises(ConfigurationError) as caught:
        database.backup(tmp_path / "copy.db")
    assert "pg_dump" in str(caught.value.remedy)
    assert not (tmp_path / "copy.db").exists()


def test_a_database_without_a_free_connection_is_unreachable_for_now(database: Database) -> None:
    """Who comes later may have more luck: no fault, and nothing is wrong with what was asked for."""
    pool: Any = database.engine.pool
    pool._timeout = 0.01
    with ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.enter_context(database.engine.connect())
        with pytest.raises(DatabaseUnreachableError, match="no connection"), database.reader() as session:
            session.execute(text("SELECT 1"))
