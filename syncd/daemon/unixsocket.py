"""A Unix socket of our own: open to whom its mode says, in the place of one that a dead process left."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BACKLOG = 128


def listening(path: Path, mode: int) -> socket.socket:
    """Listen at a path. Raises ``OSError``; ``EADDRINUSE`` while another process listens there."""
    if _is_alive(path):
        raise OSError(errno.EADDRINUSE, "another process listens there")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        before = os.umask(0o777 & ~mode)
        try:
            made.bind(str(path))
        finally:
            os.umask(before)
        made.listen(_BACKLOG)
    except OSError:
        made.close()
        raise
    return made


def _is_alive(path: Path) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path))
        return True
    return False
