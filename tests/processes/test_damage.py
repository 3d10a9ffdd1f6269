"""Damage is refused or recovered from, never guessed about: a clear message, a remedy, an exit code (S-73, §10)."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import populate
from syncd.store.vault import make_key_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes.conftest import Ended, Machine, Office

SYNC = ("sync", "visma", "--json")
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The embedded database."""
    return tmp_path / "syncd.db"


def forget_log(file: Path) -> None:
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def cut(file: Path, size: int) -> None:
    forget_log(file)
    os.truncate(file, size)


def refused(ended: Ended, code: int, message: str, remedy: str) -> None:
    assert ended.code == code
    assert message in ended.err
    assert f"Remedy: {remedy}" in ended.err
    assert "Traceback" not in ended.err


@on_sqlite
@pytest.mark.parametrize("size", [1000, 5000, 40_000])
def test_a_database_that_was_cut_off_is_called_damaged(machine: Machine, file: Path, size: int) -> None:
    """A copy that broke off half-way: nobody works on with half a register."""
    cut(file, size)
    refused(machine("sync", "visma"), 78, "the database file is damaged", "Restore a backup")
    assert machine("doctor").code == 78


@on_sqlite
def test_an_empty_file_is_not_taken_for_a_new_register(machine: Machine, file: Path) -> None:
    """The remedy speaks of the backup first."""
    cut(file, 0)
    refused(machine("sync", "visma"), 78, "schema is empty", "If it held a register before, restore a backup.")


@on_sqlite
def test_a_missing_database_is_not_made_anew(machine: Machine, file: Path) -> None:
    """A disk that was not mounted leaves no empty register behind."""
    forget_log(file)
    file.unlink()
    refused(machine("sync", "visma"), 78, "no database at", "Run `syncd init`, or restore a backup.")
    assert not file.exists()


@on_sqlite
def test_a_file_of_another_kind_is_called_damaged(machine: Machine, file: Path) -> None:
    """And is left as it is, by an upgrade, too."""
    forget_log(file)
    file.write_text("Kundregister\n" * 1000)
    refused(machine("status"), 78, "the database file is damaged", "Restore a backup")
    refused(machine("db", "upgrade"), 78, "the database file is damaged", "Restore a backup")
    assert file.read_text() == "Kundregister\n" * 1000


@on_sqlite
def test_a_lost_or_wrong_key_is_named(office: Office, machine: Machine) -> None:
    """Nothing is asked of accounting, no consent is thrown away, and the right key puts everything right."""
    key = office.home / "secret_key"
    kept = key.rename(office.home / "kept")
    refused(machine("sync", "visma"), 78, "secret_key_file", "Restore it")
    make_key_file(key)
    wrong = machine(*SYNC)
    assert (wrong.code, wrong.run["status"]) == (78, "failed")
    assert "sealed with another key" in wrong.err
    assert list(office.sandbox.requests) == []
    kept.replace(key)
    assert machine(*SYNC).code == 0


@on_sqlite
def test_a_database_that_may_not_be_written_is_named(office: Office, machine: Machine, file: Path) -> None:
    """Restored by root, say, and started by the service's user."""
    forget_log(file)
    file.chmod(0o400)
    ended = machine.ended(machine.start("sync", "visma", before=bound_by_rights))
    refused(ended, 78, "the database file cannot be opened for writing", "Let this program's user write the file")
    file.chmod(0o600)
    assert machine(*SYNC).code == 0
    assert office.writes() == []


def bound_by_rights() -> None:
    """Root, too, is bound by the file's rights (CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH are given up)."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):
        libc.prctl(24, capability)


@on_sqlite
def test_a_disk_that_fills_up_in_a_run_leaves_nothing_half_written(
    office: Office, machine: Machine, file: Path
) -> None:
    """The run ends with a message; with room again, the next one goes on, and no customer is doubled."""
    populate(office.sandbox.company, 300)
    forget_log(file)
    limit = file.stat().st_size + 150_000

    def fill_up() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    full = machine.ended(machine.start(*SYNC, before=fill_up))
    assert full.code == 69
    assert "disk" in full.err
    after = machine(*SYNC)
    assert (after.code, after.run["status"]) == (0, "succeeded")
    with office.store() as store, store.reading() as work:
        assert work.customers.count(office.group.id) == 300
        assert work.links.count(office.connection) == 300


@on_sqlite
@pytest.mark.parametrize("left", ["nothing", "garbage", "empty index"])
def test_what_a_power_cut_leaves_beside_the_database_does_no_harm(machine: Machine, file: Path, left: str) -> None:
    """The log of the last transactions and its index are SQLite's own business."""
    log, index = (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("INSERT INTO groups (name, settings, created_at) VALUES ('Andra', '{}', '2026-01-01')")
        writer.commit()
        copies = [(path, shutil.copy(path, path.with_name(path.name + ".copy"))) for path in (file, log, index)]
    for path, copy in copies:
        shutil.copy(copy, path)
    if left == "garbage":
        with log.open("ab") as end:
            end.write(os.urandom(5000))
    if left == "empty index":
        index.write_bytes(b"")
    ended = machine("status")
    assert (ended.code, "several groups" in ended.err) == (64, True), "both groups are there"


def other_address(machine: Machine, key: str, value: str) -> None:
    settings = machine.directory / "syncd.toml"
    lines = [f'{key} = "{value}"' if line.startswith(f"{key} =") else line for line in settings.read_text().split("\n")]
    settings.write_text("\n".join(lines))


def swapped_company(office: Office, _: Machine) -> None:
    office.sandbox.company.settings["CompanyIdentifier"] = "another"


def nobody_there(_: Office, machine: Machine) -> None:
    other_address(machine, "api_url", "http://127.0.0.1:9/v2/")


def another_path(office: Office, machine: Machine) -> None:
    other_address(machine, "api_url", office.sandbox.api_url.replace("/v2/", "/v3/"))


@on_sqlite
@pytest.mark.parametrize(
    ("happens", "code", "error"),
    [(swapped_company, 4, "wrong_company"), (nobody_there, 69, "unreachable"), (another_path, 69, "unreachable")],
)
def test_another_company_or_address_writes_nothing(
    office: Office, machine: Machine, happens: Callable[[Office, Machine], None], code: int, error: str
) -> None:
    """A configuration copied from a test machine, or the other way round."""
    assert machine(*SYNC).code == 0
    office.add("1001")
    happens(office, machine)
    ended = machine(*SYNC)
    assert (ended.code, ended.error) == (code, error)
    assert "Remedy" in ended.err
    assert office.writes() == []


def test_another_database_is_held_before_it_writes(office: Office, machine: Machine) -> None:
    """An older copy under the same configuration: counted outside, it is recognised (S-73)."""
    for _ in range(2):
        assert machine(*SYNC).code == 0
    with office.store() as store, store.work() as work:
        work.connections.save(office.connection, run_counter=0)
        work.commit()
    office.add("1001")
    ended = machine(*SYNC)
    assert (ended.code, ended.error) == (3, "restored_database")
    assert office.writes() == []
