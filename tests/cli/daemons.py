"""The daemon as a process, heard as systemd hears it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any, Self

from tests.cli.connected import SYNCD
from tests.daemon.listening import Listener
from tests.daemon.waiting import LONG, until

if TYPE_CHECKING:
    from pathlib import Path

SCHEDULE = """
[schedule]
incremental_every = "{every}"
jitter_seconds = 0
"""


class Daemon:
    """`syncd daemon` in a directory with a configuration; ready once the block is entered."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.directory = directory
        self.systemd = Listener()
        self._environment = {"SYNCD_WEB__PORT": "0", **environment}
        self._log = directory / "daemon.log"

    def __enter__(self) -> Self:
        self.start()
        try:
            until(lambda: "READY=1" in self.systemd.heard() or self.process.poll() is not None)
            assert self.process.poll() is None, self.said
        except AssertionError:
            self.__exit__()
            raise
        return self

    def start(self) -> None:
        """Start the process and wait for nothing."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [SYNCD, "daemon"],
                cwd=self.directory,
                env={**os.environ, **self.systemd.environment, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.systemd.__exit__()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for its end; returns the exit code."""
        return self.process.wait(LONG)

    def terminated(self) -> int:
        """Ask it to stop, and wait for its end."""
        self.signal(signal.SIGTERM)
        return self.ended()

    def told(self, *events: str) -> list[dict[str, Any]]:
        """The lines of its log with these events, so far."""
        lines = self._log.read_text().splitlines()
        logged = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in logged if line["event"] in events]

    @property
    def said(self) -> str:
        """Everything on its standard error."""
        return self._log.read_text()
