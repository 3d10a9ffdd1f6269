"""Service protocols and users over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.api.conftest import at

if TYPE_CHECKING:
    from tests.web.api.conftest import Office, Program

ONCE = {"Idempotency-Key": "1"}


def test_a_protocol_is_written_corrected_and_sent_as_it_was_looked_at(office: Office, admin_program: Program) -> None:
    """Exactly to whom a look showed; what was changed since is looked at again first, and nobody is sent it twice."""
    local = office.add("1")
    contact = {"name": "Eva", "email": "eva@example.se", "send_service_protocol": True}
    admin_program.post(f"{at('1')}/contacts", contact, **{"If-Match": f'"{local.id}-1"'})
    admin_program.post(f"{at('1')}/orders", {"kind": "order", "title": "Byt pump", "type": "service"})
    assert admin_program.get("/orders/1/send").code == (409, "nobody_to_send")
    made = admin_program.post("/orders/1/protocols", {"text": "Bytte pump", "rows": ["Lager 6204"]}, **ONCE)
    assert (made.status, [row["text"] for row in made.json["rows"]]) == (201, ["Lager 6204"])
    assert admin_program.get("/protocols?customer=1&order=1").json == {"protocols": [made.json], "next": None}
    look = admin_program.get("/orders/1/send")
    assert look.json["letters"] == [
        {"name": "Eva", "address": "eva@example.se", "protocol": True, "work_order": False, "sent_before": False}
    ]
    one = made.headers["Location"].removeprefix("/api/v1")
    changed = admin_program("PATCH", one, {"text": "Bytte pumpen"}, {"If-Match": made.etag})
    assert (changed.json["text"], admin_program.get(one).text) == ("Bytte pumpen", changed.text)
    assert admin_program("PATCH", one, {"text": "x"}, {"If-Match": made.etag}).code == (412, "changed_meanwhile")
    assert admin_program.post("/orders/1/send", {}, **{"If-Match": look.etag}).code == (412, "changed_meanwhile")
    sent = admin_program.post("/orders/1/send", {}, **{"If-Match": admin_program.get("/orders/1/send").etag})
    assert [one["address"] for one in sent.json["sent"]] == ["eva@example.se"]
    assert admin_program.get("/orders/1/send").json["letters"][0]["sent_before"] is True


def test_protocols_come_in_pages(office: Office, admin_program: Program) -> None:
    office.add("1")
    admin_program.post(f"{at('1')}/orders", {"kind": "order", "title": "Byt pump", "type": "service"})
    for number in range(1, 6):
        admin_program.post("/orders/1/protocols", {"text": f"Besök {number}"})
    first = admin_program.get("/protocols?limit=3").json
    rest = admin_program.get(f"/protocols?limit=3&cursor={first['next']}").json
    assert [one["number"] for one in first["protocols"] + rest["protocols"]] == ["5", "4", "3", "2", "1"]


def test_users_are_added_changed_and_given_rights(office: Office, admin_program: Program) -> None:
    """Of the company and of a customer; a page that is out of date changes nothing, and nobody gives what they lack."""
    office.add("1")
    kim = admin_program.post("/users", {"login": "kim", "name": "Kim", "customer": "1"}, **ONCE)
    again = admin_program.post("/users", {"login": "kim", "name": "Kim", "customer": "1"}, **ONCE)
    assert (kim.status, kim.json["customer"], kim.json["permissions"], again.text) == (201, "1", ["view"], kim.text)
    assert admin_program.post("/users", {"login": "KIM!", "name": "Kim"}).code == (422, "bad_login")
    assert admin_program.post("/users", {"login": "kim", "name": "Kim"}).code == (409, "login_taken")
    rights = {"permissions": ["create_customer_users"]}
    granted = admin_program.post("/users/kim/grant", rights, **{"If-Match": kim.etag})
    assert granted.json["permissions"] == ["create_customer_users", "view"]
    assert admin_program.post("/users/kim/revoke", rights, **{"If-Match": kim.etag}).code == (412, "changed_meanwhile")
    revoked = admin_program.post("/users/kim/revoke", rights, **{"If-Match": granted.etag})
    assert revoked.etag == kim.etag
    changed = admin_program("PATCH", "/users/kim", {"active": False}, {"If-Match": kim.etag})
    assert changed.json["active"] is False
    assert [one["login"] for one in admin_program.get("/users?customer=1").json] == ["kim"]
    other = office.calls("lisa", "view", "delete_customer_users")
    assert other("PATCH", "/users/kim", {"name": "K"}, {"If-Match": changed.etag}).status == 403
    assert other("DELETE", "/users/kim", None, {"If-Match": changed.etag}).status == 204
    assert admin_program.get("/users/kim").code == (404, "unknown_user")
    anna = admin_program.get("/users/anna")
    assert admin_program("DELETE", "/users/anna", None, {"If-Match": anna.etag}).code == (409, "colleague_stays")
    assert admin_program("PATCH", "/users/anna", {"active": False}, {"If-Match": anna.etag}).code == (
        409,
        "last_administrator",
    )
