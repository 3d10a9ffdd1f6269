"""Who gets in, and what becomes of everybody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from syncd.ports.clock import stamp
from syncd.services.register.api_tokens import list_tokens, revoke_token
from syncd.services.register.users import change_user
from syncd.web.api.guard import HEADERS, LARGEST
from tests.web.api.conftest import BOTH, at

if TYPE_CHECKING:
    from tests.web.api.conftest import Office, Program

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
