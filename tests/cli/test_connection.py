from __future__ import annotations

import http.client
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from syncd.engine.settings import SETTINGS
from tests.cli.connected import SECONDS, SYSTEM, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected

KEYS = ["name", "system", "state", "attention", "company", "settings", "paused"]


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        yield made


def test_a_connection_is_added_and_listed(visma: Connected) -> None:
    """It needs consent first."""
    added = visma.ok("connection", "add", "second", *SYSTEM, "--json").json
    assert list(added) == KEYS
    assert (added["state"], added["company"], added["paused"]) == ("needs_consent", None, False)
    listed = visma.ok("connection", "list", "--json").json
    assert [(one["name"], one["state"]) for one in listed] == [("second", "needs_consent"), ("visma", "ready")]
    assert "needs consent" in visma.ok("connection", "list").out
    assert visma("connection", "add", "second", *SYSTEM).code == 1
    assert visma("connection", "add", "third", "--system", "fortnox").code == 64
    assert visma("connection", "add", " ", *SYSTEM).code == 1


def test_a_new_group_is_told_how_to_begin(shell: Shell) -> None:
    """With an empty list, and the command that fills it."""
    assert shell.ok("connection", "list", "--json").json == []
    assert "syncd connection add NAME" in shell.ok("connection", "list").out


def test_every_setting_is_shown(visma: Connected) -> None:
    """With its value in force, beside what the connection is."""
    shown = visma.ok("connection", "show", "visma", "--json").json
    assert list(shown) == KEYS
    assert set(SETTINGS) <= set(shown["settings"])
    assert shown["company"]["organisation_number"] == "556036-0793"
    visma.ok("connection", "set", "visma", "field.phone.direction=to_accounting", "max_deactivations=3")
    text = visma.ok("connection", "show", "visma").out
    assert re.search(r"field\.phone\.direction +to_accounting", text)
    assert re.search(r"max_deactivations +3 .*\(default: 5\)", text)
    assert visma("connection", "show", "nowhere").code == 1


def test_settings_are_saved_all_or_none(visma: Connected) -> None:
    """A wrong one is named; a policy that does less than it says is told."""
    refused = visma("connection", "set", "visma", "deletion=keep", "max_deactivation=1")
    assert refused.code == 1
    assert "Did you mean max_deactivations?" in refused.err
    assert visma.ok("connection", "show", "visma", "--json").json["settings"]["deletion"] == "deactivate"
    saved = visma.ok("connection", "set", "visma", "conflict_policy=newest", "create_in_register=no", "--json")
    assert saved.json["settings"]["create_in_register"] is False
    assert "newest behaves as ask" in saved.err
    assert visma("connection", "set", "visma", "nonsense").code == 64


def test_a_connection_is_paused_and_resumed(visma: Connected) -> None:
    """Its state says so."""
    assert visma.ok("connection", "pause", "visma", "--json").json["paused"] is True
    assert visma.ok("connection", "show", "visma", "--json").json["state"] == "paused"
    assert visma.ok("connection", "resume", "visma").out == "visma runs again.\n"
    assert visma.ok("connection", "show", "visma", "--json").json["state"] == "ready"


def test_a_connection_is_tested(visma: Connected) -> None:
    """Who answers, or why nobody does."""
    found = visma.ok("connection", "test", "visma", "--json").json
    assert (found["connection"], found["name"], found["requests"]) == ("visma", "Testbolaget AB", 1)
    assert "answers" in visma.ok("connection", "test", "visma").out
    visma.sandbox.stop()
    assert visma("connection", "test", "visma").code == 69


def test_a_connection_is_removed_on_purpose_only(visma: Connected) -> None:
    """Customers stay."""
    visma.ok("customer", "add", "1", "Åkes")
    assert visma("connection", "remove", "visma").code == 64
    assert "customers stay" in visma.ok("connection", "remove", "visma", "--yes").out
    assert visma.ok("connection", "list", "--json").json == []
    assert len(visma.ok("customer", "list", "--json").json) == 1


