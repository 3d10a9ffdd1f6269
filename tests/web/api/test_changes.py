"""Customers added and changed over the API: nobody overwrites what they have not seen, nothing is made twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.api.conftest import BOTH, at

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.api.conftest import Office, Program, Reply

ONCE = {"Idempotency-Key": "order-17"}


def test_a_customer_is_added_changed_and_deleted(office: Office, admin_program: Program) -> None:
    """Each answer holds the customer as it is then, and the version for the next change."""
    fields = {
        "name": "Åkes Bygg",
        "discount_percentage": 12.5,
        "type": "company",
        "contact_name": "Åke",
        "active": True,
    }
    added = admin_program.post("/customers", {"number": "A/1", **fields})
    assert (added.status, added.headers["Location"]) == (201, "/api/v1/customers/A%2F1")
    assert {name: added.json[name] for name in fields} == fields
    changed = admin_program("PATCH", at("A/1"), {"phone": "08-1 00 00", "contact_name": None}, {"If-Match": added.etag})
    assert (changed.status, changed.json["phone"], changed.json["contact_name"]) == (200, "08-1 00 00", None)
    assert changed.json["name"] == "Åkes Bygg"
    off = admin_program.post(f"{at('A/1')}/deactivate", **{"If-Match": changed.etag})
    assert off.json["active"] is False
    on = admin_program.post(f"{at('A/1')}/reactivate", **{"If-Match": off.etag})
    moved = admin_program.post(f"{at('A/1')}/renumber", {"number": "A2"}, **{"If-Match": on.etag})
    assert (on.json["active"], moved.json["number"]) == (True, "A2")
    gone = admin_program("DELETE", at("A2"), None, {"If-Match": moved.etag})
    assert (gone.status, gone.text) == (204, "")
    assert admin_program.get(at("A2")).status == 404
    with office.store.reading() as work:
        assert work.customers.count(office.group.id) == 0


def _writes(number: str) -> list[tuple[str, str, Any]]:
    """Every write to a customer: verb, address, body."""
    there = at(number)
    return [
        ("PATCH", there, {"phone": "1"}),
        ("DELETE", there, None),
        ("POST", f"{there}/renumber", {"number": "9"}),
        ("POST", f"{there}/deactivate", None),
        ("POST", f"{there}/reactivate", None),
        ("POST", f"{there}/assign", {"logins": ["anna"]}),
        ("POST", f"{there}/unassign", {"logins": ["anna"]}),
        ("POST", f"{there}/contacts", {"name": "Eva"}),
        ("PATCH", f"{there}/contacts/1", {"name": "Eva"}),
        ("DELETE", f"{there}/contacts/1", None),
        ("POST", f"{there}/facilities", {"name": "Verkstad"}),
        ("PATCH", f"{there}/facilities/1", {"name": "Verkstad"}),
        ("DELETE", f"{there}/facilities/1", None),
    ]


def test_every_write_says_what_was_seen(office: Office, admin_program: Program) -> None:
    """Without it 428, with another version 412, and nothing is written; *whatever is there* was not seen."""
    office.add("1", contact_name="Åke")
    seen = admin_program.get(at("1")).etag
    assert admin_program("PATCH", at("1"), {"phone": "2"}, {"If-Match": seen}).status == 200
    now = admin_program.get(at("1"))
    for verb, address, body in _writes("1"):
        assert admin_program(verb, address, body).code == (428, "not_seen"), address
        assert admin_program(verb, address, body, {"If-Match": "*"}).code == (428, "not_seen"), address
        for stale in (seen, f"W/{now.etag}", "nonsense"):
            assert admin_program(verb, address, body, {"If-Match": stale}).code == (412, "changed_meanwhile"), address
    assert admin_program.get(at("1")).text == now.text
    either = {"If-Match": f"{seen} , {now.etag}"}
    assert admin_program("PATCH", at("1"), {"phone": "3"}, either).status == 200


def test_another_customer_of_the_same_number_was_not_seen(office: Office, admin_program: Program) -> None:
    office.add("1")
    seen = {"If-Match": admin_program.get(at("1")).etag}
    assert admin_program("DELETE", at("1"), None, seen).status == 204
    office.add("1")
    assert admin_program("DELETE", at("1"), None, seen).status == 412


@BOTH
def test_of_two_who_saw_the_same_one_saves(office: Office, admin_program: Program) -> None:
    """At the same moment: the other looks again."""
    office.add("1")
    token = admin_program.token
    seen = {"If-Match": admin_program.get(at("1")).etag}
    programs = [office.program(token) for _ in range(6)]
    replies = _together([partial(p, "PATCH", at("1"), {"phone": str(n)}, seen) for n, p in enumerate(programs)])
    assert sorted(reply.status for reply in replies) == [200] + [412] * 5


@BOTH
def test_a_repeated_request_adds_one_customer(office: Office, admin_program: Program) -> None:
    """Also when all of them come at the same moment; each hears the same, and only one that it was new."""
    with office.store.work() as work:
        work.groups.set_settings(office.group.id, {"generate_customer_number": "yes"})
        work.commit()
    programs = [office.program(admin_program.token) for _ in range(6)]
    replies = _together([partial(p.post, "/customers", {"name": "Åkes"}, **ONCE) for p in programs])
    assert {reply.status for reply in replies} == {201}
    assert len({(reply.text, reply.etag, reply.headers["Location"]) for reply in replies}) == 1
    assert sorted(reply.headers["Idempotency-Replayed"] or "" for reply in replies) == [""] + ["true"] * 5
    with office.store.reading() as work:
        assert work.customers.count(office.group.id) == 1


def test_a_key_stands_for_one_request_of_one_user_for_a_day(office: Office, admin_program: Program) -> None:
    added = admin_program.post("/customers", {"number": "1", "name": "Åkes"}, **ONCE)
    assert admin_program.post("/customers", {"number": "2", "name": "Åkes"}, **ONCE).code == (422, "key_reused")
    other = office.calls("kalle", "view", "create")
    assert other.post("/customers", {"number": "1", "name": "Åkes"}, **ONCE).code == (409, "number_taken")
    assert admin_program("DELETE", at("1"), None, {"If-Match": added.etag}).status == 204
    assert admin_program.post("/customers", {"number": "1", "name": "Åkes"}, **ONCE).code == (404, "unknown_customer")
    office.clock.moment += timedelta(days=1, seconds=1)
    assert admin_program.post("/customers", {"number": "1", "name": "Åkes"}, **ONCE).status == 201


def test_a_request_that_was_refused_may_be_repeated(office: Office, admin_program: Program) -> None:
    """Nothing came of it, so its key stands for nothing."""
    office.add("1")
    assert admin_program.post("/customers", {"number": "1", "name": "Bert"}, **ONCE).code == (409, "number_taken")
    renumbered = {"If-Match": admin_program.get(at("1")).etag}
    assert admin_program.post(f"{at('1')}/renumber", {"number": "2"}, **renumbered).status == 200
    assert admin_program.post("/customers", {"number": "1", "name": "Bert"}, **ONCE).status == 201


def test_who_may_add_but_not_look_hears_the_number_alone(office: Office) -> None:
    """Also when the request is repeated, after somebody else worked on the customer."""
    program = office.calls("kalle", "create")
    for _ in range(2):
        reply = program.post("/customers", {"number": "7", "name": "Åkes"}, **ONCE)
        assert (reply.status, reply.json) == (201, {"number": "7"})
        assert "ETag" not in reply.headers
    assert program.get(at("7")).status == 404


@pytest.mark.parametrize(
    ("sent", "code", "fields"),
    [
        ({"name": "Åkes", "telephone": "08"}, "invalid_fields", ["telephone"]),
        ({"name": 17, "phone": 8, "discount_percentage": []}, None, ["name", "phone", "discount_percentage"]),
        ({}, "invalid_fields", ["name"]),
        ({"name": "", "email": "nobody", "organisation_number": "811228-****"}, None, None),
        ({"name": "Åkes", "custom.none": 1}, "invalid_fields", ["custom.none"]),
        ([], "invalid_fields", ["The body"]),
    ],
)
def test_what_is_wrong_with_the_input_is_named_field_by_field(
    admin_program: Program, sent: object, code: str | None, fields: list[str] | None
) -> None:
    """Nothing that was sent is repeated; nothing is stored."""
    reply = admin_program.post("/customers", sent)
    assert reply.status == 422
    assert code is None or reply.code == (422, code)
    assert fields is None or [problem["field"] for problem in reply.json["errors"]] == fields
    assert "Åkes" not in reply.text
    assert admin_program.get("/customers").json["customers"] == []


@BOTH
def test_what_no_database_can_hold_is_refused_before_it_gets_there(office: Office, admin_program: Program) -> None:
    """The character 0, wherever a text can be sent: refused or not found, never a fault."""
    office.add("1")
    nul = "a\x00b"
    seen = {"If-Match": admin_program.get(at("1")).etag}
    requests: list[tuple[str, str, Any]] = [
        ("GET", at(nul), None),
        ("GET", "/customers?assigned=%00", None),
        ("GET", "/customers?cursor=%00", None),
        ("POST", "/customers/search", {"search": nul}),
        ("POST", "/customers", {"name": nul}),
        ("POST", "/customers", {"name": "Kund", "number": nul}),
        ("POST", "/customers", {"name": "Kund", nul: "1"}),
        ("PATCH", at("1"), dict.fromkeys(("name", "phone", "note", "type", "invoice_country", "number"), nul)),
        ("PATCH", at("1"), {"discount_letters": [nul], f"custom.{nul}": nul}),
        ("POST", f"{at('1')}/renumber", {"number": nul}),
        ("POST", f"{at('1')}/assign", {"logins": [nul], "teams": [nul]}),
        ("POST", f"{at('1')}/contacts", {"name": nul, "email": nul}),
        ("POST", f"{at('1')}/facilities", {"name": nul, "city": nul}),
        ("POST", f"{at('1')}/orders", {"kind": "order", "title": nul, "facility": nul}),
        ("POST", "/customers/assign", {"logins": ["anna"], "customers": [nul]}),
        ("GET", "/orders?customer=%00", None),
        ("GET", "/orders/%00", None),
        ("GET", "/conflicts?customer=%00&connection=%00", None),
        ("GET", "/runs?connection=%00", None),
        ("POST", "/connections/%00/runs", {}),
    ]
    statuses = {admin_program(verb, path, body, seen).status for verb, path, body in requests}
    assert statuses <= {200, 400, 404, 422}
    assert len(admin_program.get("/customers").json["customers"]) == 1


def test_users_are_assigned_one_by_one_and_in_bulk(office: Office, admin_program: Program) -> None:
    """To customers that are named, or to all that the filters find; which ones has to be said."""
    office.hire("kalle")
    for number in ("1", "2", "3"):
        office.add(number)
    seen = {"If-Match": admin_program.get(at("1")).etag}
    one = admin_program.post(f"{at('1')}/assign", {"logins": ["kalle"]}, **seen)
    assert [who["login"] for who in one.json["assigned"]] == ["kalle"]
    assert admin_program.post("/customers/assign", {"logins": ["anna"]}).code == (422, "which_customers")
    both = {"logins": ["anna"], "customers": ["1"], "all": True}
    assert admin_program.post("/customers/assign", both).code == (422, "which_customers")
    some = admin_program.post("/customers/assign?unassigned=true", {"logins": ["anna"], "all": True})
    assert some.json == {"customers": 2, "changed": 2}
    named = admin_program.post("/customers/unassign", {"logins": ["anna"], "customers": ["1", "2"]})
    assert named.json == {"customers": 2, "changed": 1}
    assert admin_program.post("/customers/assign", {"logins": ["anna"], "customers": ["1", "4"]}).status == 404
    assert admin_program.post("/customers/assign", {"logins": ["nobody"], "all": True}).code == (422, "unknown_user")
    assert admin_program.post(f"{at('1')}/unassign", {"logins": ["kalle"]}, **seen).json["assigned"] == []


def test_contacts_and_facilities_are_known_by_their_place(office: Office, admin_program: Program) -> None:
    """Added at the end, changed and removed; each change is one of the customer, with a new version."""
    office.add("1", contact_name="Åke")
    etag = admin_program.get(at("1")).etag
    added = admin_program.post(f"{at('1')}/contacts", {"name": "1", "email": "eva@example.com"}, **{"If-Match": etag})
    assert [(one["place"], one["name"], one["accounting"]) for one in added.json] == [(1, "Åke", True), (2, "1", False)]
    changed = admin_program("PATCH", f"{at('1')}/contacts/1", {"phone": "08-1"}, {"If-Match": added.etag})
    assert [one["phone"] for one in changed.json] == ["08-1", None]
    removed = admin_program("DELETE", f"{at('1')}/contacts/2", None, {"If-Match": changed.etag})
    assert [one["name"] for one in admin_program.get(f"{at('1')}/contacts").json] == ["Åke"]
    last = {"If-Match": removed.etag}
    assert admin_program("DELETE", f"{at('1')}/contacts/2", None, last).code == (404, "no_such_entry")
    made = admin_program.post(f"{at('1')}/facilities", {"name": "Verkstad"}, **last)
    other = admin_program("PATCH", f"{at('1')}/facilities/1", {"city": "Umeå"}, {"If-Match": made.etag})
    assert [(one["name"], one["city"]) for one in admin_program.get(f"{at('1')}/facilities").json] == [
        ("Verkstad", "Umeå")
    ]
    assert admin_program("DELETE", f"{at('1')}/facilities/1", None, {"If-Match": other.etag}).json == []


def _together(calls: list[Callable[[], Reply]]) -> list[Reply]:
    """Let all of them begin at once."""
    ready = threading.Barrier(len(calls))
    replies: list[Reply] = []

    def call(one: Callable[[], Reply]) -> None:
        ready.wait()
        replies.append(one())

    threads = [threading.Thread(target=call, args=(one,)) for one in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies
