from __future__ import annotations

import http.client
import os
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
import pytest
from typing_extensions import override

from syncd.cli import authorizing, cli
from syncd.cli.application import opened
from syncd.cli.redirect import Redirect
from syncd.errors import NeedsConsentError
from tests.cli.connected import connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        yield made


def visited(address: str) -> http.client.HTTPResponse:
    """What a browser gets there."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


class Consenting(webbrowser.BaseBrowser):
    """A browser before somebody who says yes to everything."""

    @override
    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        def consent() -> None:
            visited(str(visited(f"{url}&auto=1").headers["Location"]))

        threading.Thread(target=consent).start()
        return True


def test_a_browser_is_opened_before_somebodys_eyes(visma: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is a screen; consent comes back by itself."""
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(webbrowser, "_tryorder", ["consenting"])
    webbrowser.register("consenting", Consenting)
    with click.Context(cli), opened() as session:
        done = authorizing.in_browser(session, session.connection("visma"), 0, browser=True)
    assert done.company["name"] == visma.company.settings["Name"]


def test_strangers_are_sent_away() -> None:
    """Only the redirect of this very consent is taken."""
    with Redirect(0, patience=60) as waiting:
        waiting.state = "mine"
        seen: list[int] = []

        def knock() -> None:
            base = waiting.address
            seen.extend(visited(f"{base}{end}").status for end in ("x", "?state=other&code=1", "?state=mine&code=1"))

        thread = threading.Thread(target=knock)
        thread.start()
        came_back = waiting.wait("mine")
        thread.join()
    assert came_back.endswith("/callback?state=mine&code=1")
    assert seen == [404, 404, 200]


def test_an_address_is_typed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces, after a blank line, with or without an end of line."""
    for text in (b"\n  http://x/?code=1 \n", b"http://x/?code=1"):
        reading, writing = os.pipe()
        os.write(writing, text)
        os.close(writing)
        with os.fdopen(reading) as stdin, Redirect(0) as waiting:
            monkeypatch.setattr(sys, "stdin", stdin)
            assert waiting.wait("mine") == "http://x/?code=1"


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for a browser nor for a terminal that has closed."""
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading) as stdin, Redirect(0, patience=0.5) as waiting:
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(NeedsConsentError):
            waiting.wait("mine")


def test_a_consent_that_is_not_given_ends_in_4(visma: Connected, capsys: pytest.CaptureFixture[str]) -> None:
    """The address was printed all the same."""
    with click.Context(cli), opened() as session, pytest.raises(NeedsConsentError) as refused:
        authorizing.in_browser(session, session.connection("visma"), 0, browser=False, patience=0.1)
    assert (refused.value.exit_code, capsys.readouterr().out.startswith(visma.sandbox.identity_url)) == (4, True)
