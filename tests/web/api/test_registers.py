"""Articles, discount letters and custom fields over the API; and who they are told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.api.conftest import BOTH, at

if TYPE_CHECKING:
    from typing import Any

    from tests.web.api.conftest import Office, Program

BOOKS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("articles", {"number": "A/1", "text": "Framkörning", "price": 450}, {"text": "Resa", "unit": "st"}),
    ("discount-letters", {"code": "A/1", "percentage": 12.5}, {"description": "Ramavtal", "percentage": None}),
    ("custom-fields", {"key": "floor", "label": "Våning", "type": "number"}, {"show_in_list": True}),
]


@pytest.mark.parametrize(("path", "new", "changes"), BOOKS, ids=[book[0] for book in BOOKS])
def test_an_entry_lives_its_life(
    office: Office, admin_program: Program, path: str, new: dict[str, Any], changes: dict[str, Any]
) -> None:
    """Added once, changed as it was seen, retired, restored, deleted; whoever sees customers may look."""
    made = admin_program.post(f"/{path}", new, **{"Idempotency-Key": "1"})
    again = admin_program.post(f"/{path}", new, **{"Idempotency-Key": "1"})
    assert (made.status, again.text, again.headers["Idempotency-Replayed"]) == (201, made.text, "true")
    assert admin_program.post(f"/{path}", new).code == (409, "entry_taken")
    one = made.headers["Location"].removeprefix("/api/v1")
    assert admin_program("PATCH", one, changes).code == (428, "not_seen")
    changed = admin_program("PATCH", one, changes, {"If-Match": made.etag})
    assert changed.json == {**made.json, **changes}
    stale = admin_program("PATCH", one, changes, {"If-Match": made.etag})
    assert (stale.code, admin_program.get(one).text) == ((412, "changed_meanwhile"), changed.text)
    retired = admin_program.post(f"{one}/retire", **{"If-Match": changed.etag})
    assert (retired.json["retired"], admin_program.get(f"/{path}").json) == (True, [])
    assert admin_program.get(f"/{path}?retired=true").json == [retired.json]
    restored = admin_program.post(f"{one}/restore", **{"If-Match": retired.etag})
    assert restored.etag == changed.etag
    reader = office.calls("kalle", "view")
    assert (reader.get(one).json, reader.post(f"/{path}", new).status) == (restored.json, 403)
    assert admin_program("DELETE", one, None, {"If-Match": restored.etag}).status == 204
    assert admin_program.get(one).code == (404, "unknown_entry")


def test_an_entry_in_use_is_not_deleted(office: Office, admin_program: Program) -> None:
    """It stands on a customer: retire it instead. Articles are placed on customers under their place in the list."""
    local = office.add("1")
    article = admin_program.post("/articles", {"number": "RESA", "text": "Framkörning"})
    seen = {"If-Match": f'"{local.id}-1"'}
    placed = admin_program.post(f"{at('1')}/items", {"kind": "service", "article": "RESA", "price": 300}, **seen)
    assert [(one["place"], one["text"], one["price"]) for one in placed.json] == [(1, "Framkörning", "300")]
    assert admin_program("DELETE", "/articles/RESA", None, {"If-Match": article.etag}).code == (409, "entry_in_use")
    moved = admin_program("PATCH", f"{at('1')}/items/1", {"quantity": 2}, {"If-Match": placed.etag})
    assert (moved.json[0]["quantity"], admin_program.get(f"{at('1')}/items").text) == ("2", moved.text)
    assert admin_program("DELETE", f"{at('1')}/items/1", None, {"If-Match": moved.etag}).json == []


@BOTH
def test_two_who_change_a_record_at_once_do_not_overwrite_each_other(office: Office, admin_program: Program) -> None:
    """Whoever comes second is told, on both databases: of an entry, an order and a user alike."""
    office.add("1")
    records = {
        "/articles/RESA": ("/articles", {"number": "RESA", "text": "Framkörning"}, "text"),
        "/orders/1": (f"{at('1')}/orders", {"kind": "order", "title": "Byt pump"}, "title"),
        "/users/lisa": ("/users", {"login": "lisa", "name": "Lisa"}, "name"),
    }
    for one, (path, new, field) in records.items():
        seen = {"If-Match": admin_program.post(path, new).etag}
        first = admin_program("PATCH", one, {field: "Första"}, seen)
        second = admin_program("PATCH", one, {field: "Andra"}, seen)
        assert (first.status, second.code) == (200, (412, "changed_meanwhile")), one
        assert admin_program.get(one).json[field] == "Första"
