"""The files in deploy/: what systemd itself says about them, and that they name what exists."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from syncd.cli import cli
from syncd.daemon.listener import GOING
from syncd.daemon.units import unit_files
from syncd.daemon.workers import DRAIN
from syncd.errors import ConfigurationError

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = sorted(path.name for path in DEPLOY.glob("*.service"))
SOCKETS = sorted(path.name for path in DEPLOY.glob("*.socket"))
TIMERS = sorted(path.name for path in DEPLOY.glob("*.timer"))
UNITS = [*SERVICES, *SOCKETS, *TIMERS]
THRESHOLD = 15
"""Tenths of systemd's exposure level."""

analyzed = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def test_there_is_a_daemon_with_its_socket_and_timers_for_those_who_want_none() -> None:
    assert SERVICES == ["syncd-backup.service", "syncd-full.service", "syncd-sync.service", "syncd.service"]
    assert SOCKETS == ["syncd.socket"]
    assert TIMERS == ["syncd-backup.timer", "syncd-full.timer", "syncd-sync.timer"]


@analyzed
@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_every_line(name: str, tmp_path: Path) -> None:
    """With a program in the place where INSTALL.md puts it; a word that systemd does not know fails."""
    for unit in UNITS:
        (tmp_path / unit).write_text(text(unit).replace("/opt/syncd/bin/syncd", sys.executable), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],  # noqa: S607  wherever it is installed
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0


@analyzed
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_shut_in_well(name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={THRESHOLD}", str(DEPLOY / name)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.splitlines()[-1:]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_as_the_static_user_on_the_system_configuration(name: str) -> None:
    """The user is the one that syncd.sysusers makes: its files can be found and backed up."""
    unit = text(name)
    assert ("Type=notify" if name == "syncd.service" else "Type=oneshot") in unit
    assert "User=syncd" in unit
    assert re.search(r"^u syncd ", text("syncd.sysusers"), re.MULTILINE)
    assert "Environment=SYNCD_CONFIG=/etc/syncd/syncd.toml" in unit


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_a_command_that_exists(name: str) -> None:
    command = re.search(r"ExecStart=.*/opt/syncd/bin/syncd ([a-z][a-z ]*[a-z])((?: --[a-z-]+)*)", text(name))
    assert command is not None
    shown = CliRunner().invoke(cli, [*command[1].split(), "--help"])
    assert shown.exit_code == 0
    for option in command[2].split():
        assert option in shown.output


@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_has_a_service_and_is_enabled_with_the_others(name: str) -> None:
    assert name.replace(".timer", ".service") in SERVICES
    assert "WantedBy=timers.target" in text(name)
    assert "RandomizedDelaySec=" in text(name)


@pytest.mark.parametrize("name", ["syncd-full.service", "syncd-sync.service", "syncd.service"])
def test_secrets_are_handed_over_and_otherwise_out_of_sight(name: str) -> None:
    """Every file of the directory, so that another secret needs no other unit."""
    assert "\nLoadCredential=syncd:/etc/syncd/credentials\n" in text(name)
    assert "\nInaccessiblePaths=-/etc/syncd/credentials\n" in text(name)


def test_the_service_has_longer_to_stop_than_its_runs() -> None:
    """It drains instead of being killed, and what systemd must not repeat it does not."""
    unit = text("syncd.service")
    seconds = re.search(r"^TimeoutStopSec=([0-9]+)$", unit, re.MULTILINE)
    assert seconds is not None
    assert int(seconds[1]) > DRAIN + 2 * GOING
    codes = re.search(r"^RestartPreventExitStatus=(.+)$", unit, re.MULTILINE)
    assert codes is not None
    assert str(ConfigurationError.exit_code) in codes[1].split()


def test_every_file_is_installed_by_a_command_or_by_the_guide() -> None:
    guide = text("INSTALL.md")
    installed = [DEPLOY / one.place.name for one in unit_files(Path("/opt/syncd/bin/syncd"))]
    suffixes = {".sysusers", ".tmpfiles", ".sh", ".md"}
    left = [one for one in DEPLOY.iterdir() if one not in installed and one.suffix not in suffixes]
    assert [one.name for one in left if one.name not in guide] == []


def test_the_units_are_a_part_of_the_program() -> None:
    """So that a wheel brings them."""
    assert Path(str(files("syncd").joinpath("deploy"))).resolve() == DEPLOY
