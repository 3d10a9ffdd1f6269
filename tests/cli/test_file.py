"""`syncd file`, and what the doctor says of attached files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from syncd.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell

PLAN = b"%PDF-1.7 en plan"


@pytest.fixture
def shell_with_plan(shell: Shell, tmp_path: Path) -> Shell:
    shell.ok("customer", "add", "7", "Åkes")
    (tmp_path / "plan.pdf").write_bytes(PLAN)
    return shell


def test_a_file_goes_in_and_comes_out_again(shell_with_plan: Shell, tmp_path: Path) -> None:
    """Listed, written under its own name or another, never over a file unasked, and deleted."""
    shell = shell_with_plan
    assert shell.ok("file", "list", "7").out == "No files.\n"
    added = shell.ok("file", "add", "7", "plan.pdf", "--name", "Ritning.pdf", "--json").json
    assert (added["name"], added["media_type"], added["size"]) == ("Ritning.pdf", "application/pdf", len(PLAN))
    assert shell.ok("file", "add", "7", "plan.pdf").out == "Attached plan.pdf to customer 7.\n"
    assert [one["name"] for one in shell.ok("file", "list", "7", "--json").json] == ["plan.pdf", "Ritning.pdf"]
    assert "application/pdf" in shell.ok("file", "list", "7").out
    assert shell.ok("file", "get", "7", "ritning.PDF").out == "Wrote Ritning.pdf.\n"
    assert (tmp_path / "Ritning.pdf").read_bytes() == PLAN
    there = shell("file", "get", "7", "plan.pdf")
    assert (there.code, "plan.pdf exists already" in there.err) == (1, True)
    shell.ok("file", "get", "7", str(added["id"]), "out.pdf")
    shell.ok("file", "get", "7", "plan.pdf", "out.pdf", "--overwrite")
    assert shell.ok("file", "delete", "7", "Ritning.pdf").out == "Deleted Ritning.pdf of customer 7.\n"
    assert shell("file", "get", "7", "Ritning.pdf").code == 1
    assert "file_deleted" in shell.ok("customer", "history", "7").out


def test_what_is_not_taken_is_said(shell_with_plan: Shell, tmp_path: Path) -> None:
    """By type, by size and by what this installation is set to; nothing is attached."""
    shell = shell_with_plan
    (tmp_path / "bild.png").write_bytes(PLAN)
    wrong = shell("file", "add", "7", "bild.png")
    assert (wrong.code, "is not image/png, as its name says" in wrong.err) == (1, True)
    assert shell("file", "add", "7", "nowhere.pdf").code == 1
    configuration = tmp_path / "syncd.toml"
    text = configuration.read_text().replace("upload_megabytes = 20", 'upload_megabytes = 1\nupload_types = ["pdf"]')
    configuration.write_text(text)
    (tmp_path / "stor.pdf").write_bytes(PLAN + bytes(2**20))
    large = shell("file", "add", "7", "stor.pdf")
    assert (large.code, "larger than 1 MB" in large.err) == (1, True)
    other = shell("file", "add", "7", "bild.png")
    assert "Attach one of: .pdf\n" in other.err
    configuration.write_text(text.replace('["pdf"]', '["exe"]'))
    assert "exe is not a type of file" in shell("config", "check").err
    configuration.write_text(text)
    assert shell.ok("file", "list", "7").out == "No files.\n"


def test_the_doctor_names_files_without_content(shell_with_plan: Shell, tmp_path: Path) -> None:
    """Some, or a directory that nobody may write into."""
    shell = shell_with_plan
    shell.ok("file", "add", "7", "plan.pdf")
    assert not [one for one in shell("doctor", "--json").json if one["check"] == "attached files"]
    (content,) = (one for one in (tmp_path / "files").rglob("*") if one.is_file())
    content.unlink()
    (found,) = (one for one in shell("doctor", "--json").json if one["check"] == "attached files")
    assert found["state"] == "wrong"
    assert found["message"] == f"1 have no content in {tmp_path / 'files'}, or another one: 1"


def test_what_nobody_has_is_tidied_away(shell_with_plan: Shell, tmp_path: Path) -> None:
    """By hand, where no daemon does it; an erased customer's files at once."""
    shell = shell_with_plan
    shell.ok("file", "add", "7", "plan.pdf")
    shell.ok("customer", "deactivate", "7")
    shell.ok("customer", "erase", "7", "--yes")
    assert not [one for one in (tmp_path / "files").rglob("*") if one.is_file()]
    (tmp_path / "files" / "ab").mkdir(exist_ok=True)
    (tmp_path / "files" / "ab" / f"ab{'0' * 62}").write_bytes(b"left")
    assert shell.ok("file", "tidy", "--json").json == {"set_aside": 1}
    assert shell.ok("file", "tidy").out == "Set aside: 0. It is kept for 30 days.\n"


@pytest.mark.usefixtures("shell")
def test_files_lie_beside_the_database_or_where_the_configuration_says(tmp_path: Path) -> None:
    """With a server's database, in the state directory."""
    configuration = tmp_path / "syncd.toml"
    text = configuration.read_text()
    assert load(configuration).files_directory == tmp_path / "files"
    configuration.write_text(f'files_directory = "elsewhere"\n{text}')
    assert load(configuration).files_directory == tmp_path / "elsewhere"
    server = "\n".join('database = "postgresql://h/d"' if "database =" in line else line for line in text.splitlines())
    configuration.write_text(f'state_directory = "state"\n{server}')
    assert load(configuration).files_directory == tmp_path / "state" / "files"
    configuration.write_text(server)
    assert load(configuration).files_directory == tmp_path / "files"


def test_a_backup_holds_attached_files_each_once(shell_with_plan: Shell, tmp_path: Path) -> None:
    """Beside the copy of the database; what is damaged is named, and a whole copy of it stays."""
    shell = shell_with_plan
    shell.ok("file", "add", "7", "plan.pdf")
    (tmp_path / "other.pdf").write_bytes(PLAN + b" igen")
    shell.ok("db", "backup", "one.db")
    [copied] = (tmp_path / "attached-files").glob("[0-9a-f][0-9a-f]/*")
    assert (copied.read_bytes(), copied.stat().st_mode & 0o777) == (PLAN, 0o600)
    os.utime(copied, (0, 0))
    shell.ok("file", "add", "7", "other.pdf")
    shell.ok("db", "backup", "two.db")
    assert len([*(tmp_path / "attached-files").glob("[0-9a-f][0-9a-f]/*")]) == 2
    assert copied.stat().st_mtime > 0
    (tmp_path / "files" / copied.parent.name / copied.name).write_bytes(b"another")
    damaged = shell("db", "backup", "three.db")
    assert (damaged.code, f"{copied.parent.name}/{copied.name}. Put them back" in damaged.err) == (1, True)
    assert (copied.read_bytes(), (tmp_path / "three.db").exists()) == (PLAN, True)
