"""The words between systemd and a service, over real sockets."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from syncd.daemon.systemd import Notifier, handed_over
from tests.daemon.listening import Listener

if TYPE_CHECKING:
    from pathlib import Path

_HANDING = """
import os, sys
os.environ["LISTEN_PID"] = str(os.getpid())
from syncd.daemon.systemd import handed_over
for name, given in handed_over().items():
    print(name, given.getsockname(), given.get_inheritable())
"""


@pytest.mark.parametrize("abstract", [False, True])
def test_what_is_told_arrives_as_one_message(abstract: bool) -> None:  # noqa: FBT001  a case
    with Listener(abstract=abstract) as systemd:
        notifier = Notifier(systemd.environment)
        notifier.tell("READY=1", "STATUS=All is well")
        assert systemd.heard() == "READY=1\nSTATUS=All is well"
        notifier.reloading()
        assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+", systemd.heard())


def test_without_systemd_nobody_listens(tmp_path: Path) -> None:
    """Nor where it has gone: a service goes on all the same."""
    Notifier({}).tell("READY=1")
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell("READY=1")


def test_a_watchdog_meant_for_another_process_is_not_ours() -> None:
    usec = {"WATCHDOG_USEC": "30000000"}
    assert Notifier(usec).watchdog_seconds == 30
    assert Notifier({**usec, "WATCHDOG_PID": str(os.getpid())}).watchdog_seconds == 30
    assert Notifier({**usec, "WATCHDOG_PID": "1"}).watchdog_seconds == 0
    assert Notifier({}).watchdog_seconds == 0


def test_sockets_are_handed_over_by_name(tmp_path: Path) -> None:
    """They come as file descriptors from the third one on, and go no further."""
    with socket.socket(socket.AF_UNIX) as control:
        control.bind(str(tmp_path / "control"))
        done = subprocess.run(
            [sys.executable, "-c", _HANDING],
            env={**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "control"},
            preexec_fn=lambda: os.dup2(control.fileno(), 3),
            close_fds=False,
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == f"control {tmp_path / 'control'} False\n"


def test_sockets_meant_for_another_process_are_not_ours() -> None:
    assert handed_over({"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "control"}) == {}
    assert handed_over({}) == {}
