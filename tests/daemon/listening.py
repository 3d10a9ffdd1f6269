"""systemd's end of the notification socket."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Listener:
    """Hears what a service tells."""

    def __init__(self, *, abstract: bool = False) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="syncd-notify-"))
        self._path = self._directory / "notify"
        self._abstract = abstract
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{self._path}" if abstract else str(self._path))
        self._socket.settimeout(60)

    @property
    def environment(self) -> Mapping[str, str]:
        """What systemd puts into a service's environment."""
        return {"NOTIFY_SOCKET": f"@{self._path}" if self._abstract else str(self._path)}

    def heard(self) -> str:
        """The next message."""
        return self._socket.recv(4096).decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)
        self._directory.rmdir()
