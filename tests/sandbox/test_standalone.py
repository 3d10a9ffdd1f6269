"""A sandbox as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Sandbox, serve
from syncd.sandbox.standalone import UnknownSystemError
from tests.sandbox.calling import Caller, control

if TYPE_CHECKING:
    from pathlib import Path


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """SIGTERM ends it, the state is saved, signal handlers are put back."""
    faults, state = tmp_path / "faults.json", tmp_path / "state.json"
    faults.write_text(json.dumps([{"kind": "error_500"}]), encoding="utf-8")
    before = signal.getsignal(signal.SIGTERM)
    seen: list[int] = []

    def ready(sandbox: Sandbox) -> None:
        seen.append(Caller(sandbox).get("users").status)
        control(sandbox, "POST", "customers", {"Name": "Sparad"})
        os.kill(os.getpid(), signal.SIGTERM)

    serve("visma_eaccounting", 0, state, faults, ready)
    assert seen == [500]
    assert "Sparad" in state.read_text(encoding="utf-8")
    assert signal.getsignal(signal.SIGTERM) is before


def test_it_needs_nothing_but_a_signal() -> None:
    """No state, no faults, nobody to tell."""
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    serve()


def test_it_can_run_beside_the_main_thread() -> None:
    """Signals are left alone there; the server listens."""
    found: list[str] = []
    up = threading.Event()

    def ready(sandbox: Sandbox) -> None:
        found.append(sandbox.api_url)
        up.set()

    threading.Thread(target=serve, kwargs={"ready": ready}, daemon=True).start()
    assert up.wait(5)
    assert found[0].startswith("http://127.0.0.1:")


def test_an_unknown_system_is_refused() -> None:
    """With the names of those there are."""
    with pytest.raises(UnknownSystemError, match="visma_eaccounting"):
        serve("abacus")
