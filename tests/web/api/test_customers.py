"""Customers over the API: found, shown, paged through."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from syncd.services.register import customers, reading, shapes
from tests.web.api.conftest import BOTH, at

if TYPE_CHECKING:
    from tests.web.api.conftest import Office, Program

PERSON = "811228-9874"


def test_a_customer_reads_as_on_the_command_line(office: Office, admin_program: Program) -> None:
    """One shape everywhere; personal identity numbers are masked; the version is the ETag."""
    local = office.add("A/1 ö", organisation_number=PERSON, discount_percentage="12.5")
    reply = admin_program.get(at("A/1 ö"))
    with office.store.reading() as work:
        known = shapes.customer(reading.show_customer(work, office.anna, office.group.id, "A/1 ö"))
    assert reply.json == json.loads(json.dumps(known))
    assert reply.json["organisation_number"] == "811228-****"
    assert reply.etag == f'"{local.id}-1"'


@BOTH
@pytest.mark.parametrize("sort", ["name", "-name", "number", "-assigned"])
def test_pages_hold_every_customer_whatever_happens_meanwhile(
    office: Office, admin_program: Program, sort: str
) -> None:
    """Between two pages the last one is renamed and one is deleted: nobody is left out, a renamed one comes again."""
    for number in range(1, 10):
        office.add(str(number), name=f"Kund {number % 4}")
    first = admin_program.get(f"/customers?sort={sort}&limit=4").json
    seen = [one["number"] for one in first["customers"]]
    with office.store.work() as work:
        customers.change_customer(
            work, office.anna, office.group.id, seen[-1], {"name": "Öst" if sort == "name" else "A"}
        )
    with office.store.work() as work:
        customers.delete_customer(work, office.anna, office.group.id, seen[0])
    cursor = first["next"]
    while cursor is not None:
        page = admin_program.get(f"/customers?sort={sort}&limit=4&cursor={cursor}").json
        seen += [one["number"] for one in page["customers"]]
        cursor = page["next"]
    again = {seen[3]} if sort.endswith("name") else set()
    assert sorted(seen) == sorted([*map(str, range(1, 10)), *again])


def test_a_cursor_belongs_to_its_list(office: Office, admin_program: Program) -> None:
    """Neither another question nor another user goes on with it, and nobody can read the name in it."""
    office.add("1", name="Anna Andersson")
    cursor = admin_program.get("/customers?limit=1").json["next"]
    assert "Anna" not in cursor
    other = office.calls("kalle", "view")
    for reply in (
        admin_program.get(f"/customers?limit=1&sort=-name&cursor={cursor}"),
        other.get(f"/customers?limit=1&cursor={cursor}"),
        admin_program.get("/customers?cursor=made-up"),
    ):
        assert reply.code == (400, "bad_cursor")


def test_customers_are_searched_for_and_filtered(office: Office, admin_program: Program) -> None:
    """A text goes into the body: addresses are logged. What is not a filter is refused, not overlooked."""
    office.add("1", name="Åkes Bygg", phone="08-100 10 10")
    office.add("2", name="Bertils Tak")
    found = admin_program.post("/customers/search", {"search": "åkes 0810", "unassigned": True}).json
    assert [one["number"] for one in found["customers"]] == ["1"]
    kalle = office.hire("kalle", "view")
    office.assign("2", kalle)
    assert [one["number"] for one in admin_program.get("/customers?assigned=KALLE").json["customers"]] == ["2"]
    assert admin_program.get("/customers?search=bertil").code == (422, "invalid_fields")
    wrong = admin_program.get("/customers?limit=0&sort=comments").json
    assert [problem["field"] for problem in wrong["errors"]] == ["sort", "limit"]


def test_a_customer_out_of_sight_answers_like_one_that_does_not_exist(office: Office) -> None:
    """Word for word, header for header."""
    office.add("1")
    program = office.calls("kalle", "view_only_assigned")
    hidden, unknown = program.get(at("1")), program.get(at("4711"))
    assert hidden.text == unknown.text
    assert hidden.code == (404, "unknown_customer")
    assert sorted(hidden.headers.keys()) == sorted(unknown.headers.keys())
    assert program.get(f"{at('1')}/history").text == unknown.text
    for odd in ("1\n", "\n", "\x00", "%", "..;", "å/ä", "\ud7ff", "?", "#"):
        assert program.get(at(odd)).text == unknown.text, repr(odd)


def test_the_history_is_told(office: Office, admin_program: Program) -> None:
    """Newest first, as on the command line."""
    office.add("1")
    with office.store.work() as work:
        customers.change_customer(work, office.anna, office.group.id, "1", {"phone": "08-1 00 00"})
    lines = admin_program.get(f"{at('1')}/history").json
    assert [(line["who"], line["field"], line["after"]) for line in lines] == [
        ("anna", "phone", "08-1 00 00"),
        ("anna", "number", "1"),
    ]
    assert len(admin_program.get(f"{at('1')}/history?limit=1").json) == 1