def test_a_refresh_token_is_taken_from_a_file(visma: Connected) -> None:
    """Never from the command line, and never shown."""
    file = visma.directory / "token"
    file.write_text(visma.sandbox.issue_refresh_token() + "\n")
    answer = visma.ok("connection", "authorize", "visma", "--refresh-token-file", str(file))
    assert answer.out == "visma is connected to Testbolaget AB (556036-0793).\n"
    spent = visma("connection", "authorize", "visma", "--refresh-token-file", str(file))
    assert spent.code == 4
    assert file.read_text().strip() not in spent.err
    assert visma("connection", "authorize", "visma", "--refresh-token-file", "-", given="\n").code == 1
    assert visma("connection", "authorize", "visma", "--refresh-token-file", "missing").code == 1


def test_another_company_is_refused(visma: Connected) -> None:
    """What was connected stays connected."""
    other = visma.sandbox.add_company()
    answer = visma.authorize(company=other)
    assert answer.code == 4
    assert "another company" in answer.err
    assert visma.ok("connection", "test", "visma", "--json").json["name"] == "Testbolaget AB"


def visited(address: str) -> str:
    """What a browser shows there."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
    connection.request("GET", f"{parts.path}?{parts.query}")
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def consented(visma: Connected, address: str) -> str:
    """The address that the browser is sent back to when somebody agrees."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}&auto=1")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert visma.sandbox.url.startswith(f"http://{parts.netloc}")
    return str(answer.headers["Location"])


def test_consent_comes_back_by_the_browser(visma: Connected) -> None:
    """On a port of this machine; strangers who knock there change nothing."""
    process = visma.process("connection", "authorize", "visma", "--no-browser")
    assert process.stdout is not None
    back = consented(visma, process.stdout.readline().strip())
    assert back.startswith("http://127.0.0.1:")
    parts = urlsplit(back)
    for stranger in ("/favicon.ico", "/callback?code=1&state=wrong"):
        knocking = http.client.HTTPConnection(parts.netloc)
        knocking.request("GET", stranger)
        assert knocking.getresponse().status == 404
        knocking.close()
    assert "Thank you" in visited(back)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (0, "visma is connected to Testbolaget AB (556036-0793).\n")
    assert "paste the address" in err


def test_consent_can_be_pasted(visma: Connected) -> None:
    """From a browser on another machine; a wrong address is refused."""
    for change, code in (("", 0), ("x", 1)):
        process = visma.process("connection", "authorize", "visma", "--no-browser", paste=True)
        assert process.stdout is not None
        back = consented(visma, process.stdout.readline().strip())
        out, err = process.communicate(f"\n{back}{change}\n", timeout=SECONDS)
        assert process.returncode == code, err
        assert ("is connected" in out) == (code == 0)


def test_a_port_that_is_taken_is_said(visma: Connected) -> None:
    """With the option that chooses another."""
    port = str(visma.sandbox.server.port)
    answer = visma("connection", "authorize", "visma", "--no-browser", "--redirect-port", port)
    assert answer.code == 78
    assert "--redirect-port" in answer.err


def test_the_configurations_schedule_counts_until_a_connection_has_its_own(shell: Shell, tmp_path: Path) -> None:
    """And again once that is taken back."""
    file = tmp_path / "syncd.toml"
    file.write_text(file.read_text().replace('full_at = "02:30"', 'full_at = "04:00"'))
    shell.ok("connection", "add", "visma", *SYSTEM)

    def full_at() -> str:
        return str(shell.ok("connection", "show", "visma", "--json").json["settings"]["full_at"])

    assert full_at() == "04:00"
    shell.ok("connection", "set", "visma", "full_at=0 5 * * mon-fri")
    assert full_at() == "0 5 * * mon-fri"
    assert shell("connection", "set", "visma", "full_at=0 5 * * 1").code == 1
    shell.ok("connection", "set", "visma", "full_at=")
    assert full_at() == "04:00"
