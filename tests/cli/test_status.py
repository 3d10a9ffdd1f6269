from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from syncd import bootstrap
from syncd.cli import doctor
from syncd.ports.queue import Order
from syncd.settings import load
from syncd.store.queue import StoredQueue
from tests.cli.connected import SYSTEM, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.store.database import Database
    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        yield made


def later(**passed: float) -> datetime:
    return bootstrap.now() + timedelta(**passed)


def test_a_connections_life_in_words(visma: Connected) -> None:
    """From never run to in step with conflicts, and what a person has to do."""
    assert "visma (Testbolaget AB): never run." in visma.ok("status").out
    visma.sync("visma", "--dry-run")
    assert "looked at by a dry run just now" in visma.ok("status").out
    visma.sync("visma", code=3)
    held = visma.ok("status").out
    assert "held by a brake" in held
    assert "Approve: syncd sync visma --approve" in held
    visma.question()
    with time_machine.travel(later(minutes=3.5)):
        shown = visma.ok("status").out
    assert "in step 3 minutes ago, 1 linked customer, 1 conflict." in shown
    assert "syncd conflicts list --connection visma" in shown
    assert "No daemon is running" in shown
    with time_machine.travel(later(days=2.1)):
        assert "in step 2 days ago" in visma.ok("status").out


def test_orders_in_line_are_shown(visma: Connected) -> None:
    """What runs and what waits, and who asked for it."""
    with closing(bootstrap.open_store(load()).database) as database:
        queue = StoredQueue(database, bootstrap.now)
        queue.join(1, Order("anna", "full"))
        queue.claim(1)
        queue.join(1, Order("bo", customer="1001", dry_run=True))
        queue.join(1, Order("anna", approve=True, shown=4))
        with time_machine.travel(later(minutes=2.5)):
            shown = visma.ok("status").out
    assert "  Runs: full run, asked for by anna 2 minutes ago.\n" in shown
    assert "  Waits: dry run of customer 1001, asked for by bo 2 minutes ago.\n" in shown
    assert "  Waits: approved incremental run, asked for by anna 2 minutes ago.\n" in shown
    (one,) = visma.ok("status", "--json").json["connections"]
    assert one["queue"][1].pop("asked_at").endswith("Z")
    assert one["queue"][1] == {
        "kind": "customer", "customer": "1001", "dry_run": True, "approve": False, "who": "bo", "state": "waiting",
    }  # fmt: skip


def test_what_is_wrong_is_said_with_its_remedy(visma: Connected) -> None:
    """Unreachable, paused, without consent."""
    visma.first_sync()
    visma.sandbox.stop()
    visma.sync(code=69)
    assert "last run failed just now, last in step just now" in visma.ok("status").out
    visma.ok("connection", "pause", "visma")
    assert "Resume it: syncd connection resume visma" in visma.ok("status").out
    visma.ok("connection", "resume", "visma")
    visma.sandbox.start()
    visma.sandbox.kill_tokens()
    visma.sync(code=4)
    shown = visma.ok("status").out
    assert "needs consent, last in step just now" in shown
    assert "syncd connection authorize" in shown
    assert "attention" in visma.ok("connection", "show", "visma").out
    visma.ok("connection", "add", "new", *SYSTEM)
    assert "new (visma_eaccounting): needs consent." in visma.ok("status").out
    assert "company" not in visma.ok("connection", "show", "new").out


def test_status_is_one_document(visma: Connected) -> None:
    """For scripts."""
    visma.first_sync()
    document = visma.ok("status", "--json").json
    assert list(document) == ["daemon", "database", "connections", "mail"]
    (one,) = document["connections"]
    assert (one["name"], one["state"], one["linked"], one["open_conflicts"]) == ("visma", "ready", 0, 0)
    assert one["last_run"]["status"] == one["last_good_run"]["status"] == "succeeded"


def test_a_new_group_is_told_how_to_begin(shell: Shell) -> None:
    """With the command that adds a connection."""
    assert "syncd connection add NAME" in shell.ok("status").out
    assert "there is none yet" in shell.ok("doctor").out


def test_the_doctor_finds_nothing_wrong(visma: Connected) -> None:
    """Every check by name."""
    found = visma.ok("doctor", "--json").json
    checks = [one["check"] for one in found if one["state"] == "ok"]
    assert checks == ["configuration", "secret files", "database", "group", "clock", "connection visma"]
    assert "WRONG" not in visma.ok("doctor").out


def test_the_doctor_names_what_is_wrong(visma: Connected) -> None:
    """With a remedy and the exit code that it stands for."""
    visma.sandbox.stop()
    assert visma("doctor").code == 69
    visma.sandbox.start()
    visma.ok("connection", "pause", "visma")
    assert "it is paused" in visma.ok("doctor").out
    visma.sandbox.kill_tokens()
    visma.sandbox.expire_access_tokens()
    consent = visma("doctor")
    assert consent.code == 4
    assert "WRONG  connection visma" in consent.out
    (visma.directory / "client_secret").chmod(0o644)
    (visma.directory / "syncd.db").chmod(0o644)
    rights = visma("doctor")
    assert rights.code == 78
    assert "open to others" in rights.out
    assert "others on this machine can read it" in rights.out


