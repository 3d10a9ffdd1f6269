from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from syncd import __version__
from syncd.cli import COMMANDS, cli
from syncd.cli.edge import TerminatedError, guarded, run_as_program
from syncd.cli.output import print_pairs, progress
from syncd.errors import TryLaterError
from syncd.store.schema import revisions

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

HEAVY = ("sqla", "pyda", "rich", "fast", "star", "uvic")
IMPORTED = f"import sys, syncd.cli; print([m for m in sys.modules if m[:4] in {HEAVY}])"
SYNCD = Path(sys.executable).with_name("syncd")


def raising(error: BaseException) -> int:
    def run() -> None:
        raise error

    return guarded(run)


def cpu_seconds_of_help() -> float:
    """Processor time, which a busy machine does not stretch as it does time on the wall."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([SYNCD, "--help"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def test_status_loads_nothing_that_answers_over_http(shell: Shell, tmp_path: Path) -> None:
    """The daemon alone does; a question on the command line is quick."""
    shell.ok("status")
    asking = (
        "import contextlib, sys; from syncd.cli import cli\n"
        "with contextlib.suppress(SystemExit): cli.main(['status', '--json'])\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('fastapi', 'starlette', 'uvicorn', 'jinja2')])"
    )
    done = subprocess.run([sys.executable, "-c", asking], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert '"connections"' in done.stdout


def test_help_names_every_command(empty_shell: Shell) -> None:
    """Of the program and of each of its commands."""
    shown = empty_shell.ok("--help").out
    for name in COMMANDS:
        assert f"  {name} " in shown
        assert "Usage: syncd" in empty_shell.ok(name, "--help").out


def test_the_version_is_shown_anywhere(empty_shell: Shell) -> None:
    """Before or after a command."""
    assert empty_shell.ok("--version").out == f"syncd {__version__}\n"
    assert empty_shell.ok("customer", "list", "--version").out == f"syncd {__version__}\n"
    assert empty_shell("nowhere").code == 64
    assert empty_shell("--nowhere").code == 64


def test_help_is_quick() -> None:
    """Nothing is imported for it that it does not need."""
    assert min(cpu_seconds_of_help() for _ in range(3)) < 0.3
    listed = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert listed.stdout == "[]\n"


def test_a_process_answers_like_the_contract_says(tmp_path: Path) -> None:
    """Output, messages and exit codes of the program itself, in a Swedish register."""

    def syncd(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([SYNCD, *words], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert syncd("customer", "list").returncode == 78
    assert syncd("init", "--group", "Bolaget", "--admin", "anna").returncode == 0
    assert syncd("customer", "add", "auto", "Åkes Bygg").stdout == "Added customer 1.\n"
    refused = syncd("customer", "show", "2", "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "There is no customer 2.\nRemedy: Check the customer number.\n"


def test_a_reader_that_has_gone_is_no_error(tmp_path: Path) -> None:
    """`syncd customer list | head` says nothing about a broken pipe."""
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([SYNCD, "--help"], stdout=writer, stderr=subprocess.PIPE, check=False, cwd=tmp_path)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGPIPE, b"")


def test_sigterm_ends_a_command_with_its_own_code(tmp_path: Path) -> None:
    """As the system expects it, without a traceback."""
    waiting = (
        "import time\nfrom syncd.cli import cli, main\n"
        "cli.get_command = lambda *_: (print('up', flush=True), time.sleep(60))\nmain()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", waiting, "x"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143
        assert process.stderr.read() == b"stopped\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TryLaterError("x"), 69),
        (click.BadParameter("x"), 64),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (TerminatedError(), 143),
        (ZeroDivisionError("hemligt"), 70),
    ],
)
def test_every_failure_has_its_exit_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    """And a message without traceback, that quotes nothing."""
    monkeypatch.delenv("SYNCD_DEBUG", raising=False)
    assert raising(error) == code
    shown = capsys.readouterr().err
    assert shown
    assert "Traceback" not in shown
    assert "hemligt" not in shown


def test_a_developer_gets_the_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By asking for it."""
    monkeypatch.setenv("SYNCD_DEBUG", "1")
    assert raising(ZeroDivisionError("x")) == 70
    assert "ZeroDivisionError: x" in capsys.readouterr().err


def test_a_command_decides_its_exit_code() -> None:
    """By what it returns."""
    assert guarded(lambda: 3) == 3
    assert guarded(lambda: None) == 0
    with pytest.raises(click.UsageError):
        cli.main(["nowhere"], standalone_mode=False)


def test_a_program_ends_with_the_commands_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """And SIGTERM is turned into an error that nobody on the way swallows."""
    before = signal.getsignal(signal.SIGTERM)
    for words, code in ((["--version"], 0), (["nowhere"], 64)):
        monkeypatch.setattr(sys, "argv", ["syncd", *words])
        assert run_as_program(cli) == code
    with pytest.raises(TerminatedError):
        signal.raise_signal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, before)


def test_a_progress_bar_waits_and_keeps_off_files(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is drawn where nobody watches."""
    with progress("Reading", patience=-1) as advance:
        advance(1)
        advance(2, 2)
    assert capsys.readouterr() == ("", "")
    print_pairs([])
    print_pairs([("note", "two\nlines")])
    assert capsys.readouterr().out == "note  two\n      lines\n"


def test_the_configuration_is_checked_and_shown(shell: Shell, tmp_path: Path) -> None:
    """Wrong keys with line and reason, exit code 78; secrets never."""
    assert "rate_limit_per_minute = 600" in shell.ok("config", "show").out
    assert shell.ok("config", "show", "--json").json["web"]["port"] == 8470
    (tmp_path / "syncd.toml").write_text("[web]\nport = 'x'\n")
    answer = shell("config", "check")
    assert answer.code == 78
    assert f"{tmp_path}/syncd.toml:2: web.port: " in answer.err


def test_the_database_is_looked_after(shell: Shell, tmp_path: Path) -> None:
    """Its schema is told and upgraded; a copy is a whole database, also from before an upgrade; none is overwritten."""
    newest = revisions()[-1]
    assert shell.ok("db", "current", "--json").json == {"found": newest, "newest": newest}
    assert shell.ok("db", "upgrade").out == f"The schema is {newest}.\n"
    assert newest in shell.ok("db", "current").out
    shell.ok("customer", "add", "7", "Åkes")
    shell.ok("db", "backup", "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT number FROM customers").fetchall() == [("7",)]
    copy.close()
    assert shell("db", "backup", "copy.db").code == 78
    with sqlite3.connect(tmp_path / "syncd.db") as older:
        older.execute("UPDATE alembic_version SET version_num = ?", revisions()[-2:-1])
    older.close()
    assert "syncd db backup FILE" in shell("customer", "list").err
    shell.ok("db", "backup", "before-the-upgrade.db")
    (tmp_path / "syncd.db").unlink()
    assert shell.ok("db", "current").out == "There is no database yet.\n"
    assert shell("customer", "list").code == 78
