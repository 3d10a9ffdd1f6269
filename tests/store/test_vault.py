from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from syncd.errors import ConfigurationError
from syncd.store.uow import Store
from syncd.store.vault import Vault, make_key_file
from syncd.values.tokens import Tokens

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.ports.groups import GroupInfo
    from syncd.store.database import Database
    from tests.conftest import TickingClock

TOKENS = Tokens("access-q8Zr2mVxT1", "refresh-9kLw4bNcY7", 1_800_000_000.5, "ea:api offline_access")
embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "secret.key"
    make_key_file(file)
    return file


@pytest.fixture
def sealing(database: Database, clock: TickingClock, key_file: Path) -> Store:
    return Store(database, clock, Vault.from_file(key_file))


def a_connection_with_tokens(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        connection = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.connections.save_tokens(connection, TOKENS)
        work.commit()
    return connection


def test_tokens_come_back_as_they_were_stored(sealing: Store, group: GroupInfo) -> None:
    """A restart needs no new consent."""
    connection = a_connection_with_tokens(sealing, group)
    with sealing.work() as work:
        assert work.connections.tokens(connection) == TOKENS
        renewed = Tokens("other", "newer", 5.0)
        work.connections.save_tokens(connection, renewed)
        work.commit()
    with sealing.reading() as work:
        assert work.connections.tokens(connection) == renewed
        assert work.connections.tokens(connection + 1) is None


@embedded
def test_the_database_file_does_not_hold_the_token(
    sealing: Store, group: GroupInfo, database: Database, tmp_path: Path
) -> None:
    """Whoever finds the file, its log or a backup can do nothing with it."""
    a_connection_with_tokens(sealing, group)
    database.backup(tmp_path / "backup.db")
    found = [file.read_bytes() for file in tmp_path.iterdir() if file.is_file()]
    assert len(found) >= 3, "the file, its log, the backup"
    for secret in (TOKENS.access_token, TOKENS.refresh_token):
        assert not any(secret.encode() in text for text in found)


def test_a_row_of_the_database_does_not_hold_the_token(sealing: Store, group: GroupInfo, database: Database) -> None:
    """A dump of the table shows sealed text only."""
    a_connection_with_tokens(sealing, group)
    with database.engine.connect() as connection:
        row = str(connection.exec_driver_sql("SELECT * FROM tokens").one())
    assert TOKENS.access_token not in row
    assert TOKENS.refresh_token not in row


def test_another_key_opens_nothing_and_says_what_to_do(
    sealing: Store, group: GroupInfo, database: Database, clock: TickingClock
) -> None:
    """After a restore without its key the message names the two ways out, and no token."""
    connection = a_connection_with_tokens(sealing, group)
    other = Store(database, clock, Vault(Fernet.generate_key()))
    with pytest.raises(ConfigurationError, match="another key") as caught, other.reading() as work:
        work.connections.tokens(connection)
    assert "authorize the connections again" in str(caught.value.remedy)
    assert TOKENS.refresh_token not in f"{caught.value}{caught.value.__cause__}"


def test_without_a_key_no_token_is_stored(store: Store, group: GroupInfo) -> None:
    """A token is never stored in the open because a setting is missing."""
    with pytest.raises(ConfigurationError, match="secret_key_file"):
        a_connection_with_tokens(store, group)


def test_a_new_key_file_is_its_owners_alone(key_file: Path) -> None:
    """Nobody has to think of its permissions; and an existing key is never replaced."""
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    before = key_file.read_bytes()
    with pytest.raises(FileExistsError):
        make_key_file(key_file)
    assert key_file.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_open_to_others_is_refused(key_file: Path, mode: int) -> None:
    """The remedy is the very command that closes it."""
    key_file.chmod(mode)
    with pytest.raises(ConfigurationError, match="open to others") as caught:
        Vault.from_file(key_file).check()
    assert caught.value.remedy == f"Run: chmod 600 {key_file}"


def test_a_missing_or_damaged_key_is_named(tmp_path: Path) -> None:
    """The message names the file and what it means to make a new one, never its content."""
    file = tmp_path / "secret.key"
    with pytest.raises(ConfigurationError, match=r"secret\.key cannot be read") as missing:
        Vault.from_file(file).check()
    assert "authorized again" in str(missing.value.remedy)
    file.write_text("not a key at all")
    file.chmod(0o600)
    with pytest.raises(ConfigurationError, match="does not hold a key") as damaged:
        Vault.from_file(file).check()
    assert "not a key at all" not in str(damaged.value)
    with pytest.raises(ConfigurationError, match="secret_key_file is not set"):
        Vault.from_file(None).check()


def test_who_may_not_read_the_key_may_still_read_the_register(
    database: Database, clock: TickingClock, group: GroupInfo, tmp_path: Path
) -> None:
    """Under systemd the key is the service's alone."""
    with Store(database, clock, Vault.from_file(tmp_path / "closed" / "key")).reading() as work:
        assert work.groups.list() == (group,)


def test_tokens_do_not_show_themselves() -> None:
    """A log line with tokens in it shows neither of them."""
    assert "q8Zr" not in f"{TOKENS} {TOKENS!r}"
    assert "9kLw" not in f"{TOKENS} {TOKENS!r}"
