from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.cli.daemons import Daemon

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell


def test_a_token_is_shown_once_alone_on_standard_output(shell: Shell) -> None:
    """A script can put it where it belongs; afterwards only its beginning is shown."""
    shell.ok("user", "add", "crm", "--name", "Service system")
    made = shell.ok("--as", "crm", "token", "add", "crm", "--scope", "view", "--scope", "create", "--expires", "30d")
    assert "acts as crm, within create, view" in made.err
    secret = made.out.strip()
    listed = shell.ok("token", "list", "--json")
    [token] = listed.json
    assert secret.startswith(token["begins_with"])
    assert secret not in listed.out
    assert (token["user"], token["scope"], token["last_used_at"]) == ("crm", ["create", "view"], None)
    assert secret not in shell.ok("token", "list").out


def test_a_revoked_token_is_only_seen_by_who_asks_for_it(shell: Shell) -> None:
    made = shell.ok("token", "add", "crm", "--json").json
    assert (made["user"], made["scope"]) == ("anna", None)
    assert made["token"].startswith(made["begins_with"])
    shell.ok("token", "revoke", "crm")
    assert shell.ok("token", "list").out == "No tokens.\n"
    assert shell.ok("token", "list", "--all", "--json").json[0]["revoked_at"] is not None
    assert "revoked_at" in shell.ok("token", "list", "--all").out
    assert shell("token", "revoke", "crm").code == 1


def test_a_program_reads_the_register_from_the_daemon(shell: Shell, tmp_path: Path) -> None:
    """The way of docs/api.md, with the processes that are there in production."""
    shell.ok("customer", "add", "1002", "Fiskaffären HB")
    token = shell.ok("token", "add", "crm", "--scope", "view").out.strip()
    with Daemon(tmp_path):
        at = shell.ok("status", "--json").json["daemon"]["web"]
        connection = http.client.HTTPConnection(urlsplit(at).netloc, timeout=60)
        connection.request("GET", "/api/v1/customers/1002", headers={"Authorization": f"Bearer {token}"})
        assert json.loads(connection.getresponse().read())["name"] == "Fiskaffären HB"
        connection.close()
    assert shell.ok("token", "list", "--json").json[0]["last_used_at"] is not None


@pytest.mark.parametrize("words", [("--scope", "viewing"), ("--expires", "2020-01-01"), ("--expires", "soon")])
def test_a_wrong_right_or_day_makes_no_token(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell("token", "add", "crm", *words).code == 1
    assert shell.ok("token", "list", "--json").json == []
