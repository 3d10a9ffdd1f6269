"""The files in deploy/: what systemd itself says about them, and that they name what exists."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from syncd.cli import cli
from syncd.settings.model import Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = sorted(path.name for path in DEPLOY.glob("*.service"))
TIMERS = sorted(path.name for path in DEPLOY.glob("*.timer"))
THRESHOLD = 15
"""Tenths of systemd's exposure level."""

analyzed = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def test_there_are_units_for_changes_for_everything_and_for_backups() -> None:
    assert SERVICES == ["syncd-backup.service", "syncd-full.service", "syncd-sync.service"]
    assert TIMERS == ["syncd-backup.timer", "syncd-full.timer", "syncd-sync.timer"]


@analyzed
@pytest.mark.parametrize("name", [*SERVICES, *TIMERS])
def test_systemd_understands_every_line(name: str, tmp_path: Path) -> None:
    """With a program in the place where INSTALL.md puts it; a word that systemd does not know fails."""
    for unit in (*SERVICES, *TIMERS):
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
    assert "Type=oneshot" in unit
    assert "User=syncd" in unit
    assert re.search(r"^u syncd ", text("syncd.sysusers"), re.MULTILINE)
    assert "Environment=SYNCD_CONFIG=/etc/syncd/syncd.toml" in unit


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_a_command_that_exists(name: str) -> None:
    command = re.search(r"/opt/syncd/bin/syncd ([a-z][a-z ]*[a-z])((?: --[a-z-]+)*)", text(name))
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


@pytest.mark.parametrize("name", ["syncd-full.service", "syncd-sync.service"])
def test_the_credentials_are_files_that_the_configuration_of_the_guide_names(name: str) -> None:
    handed_over = re.findall(r"^LoadCredential=(\w+):(\S+)$", text(name), re.MULTILINE)
    assert [credential for credential, _ in handed_over] == ["secret_key", "visma_client_secret"]
    for credential, file in handed_over:
        assert Path(file).name == credential, "syncd looks for a credential by the file's name"
        assert file in text("INSTALL.md")
    assert "secret_key_file" in Settings.model_fields


def test_the_guide_installs_every_file() -> None:
    guide = text("INSTALL.md")
    left_out = [path.name for path in DEPLOY.iterdir() if path.name != "INSTALL.md" and path.name not in guide]
    assert left_out == []
