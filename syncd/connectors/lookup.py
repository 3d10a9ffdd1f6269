"""Looking a name up without waiting longer than one wants: the system's own look-up can be neither bounded nor stopped.

It runs in a thread that is left to itself when it takes too long, so that a program that is to end can end (S-57).
"""

from __future__ import annotations

import ipaddress
import socket
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[..., list[tuple[Any, ...]]]
    """``socket.getaddrinfo``, or something like it."""


def addresses(host: str, port: int, seconds: float, lookup: Lookup = socket.getaddrinfo) -> list[str]:
    """The addresses of a host. Raises ``httpcore.ConnectError``, ``httpcore.ConnectTimeout``."""
    if _is_address(host):
        return [host]
    answer: Queue[list[str] | OSError] = Queue()
    Thread(target=_look_up, args=(answer, lookup, host, port), daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise httpcore.ConnectTimeout("the name server does not answer") from None
    if isinstance(found, OSError):
        raise httpcore.ConnectError("no such name") from found
    return found


def _look_up(answer: Queue[list[str] | OSError], lookup: Lookup, host: str, port: int) -> None:
    try:
        answer.put(list(dict.fromkeys(str(entry[4][0]) for entry in lookup(host, port, type=socket.SOCK_STREAM))))
    except OSError as error:
        answer.put(error)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
