"""Names are looked up within the request's own time (S-57)."""

from __future__ import annotations

import socket
import threading
from typing import Any

import httpcore
import pytest

from syncd.connectors.lookup import addresses


def test_an_address_needs_no_look_up() -> None:
    """Nobody is asked about what is known."""

    def nobody(*_: object, **__: object) -> list[tuple[Any, ...]]:
        raise AssertionError

    assert addresses("127.0.0.1", 80, 1.0, nobody) == ["127.0.0.1"]
    assert addresses("::1", 80, 1.0, nobody) == ["::1"]


def test_each_address_of_a_name_is_known_once() -> None:
    """In the order in which the system prefers them."""
    found = [(0, 0, 0, "", (address, 80)) for address in ("192.0.2.2", "192.0.2.1", "192.0.2.2")]
    assert addresses("visma.example", 80, 5.0, lambda *_, **__: found) == ["192.0.2.2", "192.0.2.1"]
    assert "127.0.0.1" in addresses("localhost", 80, 5.0)


def test_a_name_that_nobody_knows_was_not_reached() -> None:
    """The request surely was not sent."""

    def unknown(*_: object, **__: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(httpcore.ConnectError):
        addresses("nowhere.example", 80, 5.0, unknown)


def test_a_name_server_that_does_not_answer_keeps_nobody() -> None:
    """The look-up goes on by itself; who wanted it does not wait for it."""
    answered = threading.Event()

    def silent(*_: object, **__: object) -> list[tuple[Any, ...]]:
        answered.wait(60)
        return []

    with pytest.raises(httpcore.ConnectTimeout):
        addresses("visma.example", 80, 0.05, silent)
    answered.set()
