from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.connected import SECONDS, SYNCD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell


def serving(directory: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [SYNCD, "sandbox", "serve", *words],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_simulated_system_serves_until_told_to_stop(tmp_path: Path) -> None:
    """It prints what a configuration needs, and keeps its state."""
    words = ("--customers", "3", "--state", str(tmp_path / "state.json"))
    for served in (3, 3):
        process = serving(tmp_path, *words, "--json")
        assert process.stdout is not None
        text = ""
        while not text.endswith("}\n"):
            text += process.stdout.readline()
        about = json.loads(text)
        assert (about["customers"], about["api_url"].startswith("http://127.0.0.1:")) == (served, True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        process.communicate()


def test_people_get_a_section_to_paste(tmp_path: Path) -> None:
    """And a refresh token."""
    process = serving(tmp_path)
    assert process.stdout is not None
    lines: list[str] = []
    while not (lines and lines[-1].strip().endswith("-1")):
        lines.append(process.stdout.readline())
    text = "".join(lines)
    assert "[systems.visma_eaccounting]" in text
    assert 'client_id = "sandbox-client"' in text
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=SECONDS)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--system", "fortnox"), 64),
        (("--port", "70000"), 64),
        (("--faults", "missing.json"), 78),
        (("--faults", "nonsense.json"), 78),
        (("--state", "nonsense.json"), 78),
    ],
)
def test_what_it_cannot_serve_is_said(empty_shell: Shell, tmp_path: Path, words: tuple[str, str], code: int) -> None:
    """With a remedy, and at once."""
    (tmp_path / "nonsense.json").write_text('[{"kind": "nonsense"}')
    answer = empty_shell("sandbox", "serve", *words)
    assert answer.code == code, answer.err
    assert "Remedy" in answer.err


@pytest.mark.parametrize("form", ["--json", "--customers=2"])
def test_it_tells_how_to_reach_it(empty_shell: Shell, form: str) -> None:
    """As JSON, or for people."""
    before = signal.getsignal(signal.SIGTERM)

    def stop() -> None:
        while signal.getsignal(signal.SIGTERM) == before:
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=stop)
    thread.start()
    assert "sandbox-client" in empty_shell.ok("sandbox", "serve", form).out
    thread.join()