def test_the_doctor_looks_at_the_clock(visma: Connected) -> None:
    """A machine that thinks it is last year."""
    visma.first_sync()
    with time_machine.travel(later(days=-400)):
        answer = visma("doctor")
    assert answer.code == 78
    assert "WRONG  clock" in answer.out


def test_the_doctor_stops_where_nothing_more_can_be_said(visma: Connected) -> None:
    """Without a readable configuration, or with a database of a newer or no schema, or a damaged one."""
    database = visma.directory / "syncd.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    newer = visma("doctor")
    assert (newer.code, "newer syncd" in newer.out, "group" in newer.out) == (78, True, False)
    for file in visma.directory.glob("syncd.db*"):
        file.unlink()
    assert visma("doctor").code == 78
    database.write_bytes(b"not a database at all" * 100)
    damaged = visma("doctor")
    assert (damaged.code, "damaged" in damaged.out) == (78, True)
    (visma.directory / "syncd.toml").write_text("nonsense = 1")
    assert visma("doctor").code == 78


def test_the_doctor_looks_into_the_database(database: Database) -> None:
    """Of either kind."""
    assert "schema" in doctor._healthy(database)


def test_the_doctor_finds_a_damaged_page(visma: Connected) -> None:
    """In a file that opens as if nothing were wrong."""
    file = visma.directory / "syncd.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'customers'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    whole = bytearray(file.read_bytes())
    whole[(page - 1) * size : page * size] = b"\xff" * size
    file.write_bytes(whole)
    answer = visma("doctor")
    assert (answer.code, "damaged" in answer.out) == (78, True)


def test_the_doctor_finds_rows_that_cannot_be(visma: Connected) -> None:
    """In a file whose pages are whole."""
    with sqlite3.connect(visma.directory / "syncd.db") as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'email TEXT', 'email TEXT NOT NULL')")
    connection.close()
    answer = visma("doctor")
    assert (answer.code, "damaged" in answer.out) == (78, True)


def test_the_doctor_finds_references_to_nothing(visma: Connected) -> None:
    """Rows that somebody's own tool left behind."""
    with sqlite3.connect(visma.directory / "syncd.db") as connection:
        connection.execute("UPDATE tokens SET connection_id = 77")
    connection.close()
    answer = visma("doctor")
    assert (answer.code, "damaged" in answer.out) == (78, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_doctor_does_not_keep_anybody_with_a_huge_database(database: Database) -> None:
    """It looks at every page, but does not compare every index with its rows."""
    assert "whole" in doctor._healthy(database, huge=0)


def test_the_doctor_knows_what_a_consent_lacks(visma: Connected) -> None:
    """Somebody unticked a box at the vendor's."""
    token = visma.sandbox.issue_refresh_token(None, ("ea:api", "offline_access", "ea:sales_readonly"))
    visma("connection", "authorize", "visma", "--refresh-token-file", "-", given=token)
    answer = visma("doctor")
    assert answer.code == 4
    assert "the consent lacks ea:sales" in answer.out
    assert "syncd connection authorize visma" in answer.out


def test_the_doctor_compares_the_clock_and_the_limit_with_the_vendors(visma: Connected) -> None:
    """Findings only: nothing depends on them."""
    visma.sandbox.clock.advance(2 * 3600)
    answer = visma.ok("doctor")
    assert "clock is 120 minutes behind accounting's" in answer.out
    assert "rate_limit_per_minute is 100000, accounting lets 600 through" in answer.out


def test_the_doctor_looks_at_the_state_directory(visma: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is a note; one that cannot be used is wrong, before a run finds out."""
    assert "note   state directory: none is set" in visma.ok("doctor").out
    (visma.directory / "taken").touch()
    monkeypatch.setenv("SYNCD_STATE_DIRECTORY", str(visma.directory / "taken"))
    answer = visma("doctor")
    assert (answer.code, "WRONG  state directory" in answer.out) == (78, True)
    monkeypatch.setenv("SYNCD_STATE_DIRECTORY", str(visma.directory / "to" / "be" / "made"))
    assert "state directory" not in visma.ok("doctor").out


def test_the_doctor_warns_of_a_full_disk(tmp_path: Path) -> None:
    """Before a run finds out."""
    file = tmp_path / "syncd.db"
    file.touch(mode=0o600)
    (finding,) = doctor._file(file, least_free=2**60)
    assert (finding.check, finding.code) == ("disk", 78)


def test_the_doctor_asks_for_the_group(visma: Connected) -> None:
    """Where there are several."""
    visma.ok("init", "--group", "Second")
    assert visma("doctor").code == 64
    assert visma("doctor", "--group", "Second").code == 0
