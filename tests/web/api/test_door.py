"""Who gets in, and what becomes of everybody else."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import schemathesis

from syncd.log import set_up
from syncd.ports.clock import stamp
from syncd.services.register.api_tokens import list_tokens, revoke_token
from syncd.services.register.users import change_user
from syncd.web.api.answers import PLACE
from syncd.web.api.application import document
from syncd.web.api.guard import HEADERS, LARGEST
from syncd.web.api.throttle import REMEMBERED, Throttle
from tests.daemon.waiting import until
from tests.web.api.conftest import BOTH, at

if TYPE_CHECKING:
    from tests.web.api.conftest import Office, Program, Reply

WRONG = "syncd_0123456789ab_" + "0" * 40


@BOTH
def test_a_token_acts_as_its_user(office: Office) -> None:
    """The technician's program sees the technician's customers, and no other."""
    kalle = office.hire("kalle", "view_only_assigned")
    office.add("1")
    office.add("2")
    office.assign("2", kalle)
    program = office.program(office.token(kalle))
    assert [one["number"] for one in program.get("/customers").json["customers"]] == ["2"]
    assert program.get(at("1")).code == (404, "unknown_customer")
    with office.store.reading() as work:
        [token] = list_tokens(work, kalle, office.group.id)
    assert token.last_used_at is not None


@pytest.mark.parametrize(
    "header",
    [None, "Bearer", "Bearer ", "Basic YW5uYTpoZW1saWc=", f"Bearer {WRONG}", "Bearer å", "Bearer " + "x" * 9000],
)
def test_nobody_gets_in_without_a_token_that_stands(office: Office, header: str | None) -> None:
    program = office.program(None)
    reply = program.get("/customers", **({"Authorization": header} if header is not None else {}))
    assert reply.status == 401
    assert reply.code[1] in {"token_missing", "wrong_token"}
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="syncd"'


def test_a_token_in_the_address_is_no_token(office: Office) -> None:
    """Addresses are logged by whoever passes them on."""
    token = office.token(office.anna)
    assert office.program(None).get(f"/customers?access_token={token}").status == 401


def test_a_token_ends_with_its_day_its_user_or_its_revoking(office: Office) -> None:
    """Whichever comes first; the program is told the same each time."""
    kalle = office.hire("kalle", "view")
    day = office.program(office.token(kalle, "day", expires_at=stamp(office.clock() + timedelta(days=1))))
    revoked, user = office.program(office.token(kalle, "revoked")), office.program(office.token(kalle, "user"))
    assert [one.get("/customers").status for one in (day, revoked, user)] == [200, 200, 200]
    with office.store.work() as work:
        revoke_token(work, office.anna, office.group.id, "revoked")
    assert [one.get("/customers").status for one in (day, revoked, user)] == [200, 401, 200]
    office.clock.moment += timedelta(days=2)
    assert [one.get("/customers").status for one in (day, revoked, user)] == [401, 401, 200]
    with office.store.work() as work:
        change_user(work, office.anna, office.group.id, "kalle", {"active": "no"})
    assert user.get("/customers").code == (401, "wrong_token")


def test_a_scope_narrows_and_never_widens(office: Office) -> None:
    """A token for reading is for nothing else, whoever made it; one that asks for more than its user has gets less."""
    office.add("1")
    reading = office.program(office.token(office.anna, "reading", ("view",)))
    assert reading.get(at("1")).status == 200
    kalle = office.hire("kalle", "view_only_assigned")
    wide = office.program(office.token(kalle, "wide", ("view", "administrator")))
    assert wide.get(at("1")).code == (404, "unknown_customer")
    nothing = office.program(office.token(kalle, "nothing", ("create",)))
    assert nothing.get("/customers").code == (403, "not_allowed")


def test_wrong_tokens_make_an_address_wait_but_nobody_who_was_right(office: Office) -> None:
    """Guessing is slow; a program that works goes on beside it."""
    office.clock.moment += timedelta(days=1)
    good, new = office.program(office.token(office.anna, "good")), office.program(office.token(office.anna, "new"))
    assert good.get("/customers").status == 200
    guessing = office.program(WRONG)
    assert [guessing.get("/customers").status for _ in range(10)] == [401] * 10
    office.seconds = 20.0
    waiting = guessing.get("/customers")
    assert waiting.code == (429, "too_many_wrong_tokens")
    assert waiting.headers["Retry-After"] == "40"
    assert (good.get("/customers").status, new.get("/customers").status) == (200, 429)
    office.seconds = 61.0
    assert (new.get("/customers").status, guessing.get("/customers").status) == (200, 401)


def test_every_answer_keeps_to_itself(admin_program: Program, office: Office) -> None:
    """Nothing is kept by those who pass it on, nothing is read by a page of another origin."""
    for reply in (admin_program.get("/customers", Origin="https://example.com"), office.program(None).get("/nowhere")):
        assert {name: reply.headers[name] for name in HEADERS} == HEADERS
        assert reply.headers["Access-Control-Allow-Origin"] is None


def test_what_is_no_request_is_refused_before_it_is_read(admin_program: Program) -> None:
    """Too large, another type, packed, not JSON, no such address, no such verb: each has its status."""
    json = {"Content-Type": "application/json"}
    search = "/customers/search"
    assert admin_program("POST", search, b" " * (LARGEST + 1), json).code == (413, "too_large")
    pieces = (b" " * 65_536 for _ in range(5))
    assert admin_program("POST", search, pieces, json).code == (413, "too_large")
    assert admin_program("POST", search, b"{}", {"Content-Type": "text/plain"}).code == (415, "not_json")
    assert admin_program("POST", search, b"{}", {**json, "Content-Encoding": "gzip"}).code == (415, "not_json")
    assert admin_program("POST", search, b"{", json).code == (400, "not_json")
    assert admin_program("POST", search, b"[" * 100_000, json).code == (400, "not_json")
    assert admin_program("POST", search, b'{"search": "\\ud800"}', json).status == 422
    assert admin_program.get("/nowhere").code == (404, "no_such_address")
    assert admin_program("PUT", "/customers").code == (405, "no_such_verb")


def test_who_waits_for_the_database_leaves_connections_to_runs(office: Office) -> None:
    """Thirty requests that all have to wait: the daemon's own work goes on beside them, and each is answered."""
    programs = [office.program(office.token(office.anna, f"t{number}")) for number in range(30)]
    added = [partial(one.post, "/customers", {"name": "Kund", "number": str(n)}) for n, one in enumerate(programs)]
    threads = []
    with office.store.work() as work:
        work.groups.create("Who writes keeps everybody else from it")
        replies: list[Reply] = []
        for add in added:
            threads.append(threading.Thread(target=lambda add=add: replies.append(add())))
            threads[-1].start()
        until(lambda: office.arrived == len(threads))
        for _ in range(3):
            with office.store.reading() as look, office.store.reading() as again:
                assert look.groups.list() == again.groups.list()
    for thread in threads:
        thread.join()
    assert {reply.status for reply in replies} == {201}


