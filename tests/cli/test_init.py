from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from syncd.services.register.passwords import matches
from syncd.settings import load
from syncd.store.database import Database
from syncd.store.tables import User

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell


def hash_of(config: Path, login: str) -> str:
    database = Database(load(config).database)
    with database.session() as session:
        kept = session.query(User.password_hash).filter_by(login=login).scalar()
    database.close()
    return str(kept)


def test_init_makes_everything_that_is_needed(empty_shell: Shell, tmp_path: Path) -> None:
    """Configuration, key, database, group and administrator; nobody else may read key and database."""
    config = tmp_path / "etc" / "syncd.toml"
    answer = empty_shell.ok("init", "--config", str(config), "--group", "Bolaget", "--admin", "anna")
    password = next(line.split(": ")[1] for line in answer.out.splitlines() if line.startswith("One-time"))
    assert matches(hash_of(config, "anna"), password)
    assert "# Where the register" in config.read_text(encoding="utf-8")
    for name in ("secret_key", "syncd.db"):
        assert stat.S_IMODE((config.parent / name).stat().st_mode) == 0o600
    assert empty_shell.ok("--config", str(config), "config", "check").out.endswith("nothing is wrong.\n")
    assert empty_shell.ok("customer", "list", "--json", "--config", str(config)).json == []


def test_init_takes_a_password_from_a_file(empty_shell: Shell, tmp_path: Path) -> None:
    """Then none is printed."""
    (tmp_path / "password").write_text("korrekt häst\n", encoding="utf-8")
    answer = empty_shell.ok("init", "--admin", "anna", "--password-file", "password")
    assert "One-time" not in answer.out
    assert matches(hash_of(tmp_path / "syncd.toml", "anna"), "korrekt häst")
    missing = empty_shell("init", "--password-file", "nowhere")
    assert (missing.code, "nowhere" in missing.err) == (1, True)


def test_init_again_changes_nothing_that_exists(shell: Shell, tmp_path: Path) -> None:
    """Another group or administrator is added; files stay as they are."""
    before = {name: (tmp_path / name).read_bytes() for name in ("syncd.toml", "secret_key")}
    kept = hash_of(tmp_path / "syncd.toml", "anna")
    again = shell.ok("init", "--group", "Bolaget", "--admin", "anna")
    assert "is there already" in again.out
    assert "Administrator eva is created." in shell.ok("init", "--group", "Annat", "--admin", "eva").out
    assert before == {name: (tmp_path / name).read_bytes() for name in before}
    assert hash_of(tmp_path / "syncd.toml", "anna") == kept
    several = shell("customer", "list")
    assert (several.code, "Annat, Bolaget" in several.err) == (64, True)
    assert shell.ok("--group", "Annat", "user", "list", "--json").json[0]["login"] == "eva"


def test_init_tells_what_it_cannot_write(empty_shell: Shell, tmp_path: Path) -> None:
    """With exit code 78 and a remedy."""
    (tmp_path / "file").write_text("")
    answer = empty_shell("init", "--config", "file/syncd.toml")
    assert (answer.code, "Remedy: " in answer.err) == (78, True)


def test_init_uses_the_database_it_is_told(empty_shell: Shell, tmp_path: Path) -> None:
    """The configuration remembers it."""
    empty_shell.ok("init", "--database", "sqlite:///data/register.db")
    assert (tmp_path / "data" / "register.db").exists()
    assert empty_shell.ok("customer", "list", "--json").json == []


def test_init_tells_when_the_key_cannot_be_written(empty_shell: Shell, tmp_path: Path) -> None:
    """Nothing works without it."""
    (tmp_path / "file").write_text("")
    (tmp_path / "syncd.toml").write_text('database = "sqlite:///x.db"\nsecret_key_file = "file/key"\n')
    answer = empty_shell("init")
    assert (answer.code, "file/key cannot be written" in answer.err) == (78, True)


def test_init_refuses_a_weak_password(empty_shell: Shell) -> None:
    """Also from standard input."""
    assert empty_shell("init", "--password-file", "-", given="kort\n").code == 1
    assert empty_shell("init", "--password-file", "-", given="").code == 1
