"""The server on the wire: one write, keep-alive, the log, loopback."""

from __future__ import annotations

import http.client
import socket
import time
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Clock, Company, Sandbox, Switches
from tests.sandbox.calling import GOOD, Caller, send

if TYPE_CHECKING:
    from pathlib import Path


def test_one_connection_serves_many_requests_without_delay(sandbox: Sandbox) -> None:
    """Keep-alive, and no 40 ms between head and body."""
    token = {"Authorization": f"Bearer {sandbox.issue_access_token()}"}
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.server.port, timeout=5)
    start = time.monotonic()
    for _ in range(50):
        connection.request("GET", "/v2/users", headers=token)
        assert connection.getresponse().read()
    assert time.monotonic() - start < 1
    connection.close()
    assert len(sandbox.requests) == 50


def test_head_and_body_come_in_one_piece(sandbox: Sandbox) -> None:
    """One receive holds all of a small answer."""
    with socket.create_connection(("127.0.0.1", sandbox.server.port), timeout=5) as raw:
        raw.sendall(b"GET /v2/hats HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(65536).startswith(b"HTTP/1.1 404 Not Found\r\n")
        raw.sendall(b"GET /identity/.well-known/openid-configuration HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(65536).endswith(b"}")


def test_the_server_listens_on_loopback_only(sandbox: Sandbox) -> None:
    """Whatever the machine's other addresses are."""
    listener = sandbox.server._listener
    assert listener is not None
    assert listener.server_address[0] == "127.0.0.1"


def test_the_log_keeps_requests_in_order(sandbox: Sandbox, api: Caller) -> None:
    """With query, body and answer; writes() leaves out reads and tokens."""
    api.get("customers", _page=1)
    made = api.post("customers", GOOD | {"Name": "Åsa"})
    send(sandbox, "POST", "/identity/connect/token", "x=1", {})
    assert [line.method for line in sandbox.requests] == ["GET", "POST", "POST"]
    first = sandbox.requests[0]
    assert (first.path, first.query, first.body, first.fault) == ("/v2/customers", {"$page": "1"}, None, None)
    (write,) = sandbox.requests.writes()
    assert write.status == 201
    assert write.answer == made.text
    assert write.body is not None
    assert "\\u00c5sa" in write.body
    assert write.at <= sandbox.clock.now()
    sandbox.clear_requests()
    assert sandbox.requests == []


def test_paths_outside_everything_are_not_found(sandbox: Sandbox) -> None:
    """Without a body."""
    reply = send(sandbox, "GET", "/hats", None, {})
    assert (reply.status, reply.text) == (404, "")


def test_a_company_can_be_brought_along() -> None:
    """It takes on the server's clock and switches."""
    company = Company("Mitt bolag AB")
    company.add_customer(Name="A")
    switches, clock = Switches(rate_limit=1), Clock()
    with Sandbox(company=company, switches=switches, clock=clock) as sandbox:
        assert sandbox.company is company
        assert Caller(sandbox).names() == ["A"]
        assert company.world.switches is switches
        assert company.world.clock is clock


def test_a_large_company_is_read_by_the_thousand(sandbox: Sandbox, api: Caller) -> None:
    """A whole page at once; a question by change stamp finds the one that changed."""
    for number in range(3000):
        sandbox.company.add_customer(CustomerNumber=str(number))
    stamp = sandbox.company.edit_customer("7", Telephone="1")["ChangedUtc"]
    assert len(api.get("customers", _pagesize=1000).rows) == 1000
    assert len(api.get("customers", _filter=f"ChangedUtc ge {stamp}").rows) == 1


def test_an_error_of_the_server_itself_is_shown(
    sandbox: Sandbox, api: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    """A mistake in the simulator does not pass for a network fault unseen."""
    sandbox.company.settings["Name"] = object()
    with pytest.raises(http.client.RemoteDisconnected):
        api.get("companysettings")
    assert "TypeError" in capfd.readouterr().err


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    """Records to the last digit, settings, tokens, switches; the file is always whole."""
    file = tmp_path / "state.json"
    with Sandbox(state=file, switches=Switches(rate_limit=99)) as first:
        first.add_company("Andra")
        first.company.add_customer(CustomerNumber="1", Name="Åsa")
        first.company.add_order("1", OurReference="Eva")
        first.company.settings["OurReference"] = "Någon"
        raw, refresh, access = first.company.raw("1"), first.issue_refresh_token(), first.issue_access_token()
        first.tokens.refresh(first.issue_refresh_token())
    with Sandbox(state=file) as second:
        assert second.company.raw("1") == raw
        assert second.company.documents("orders")[0]["OurReference"] == "Eva"
        assert second.company.settings["OurReference"] == "Någon"
        assert second.switches.rate_limit == 99
        assert [one.settings["Name"] for one in second.companies] == ["Testbolaget AB", "Andra"]
        assert Caller(second, access).get("customers").status == 200
        assert second.tokens.refresh(refresh)[0].company is second.company
        second.stop()
        second.start()
        assert second.company.raw("1") == raw
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_the_state_is_saved_while_running(tmp_path: Path) -> None:
    """Shortly after a change through the wire, so that a kill costs little."""
    file = tmp_path / "state.json"
    with Sandbox(state=file) as sandbox:
        Caller(sandbox).post("customers", GOOD | {"Name": "Sparad"})
        end = time.monotonic() + 5
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.02)
        assert "Sparad" in file.read_text(encoding="utf-8")


def test_tokens_of_a_company_that_is_gone_are_not_restored(tmp_path: Path) -> None:
    """A state file edited by hand does no harm."""
    file = tmp_path / "state.json"
    with Sandbox(state=file) as first:
        token = first.issue_access_token(first.add_company())
        del first.companies[1]
    with Sandbox(state=file) as second:
        assert Caller(second, token).get("users").status == 401


def test_saving_without_a_file_does_nothing(sandbox: Sandbox) -> None:
    """A sandbox in a test leaves nothing behind."""
    sandbox.keeper.save()
