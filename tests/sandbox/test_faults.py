"""Faults by script and by chance: what reaches the client, and what was carried out."""

from __future__ import annotations

import http.client
import json
import socket
import time
from dataclasses import replace
from threading import Timer
from typing import TYPE_CHECKING, Any

import pytest

from syncd.sandbox import Fault, Sandbox
from syncd.sandbox.faults import UnknownFaultError
from tests.sandbox.calling import GOOD, Caller

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = (http.client.RemoteDisconnected, http.client.IncompleteRead, ConnectionResetError)


def post_status(api: Caller) -> int | None:
    """The status of a POST; None when the connection ended instead."""
    try:
        return api.post("customers", GOOD).status
    except BROKEN:
        return None


@pytest.mark.parametrize(
    ("kind", "status", "applied"),
    [
        ("refuse", None, 0),
        ("timeout_before", None, 0),
        ("error_500", 500, 0),
        ("error_503", 503, 0),
        ("unauthorized", 401, 0),
        ("conflict_409", 409, 0),
        ("too_many", 429, 0),
        ("html", 200, 0),
        ("status", 400, 0),
        ("timeout_after", None, 1),
        ("reset_mid_body", None, 1),
        ("error_500_after", 500, 1),
        ("cut_json", 201, 1),
        ("wrong_types", 201, 1),
        ("missing_field", 201, 1),
        ("slow", 201, 1),
        ("late", 201, 1),
    ],
)
def test_a_fault_is_seen_by_the_client_and_applied_or_not(
    sandbox: Sandbox, api: Caller, kind: str, status: int | None, applied: int
) -> None:
    """Only once; the log names the fault, and status 0 where nothing was answered."""
    sandbox.faults.add(Fault(kind, method="POST", path="/v2/customers", seconds=0.02))
    assert post_status(api) == status
    assert len(sandbox.company.customers()) == applied
    line = sandbox.requests[-1]
    assert line.fault == kind
    assert line.status == (status or (201 if kind == "reset_mid_body" else 0))
    assert post_status(api) == 201
    assert sandbox.requests[-1].fault is None


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("error_500", 5000),
        ("error_503", 5001),
        ("unauthorized", 4005),
        ("conflict_409", 4000),
        ("error_500_after", 5000),
    ],
)
def test_error_faults_speak_the_vendors_language(sandbox: Sandbox, api: Caller, kind: str, code: int) -> None:
    """With the error code that belongs to the status, or any other."""
    sandbox.faults.add(Fault(kind), Fault(kind, code=5002))
    assert api.get("customers").json["ErrorCode"] == code
    assert api.get("customers").json["ErrorCode"] == 5002


def test_any_status_code_and_body_can_be_scripted(sandbox: Sandbox, api: Caller) -> None:
    """Also codes that nobody registered."""
    sandbox.faults.add(Fault("status", status=403, code=4012), Fault("status", status=299, body="{}"))
    sandbox.faults.add(Fault("status", status=404), Fault("html", body="<p>x</p>"))
    assert api.get("customers").code == (403, 4012)
    odd = api.get("customers")
    assert (odd.status, odd.text) == (299, "{}")
    assert api.get("customers").code == (404, 5000)
    assert api.get("customers").text == "<p>x</p>"


def test_too_many_can_come_with_or_without_a_header(sandbox: Sandbox, api: Caller) -> None:
    """The text names the seconds in any case."""
    for header in (True, False, None):
        sandbox.faults.add(Fault("too_many", seconds=7, header=header))
    replies = [api.get("customers") for _ in range(3)]
    assert [reply.headers.get("Retry-After") for reply in replies] == ["7", None, "7"]
    assert all("Try again in 7 seconds." in reply.text for reply in replies)


def test_a_fault_strikes_the_requests_it_names(sandbox: Sandbox, api: Caller) -> None:
    """By method, path and query; the nth of them, several, or all from then on."""
    sandbox.faults.add(Fault("error_500", method="GET", path="/v2/customers", nth=2, times=2))
    assert api.post("customers", GOOD).status == 201
    assert [api.get("customers").status for _ in range(4)] == [200, 500, 500, 200]
    sandbox.faults.clear()
    sandbox.faults.add(Fault("error_500", path="/v2/*", query="page=2", after=1, times=None))
    assert [api.get("users", _page=page).status for page in (1, 2, 2, 1, 2)] == [200, 200, 500, 200, 500]


def test_faults_that_are_due_together_strike_one_after_the_other(sandbox: Sandbox, api: Caller) -> None:
    """In the order they were added; each counts every matching request."""
    sandbox.faults.add(Fault("error_500"), Fault("error_503"), Fault("too_many", nth=4))
    assert [api.get("users").status for _ in range(5)] == [500, 503, 200, 429, 200]


