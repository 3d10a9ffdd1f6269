"""What systemd and a service tell each other: readiness, status, watchdog, sockets handed over (sd_notify(3))."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST = 3
"""The first file descriptor that systemd hands over."""


class Notifier:
    """Tells systemd how the service is; without systemd nobody listens."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        for_us = environment.get("WATCHDOG_PID") in {None, str(os.getpid())}
        self.watchdog_seconds = int(environment.get("WATCHDOG_USEC", "0")) / 1_000_000 if for_us else 0.0

    def tell(self, *lines: str) -> None:
        """Send some lines as one message."""
        if self._address:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.sendto("\n".join(lines).encode(), self._address)

    def reloading(self) -> None:
        """Tell that the configuration is being read; READY=1 ends it."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def handed_over(environment: Mapping[str, str] = os.environ) -> dict[str, socket.socket]:
    """The listening sockets that systemd opened for this process, by the names of their units' FileDescriptorName=."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return {}
    names = environment.get("LISTEN_FDNAMES", "").split(":")
    count = int(environment.get("LISTEN_FDS", "0"))
    return {name: _adopted(_FIRST + place) for place, name in zip(range(count), names, strict=False)}


def _adopted(number: int) -> socket.socket:
    os.set_inheritable(number, False)  # noqa: FBT003 - the library's own signature
    return socket.socket(fileno=number)