def test_a_database_that_is_away_is_no_fault_and_tells_nobody_where_it_stands(
    office: Office, admin_program: Program
) -> None:
    """503, to be tried again; the place and the reason stand in the log alone."""
    assert admin_program.get("/customers").status == 200
    file = office.store.database.file
    assert file is not None
    office.store.database.close()
    for suffix in ("", "-wal", "-shm"):
        path = file.with_name(file.name + suffix)
        if path.exists():
            path.rename(path.with_name(path.name + ".away"))
    file.mkdir()
    reply = admin_program.get("/customers")
    assert reply.status == 503
    assert reply.headers["Retry-After"] == "5"
    assert reply.json["message"] == "syncd cannot answer this now."
    assert str(file.parent) not in reply.text


def test_the_document_of_the_api_is_open_to_everybody(office: Office) -> None:
    """Tools read it before there is a token; it is a valid one, and names every operation once."""
    reply = office.program(None).get("/openapi.json")
    assert (reply.status, reply.json) == (200, document())
    schemathesis.openapi.from_dict(reply.json).validate()
    names = [operation["operationId"] for path in reply.json["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) > 30


@pytest.mark.usefixtures("own_logging")
def test_a_fault_of_ours_is_told_without_what_it_was_about(
    office: Office, admin_program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    """500 in the same shape as every refusal; the log names the kind and the place, never the words."""
    set_up("info", "json")
    office.broken = ValueError("Anna Hemlig, 811228-9874")
    assert admin_program.get("/status").code == (500, "unexpected")
    lines: list[str] = []

    def done() -> bool:
        lines.append(capsys.readouterr().err)
        return '"request.answered"' in "".join(lines)

    until(done)
    logged = "".join(lines)
    assert '"request.broken"' in logged
    assert "ValueError" in logged
    assert "Hemlig" not in logged


def test_what_was_not_sent_to_its_end_is_not_carried_out(office: Office, admin_program: Program) -> None:
    """The connection breaks in the middle of a request that reads like a whole one."""
    at = urlsplit(str(office.listener.at))
    body = b'{"number": "1", "name": "Kund"}'
    head = f"POST {PLACE}/v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin_program.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    with socket.create_connection((str(at.hostname), at.port)) as line:
        line.sendall(head.encode() + body)
        until(lambda: office.arrived == 1)
    assert admin_program.get("/customers").json["customers"] == []


def test_whoever_guesses_from_everywhere_fills_no_memory() -> None:
    """Old addresses are forgotten first."""
    throttle = Throttle(lambda: 0.0, most=1)
    throttle.was_wrong("first", "token")
    assert throttle.wait("first", "token") > 0
    for number in range(REMEMBERED):
        throttle.was_wrong(str(number), "token")
    assert throttle.wait("first", "token") == 0
    assert throttle.wait("0", "token") > 0
