"""systemd's journal, spoken natively: each key of an event is a field of its own that `journalctl` can search by.

`journalctl SYNCD_RUN_ID=5`, `journalctl SYNCD_CONNECTION=visma -p warning`.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SOCKET = Path("/run/systemd/journal/socket")

_PRIORITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}
_FIELDS = {"event": "SYNCD_EVENT", "logger": "SYNCD_LOGGER", "run": "SYNCD_RUN_ID"}
_FIRST = ("event", "run", "connection", "customer")
"""How a line for people begins."""

_LEFT_OUT = frozenset({"timestamp", "level"})
"""What the journal knows better, or by another name."""

_LONGEST = 48_000
"""Bytes of a value; the rest of a longer one is cut, because a datagram has an end."""


def is_ours(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether standard error is connected to the journal (JOURNAL_STREAM in systemd.exec(5))."""
    with suppress(OSError, ValueError):
        stream = os.fstat(sys.stderr.fileno())
        return environment.get("JOURNAL_STREAM") == f"{stream.st_dev}:{stream.st_ino}"
    return False


def send(line: str, path: Path) -> None:
    """Hand over an event that was rendered as JSON. Raises ``OSError`` where nobody takes it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as journal:
        journal.sendto(entry(json.loads(line)), str(path))


def entry(event: Mapping[str, Any]) -> bytes:
    """An event in the journal's own form."""
    return b"".join(_field(name, value) for name, value in _fields(event))


def _fields(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ordered = sorted(event.items(), key=lambda one: _FIRST.index(one[0]) if one[0] in _FIRST else len(_FIRST))
    told = {key: _text(value) for key, value in ordered if key not in _LEFT_OUT and value is not None}
    exception = told.pop("exception", None)
    rest = [f"{key}={value}" for key, value in told.items() if key not in {"event", "logger"}]
    message = " ".join([told.get("event", ""), *rest])
    yield "MESSAGE", f"{message}\n{exception}" if exception is not None else message
    yield "PRIORITY", str(_PRIORITIES.get(str(event.get("level")), 6))
    yield "SYSLOG_IDENTIFIER", "syncd"
    for key, value in told.items():
        yield _FIELDS.get(key, f"SYNCD_{_plain(key)}"), value


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(key: str) -> str:
    """A key as the journal allows it: capitals, digits and underscores."""
    return "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in key).upper()[:56]


def _field(name: str, value: str) -> bytes:
    data = value.encode()[:_LONGEST].decode(errors="ignore").encode()
    if b"\n" not in data:
        return name.encode() + b"=" + data + b"\n"
    return name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"
