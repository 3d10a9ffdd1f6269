"""The daemon as bootstrap puts it together, run in this process."""

from __future__ import annotations

import json
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest

from syncd.bootstrap.daemon import daemon
from syncd.errors import ConfigurationError
from syncd.log import set_up
from syncd.settings import Control, Settings, Web
from syncd.store.vault import make_key_file
from tests.daemon.listening import Listener
from tests.daemon.waiting import LONG, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("own_logging")


@pytest.fixture
def home(tmp_path: Path, sqlite_template: Path) -> Path:
    """A folder with a key and a migrated database."""
    make_key_file(tmp_path / "secret.key")
    shutil.copy(sqlite_template, tmp_path / "syncd.db")
    return tmp_path


def settings(home: Path, **sections: Any) -> Settings:  # noqa: ANN401  sections of any kind
    return Settings(
        database=f"sqlite:///{home / 'syncd.db'}",
        secret_key_file=home / "secret.key",
        control=Control(socket=home / "control.sock"),
        files_directory=home / "files",
        web=Web(port=0),
        **sections,
    )


def test_settings_that_change_at_run_time_count_and_the_others_are_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """How much is logged counts at once; another directory needs a restart. systemd hears of each step."""
    set_up("info", "json")
    second = settings(home, limits={"workers": 1}, state_directory=home, log={"level": "warning"})
    with Listener() as systemd:
        monkeypatch.setenv(*next(iter(systemd.environment.items())))
        running = daemon(settings(home), lambda: second)

        def people() -> None:
            until(lambda: systemd.heard() == "READY=1")
            running.words.put("reload")
            until(lambda: systemd.heard() == "READY=1")
            running.words.put("stop")

        thread = threading.Thread(target=people)
        thread.start()
        running.run()
        thread.join(LONG)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["web.listening", "daemon.ready", "config.needs_restart"]
    assert lines[2]["keys"] == ["state_directory"]


def test_a_database_that_is_missing_keeps_the_daemon_from_starting(home: Path) -> None:
    (home / "syncd.db").unlink()
    with pytest.raises(ConfigurationError, match="no database"):
        daemon(settings(home), lambda: settings(home))


def test_the_heart_tells_what_goes_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In `systemctl status`: how many runs, and when the next one comes."""
    with Listener() as systemd:
        for name, value in {**systemd.environment, "WATCHDOG_USEC": "200000"}.items():
            monkeypatch.setenv(name, value)
        running = daemon(settings(home), lambda: settings(home))
        told: list[str] = []

        def people() -> None:
            told.append(until(lambda: next((word for word in (systemd.heard(),) if "WATCHDOG=1" in word), "")))
            running.words.put("stop")

        thread = threading.Thread(target=people)
        thread.start()
        running.run()
        thread.join(LONG)
    assert told == ["WATCHDOG=1\nSTATUS=0 running"]