def test_a_function_can_run_before_or_after_the_request(sandbox: Sandbox, api: Caller) -> None:
    """So somebody edits a customer between a program's GET and its PUT."""
    customer = sandbox.company.add_customer(CustomerNumber="1", Telephone="old")
    path = f"/v2/customers/{customer['Id']}"

    def edit() -> None:
        sandbox.company.edit_customer("1", Telephone="new", Note="seen?")

    sandbox.faults.add(Fault("call_after", method="GET", path=path, call=edit))
    assert api.get(f"customers/{customer['Id']}").json["Telephone"] == "old"
    assert sandbox.company.customer("1")["Telephone"] == "new"
    sandbox.company.edit_customer("1", Telephone="old")
    sandbox.faults.add(Fault("call", method="GET", path=path, call=edit), Fault("call"), Fault("call_after"))
    assert api.get(f"customers/{customer['Id']}").json["Telephone"] == "new"
    assert api.get("users").status == 200


def test_records_can_be_mangled_one_or_all(sandbox: Sandbox, api: Caller) -> None:
    """A field gone or of a wrong type, in a list or in a single answer."""
    for name in "AB":
        sandbox.company.add_customer(Name=name)
    sandbox.faults.add(Fault("missing_field", field="Name", record=1))
    sandbox.faults.add(Fault("wrong_types", field="IsActive", value="perhaps"))
    sandbox.faults.add(Fault("wrong_types", path="/v2/companysettings"), Fault("missing_field", path="*/deletes"))
    assert [row.get("Name") for row in api.get("customers").rows] == ["A", None]
    assert [row["IsActive"] for row in api.get("customers").rows] == ["perhaps", "perhaps"]
    assert api.get("companysettings").json["Name"] == {"unexpected": True}
    id_ = sandbox.company.customers()[0]["Id"]
    sandbox.faults.add(Fault("wrong_types"))
    assert api.delete(f"customers/{id_}").text == ""


def test_half_a_json_text_has_the_right_length(sandbox: Sandbox, api: Caller) -> None:
    """The answer looks complete to HTTP."""
    sandbox.faults.add(Fault("cut_json"))
    reply = api.get("companysettings")
    assert int(reply.headers["Content-Length"]) == len(reply.text.encode())
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.text)


def test_chance_with_a_seed_repeats_itself(sandbox: Sandbox, api: Caller) -> None:
    """The same requests meet the same faults; paths outside the API meet none."""

    def run(seed: int) -> list[str | None]:
        sandbox.clear_requests()
        sandbox.faults.random(seed, 0.5, ("error_500", "error_503", "too_many"))
        replies = [api.get("users").status for _ in range(30)]
        assert {200} < set(replies) <= {200, 500, 503, 429}
        return [line.fault for line in sandbox.requests]

    assert run(1) == run(1) != run(2)
    sandbox.faults.random(1, 1.0, path="/identity/*", kinds=("error_500",))
    assert api.get("users").status == 200


def test_faults_can_be_read_from_a_file(sandbox: Sandbox, api: Caller, tmp_path: Path) -> None:
    """A list, or an object with a seed; functions cannot be named there."""
    script = tmp_path / "faults.json"
    script.write_text(json.dumps([{"kind": "error_500", "path": "/v2/users"}]), encoding="utf-8")
    sandbox.faults.load(script)
    assert api.get("users").status == 500
    script.write_text(json.dumps({"seed": 1, "rate": 0.0}), encoding="utf-8")
    sandbox.faults.load(script)
    assert api.get("users").status == 200
    planned = [fault.to_json() for fault in sandbox.faults]
    assert [Fault.from_json(one).kind for one in planned] == ["error_500"]


@pytest.mark.parametrize("one", [{"kind": "hat"}, {"kind": "call"}, {}])
def test_a_script_with_an_unknown_kind_is_refused(one: dict[str, Any]) -> None:
    """Where it is read, not where it would strike."""
    with pytest.raises((UnknownFaultError, TypeError)):
        Fault.from_json(one)
    with pytest.raises(UnknownFaultError):
        Fault("hat")


def test_stopping_does_not_wait_for_a_hanging_answer(sandbox: Sandbox, api: Caller) -> None:
    """A test with a time-out of minutes ends at once; the server can be started again."""
    sandbox.faults.add(Fault("timeout_before", seconds=600))
    start = time.monotonic()
    Timer(0.1, sandbox.stop).start()
    with pytest.raises(BROKEN):
        api.get("users")
    assert time.monotonic() - start < 5


def test_an_outage_ends_on_the_same_port(sandbox: Sandbox, api: Caller) -> None:
    """Stopped, connections are refused; started again, everything is there."""
    sandbox.company.add_customer(Name="A")
    url = sandbox.api_url
    with socket.create_connection(("127.0.0.1", sandbox.server.port), timeout=5) as idle:
        idle.sendall(b"GET /hats HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(65536)
        sandbox.stop()
        assert idle.recv(1) == b""
    sandbox.stop()
    with pytest.raises(ConnectionRefusedError):
        api.get("users")
    sandbox.start()
    assert sandbox.api_url == url
    assert api.names() == ["A"]


def test_switches_hold_for_faults_too(sandbox: Sandbox, api: Caller) -> None:
    """The header of a scripted 429 follows the switch unless the fault says otherwise."""
    sandbox.switches = replace(sandbox.switches, retry_after_header=False)
    sandbox.faults.add(Fault("too_many"))
    assert "Retry-After" not in api.get("users").headers
