"""A real systemd over a throw-away view of this machine, where there is a tool that boots one."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TOOL = Path(os.environ.get("SYNCD_SYSTEMD_BOX") or CHECKOUT.parent / "shared" / "tools" / "systemd-box")
CANNOT = 77
_PROGRAM = """#!/bin/sh
export LD_LIBRARY_PATH=/opt/python/lib PYTHONPATH=/opt/packages:/opt/checkout PYTHONDONTWRITEBYTECODE=1
exec /opt/python/bin/{python} -c 'from syncd.cli import main; main()' "$@"
"""


class Box:
    """One machine. Boot it, run commands in it, take it down."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def boot(self, *kept: str) -> None:
        """Start it; skips the test where that cannot be done here. ``kept`` directories survive a power cut."""
        if not TOOL.exists():
            pytest.skip("there is no tool here that boots a systemd (name one in SYNCD_SYSTEMD_BOX)")
        environment = {**os.environ, "BOX_KEEP": " ".join(kept)}
        done = subprocess.run(
            [TOOL, "up", self._directory], capture_output=True, text=True, check=False, env=environment
        )
        if done.returncode == CANNOT:
            pytest.skip(done.stderr.strip() or "a systemd cannot be booted here")
        assert done.returncode == 0, done.stdout + done.stderr

    def run(self, script: str, *, check: bool = True) -> str:
        """Run a shell script inside, as root, and return what it prints."""
        done = subprocess.run(
            [TOOL, "run", self._directory, "sh", "-euc", f"cd /; {script}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,  # seconds until it counts as hanging
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self) -> None:
        """Put syncd where INSTALL.md puts it: this checkout, with the packages of this environment."""
        program = _PROGRAM.format(python=f"python{sys.version_info.major}.{sys.version_info.minor}")
        self.bring(sys.base_prefix, "/opt/python")
        self.bring(sysconfig.get_path("purelib"), "/opt/packages")
        for part in ("syncd", "deploy"):
            self.bring(str(CHECKOUT / part), f"/opt/checkout/{part}")
        self.run(
            "mkdir -p /opt/syncd/bin;"
            f"cat > /opt/syncd/bin/syncd <<'END'\n{program}END\n"
            "chmod 755 /opt/syncd/bin/syncd;"
            "/opt/syncd/bin/syncd install-units --program /opt/syncd/bin/syncd;"
            "systemd-sysusers; systemd-tmpfiles --create syncd.conf; systemctl daemon-reload"
        )

    def bring(self, source: str, target: str) -> None:
        """Show a folder of this machine inside; one that lies under the box's own /tmp is copied."""
        self.run(f"mkdir -p {target}")
        if self.run(f"test -d '{source}' && echo seen", check=False):
            self.run(f"mount --bind '{source}' {target}")
        else:
            subprocess.run([TOOL, "cp", self._directory, f"{source}/.", target], check=True)

    def copy(self, source: Path, target: str) -> None:
        """Copy a file in."""
        subprocess.run([TOOL, "cp", self._directory, source, target], check=True)

    def cut(self) -> None:
        """A power cut: everything inside is dead at once."""
        subprocess.run([TOOL, "cut", self._directory], capture_output=True, check=True)

    def end(self) -> None:
        """Take it down."""
        if (self._directory / "pid").exists():
            subprocess.run([TOOL, "down", self._directory], capture_output=True, check=False)
