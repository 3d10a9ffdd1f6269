"""systemd's journal, heard over a real socket."""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest
import structlog

from syncd.log import journal, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("own_logging")

PERSON, TOKEN = "811228-9874", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl"


class Journal:
    """Reads entries as journald does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(60)

    def entry(self) -> dict[str, str]:
        data, found = self._socket.recv(1 << 20), {}
        while data:
            name, _, rest = data.partition(b"\n")
            if b"=" in name:
                key, _, value = name.partition(b"=")
                data = rest
            else:
                size = int.from_bytes(rest[:8], "little")
                key, value, data = name, rest[8 : 8 + size], rest[9 + size :]
            found[key.decode()] = value.decode()
        return found

    def close(self) -> None:
        self._socket.close()


def _fail(words: str) -> NoReturn:
    raise ValueError(words)


@pytest.fixture
def journald(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sock")
    yield made
    made.close()


def test_an_event_becomes_fields_that_can_be_searched_by(journald: Journal) -> None:
    """Run, connection and customer, whatever else the event holds, and a line for people."""
    set_up("info", "journal", journald=journald.path)
    with structlog.contextvars.bound_contextvars(run=5, connection="visma"):
        structlog.get_logger("syncd.sync").warning("customer.failed", customer="1001", **{"http-status": 400})
    assert journald.entry() == {
        "MESSAGE": "customer.failed run=5 connection=visma customer=1001 http-status=400",
        "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "syncd",
        "SYNCD_EVENT": "customer.failed",
        "SYNCD_LOGGER": "syncd.sync",
        "SYNCD_RUN_ID": "5",
        "SYNCD_CONNECTION": "visma",
        "SYNCD_CUSTOMER": "1001",
        "SYNCD_HTTP_STATUS": "400",
    }


@pytest.mark.parametrize(("level", "priority"), [("error", "3"), ("warning", "4"), ("info", "6"), ("debug", "7")])
def test_how_serious_it_is_is_the_journals_own_word(journald: Journal, level: str, priority: str) -> None:
    """`journalctl -p warning` finds what it should."""
    set_up("debug", "journal", journald=journald.path)
    getattr(structlog.get_logger("syncd.x"), level)("x.y")
    assert journald.entry()["PRIORITY"] == priority


def test_a_traceback_stands_below_its_line_without_what_variables_held(journald: Journal) -> None:
    set_up("info", "journal", journald=journald.path)
    try:
        _fail(f"bad {PERSON}")
    except ValueError:
        structlog.get_logger("syncd.x").exception("run.broken", token=TOKEN)
    entry = journald.entry()
    first, *rest = entry["MESSAGE"].split("\n")
    assert first == "run.broken token=[hidden]"
    assert "Traceback" in rest[0]
    assert PERSON not in entry["MESSAGE"]
    assert "SYNCD_EXCEPTION" not in entry


def test_nothing_personal_reaches_the_journal(journald: Journal) -> None:
    """Of other people's loggers neither; masking comes last."""
    set_up("info", "journal", journald=journald.path)
    logging.getLogger("apscheduler").warning("Job for %s, %s", PERSON, TOKEN)
    everything = json.dumps(journald.entry())
    assert PERSON not in everything
    assert TOKEN not in everything


def test_what_is_too_long_is_cut_and_lists_are_json(journald: Journal) -> None:
    """A datagram has an end."""
    set_up("info", "journal", journald=journald.path)
    structlog.get_logger("syncd.x").info("x.y", text="x" + "å" * 100_000, many=["a", "b"], nothing=None)
    entry = journald.entry()
    assert len(entry["SYNCD_TEXT"].encode()) <= 48_000
    assert entry["SYNCD_MANY"] == '["a", "b"]'
    assert "SYNCD_NOTHING" not in entry


def test_without_a_journal_it_stands_on_standard_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Nothing is lost, nothing stops."""
    set_up("info", "journal", journald=tmp_path / "nobody")
    structlog.get_logger("syncd.x").info("x.y")
    assert json.loads(capsys.readouterr().err)["event"] == "x.y"


def test_under_systemd_the_journal_is_found_by_itself(
    journald: Journal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By standard error's own stream, so that a redirected one is left alone."""
    with (tmp_path / "stderr").open("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        stat = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{stat.st_dev}:{stat.st_ino}")
        set_up(journald=journald.path)
        structlog.get_logger("syncd.x").info("x.y")
        assert journald.entry()["SYNCD_EVENT"] == "x.y"
        monkeypatch.setenv("JOURNAL_STREAM", "1:2")
        assert not journal.is_ours()
    monkeypatch.undo()
    assert not journal.is_ours({})
