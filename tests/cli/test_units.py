"""`syncd install-units`, below a folder instead of the whole machine."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from syncd.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "/opt/pipx/venvs/syncd/bin/syncd"
UNITS = ("syncd.service", "syncd.socket", "syncd-sync.timer", "syncd-backup.service")


def install(root: Path, *options: str, program: str = PROGRAM) -> Result:
    return CliRunner().invoke(cli, ["install-units", "--root", str(root), "--program", program, *options])


def test_the_units_start_the_program_where_it_lies(tmp_path: Path) -> None:
    """Every file is in its place, and what comes next is said."""
    done = install(tmp_path)
    assert done.exit_code == 0, done.output
    for unit in UNITS:
        assert "/opt/syncd" not in (tmp_path / "etc/systemd/system" / unit).read_text()
    service = (tmp_path / "etc/systemd/system/syncd.service").read_text()
    assert f"\nExecStart={PROGRAM} daemon\n" in service
    command = tmp_path / "usr/local/sbin/syncd"
    assert PROGRAM in command.read_text()
    assert stat.S_IMODE(command.stat().st_mode) == 0o755
    assert (tmp_path / "etc/sysusers.d/syncd.conf").exists()
    assert (tmp_path / "etc/tmpfiles.d/syncd.conf").exists()
    assert "systemd-tmpfiles --create syncd.conf" in done.stderr


def test_a_newer_version_says_what_it_changes(tmp_path: Path) -> None:
    """And a dry run changes nothing."""
    install(tmp_path)
    unit = tmp_path / "etc/systemd/system/syncd.service"
    unit.write_text("[Service]\n")
    shown = install(tmp_path, "--dry-run")
    assert f"changed  {unit}" in shown.stdout
    assert f"same     {tmp_path / 'etc/systemd/system/syncd.socket'}" in shown.stdout
    assert unit.read_text() == "[Service]\n"
    install(tmp_path)
    assert "ExecStart" in unit.read_text()


def test_everything_can_be_taken_away_again(tmp_path: Path) -> None:
    """Nothing else is."""
    install(tmp_path)
    own = tmp_path / "etc/systemd/system/mine.service"
    own.write_text("")
    assert "Nothing was removed" in install(tmp_path, "--uninstall", "--dry-run").stderr
    assert (
        install(tmp_path, "--uninstall").stdout.count("removed")
        == len(install(tmp_path, "--dry-run").stdout.split("\n")) - 1
    )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [own]
    assert install(tmp_path, "--uninstall").stdout == ""


def test_a_program_that_the_service_could_not_see_is_refused(tmp_path: Path) -> None:
    """In somebody's home, or with a name that a unit cannot hold."""
    at_home = install(tmp_path, program="/run/user/1000/bin/syncd")
    assert (at_home.exit_code, "pipx install --global" in at_home.stderr) == (78, True)
    assert install(tmp_path, program="/opt/my tools/syncd").exit_code == 78
    assert list(tmp_path.iterdir()) == []


def test_units_of_a_package_are_not_covered_by_others(tmp_path: Path) -> None:
    packaged = tmp_path / "usr/lib/systemd/system/syncd.service"
    packaged.parent.mkdir(parents=True)
    packaged.write_text("")
    refused = install(tmp_path)
    assert (refused.exit_code, "a package has installed" in refused.stderr) == (1, True)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Not with a traceback."""
    (tmp_path / "etc").write_text("")
    refused = install(tmp_path)
    assert (refused.exit_code, "cannot be written" in refused.stderr) == (1, True)
