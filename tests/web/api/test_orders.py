"""Orders over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.services.register import orders, shapes
from syncd.services.register.customers import set_active
from tests.web.api.conftest import at

if TYPE_CHECKING:
    from tests.web.api.conftest import Office, Program

ONCE = {"Idempotency-Key": "order-17"}


def test_an_order_is_added_once_and_placed_on_the_technicians(office: Office, admin_program: Program) -> None:
    """However often the request comes; it reads as on the command line."""
    office.add("A/1")
    office.assign("A/1", office.hire("kalle"))
    sent = {"kind": "order", "title": "Byt pump", "type": "service", "date": "2026-03-02"}
    first = admin_program.post(f"{at('A/1')}/orders", sent, **ONCE)
    assert (first.status, first.headers["Location"]) == (201, "/api/v1/orders/1")
    assert [one["login"] for one in first.json["technicians"]] == ["kalle"]
    again = admin_program.post(f"{at('A/1')}/orders", sent, **ONCE)
    assert (again.status, again.text, again.headers["Idempotency-Replayed"]) == (201, first.text, "true")
    assert admin_program.get("/orders/1").text == first.text
    with office.store.reading() as work:
        known = shapes.order(orders.show_order(work, office.anna, office.group.id, "1"))
    assert first.json == known
    assert len(admin_program.get("/orders").json["orders"]) == 1


def test_orders_are_listed_page_by_page(office: Office, admin_program: Program) -> None:
    """Newest first or oldest first, of one customer, of one kind; new ones meanwhile push none off a page."""
    office.add("1")
    office.add("2")
    for number in range(1, 6):
        kind = "error_report" if number == 3 else "order"
        admin_program.post(f"{at(str(1 + number % 2))}/orders", {"kind": kind, "title": f"Nr {number}"})
    first = admin_program.get("/orders?limit=2").json
    admin_program.post(f"{at('1')}/orders", {"kind": "order", "title": "Ny"})
    rest = admin_program.get(f"/orders?limit=5&cursor={first['next']}").json
    assert [one["number"] for one in first["orders"] + rest["orders"]] == ["5", "4", "3", "2", "1"]
    assert rest["next"] is None
    assert [one["number"] for one in admin_program.get("/orders?sort=number&cursor=4").json["orders"]] == ["5", "6"]
    assert [one["number"] for one in admin_program.get("/orders?customer=1&kind=order").json["orders"]] == [
        "6",
        "4",
        "2",
    ]
    assert [one["number"] for one in admin_program.get("/orders?kind=error_report&status=new").json["orders"]] == ["3"]
    assert admin_program.get("/orders?customer=9").code == (404, "unknown_customer")


def test_an_order_of_a_customer_out_of_sight_answers_like_none(office: Office, admin_program: Program) -> None:
    office.add("1")
    admin_program.post(f"{at('1')}/orders", {"kind": "quotation", "title": "Ny panna"})
    program = office.calls("kalle", "view_only_assigned")
    assert program.get("/orders").json == {"orders": [], "next": None}
    assert program.get("/orders/1").text == program.get("/orders/2").text
    assert program.get("/orders/1").code == (404, "unknown_order")
    hidden = program.post(f"{at('1')}/orders", {"kind": "order", "title": "Byt pump"})
    assert hidden.code == (404, "unknown_customer")


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"kind": "order"}, ["title"]),
        ({"kind": "sale", "title": "X"}, ["kind"]),
        ({"kind": "order", "title": "X", "date": "soon", "type": "odd"}, ["type", "date"]),
        ({"kind": "order", "title": "X", "price": "1"}, ["price"]),
        ({"kind": "quotation", "title": "X", "type": "work"}, ["type"]),
    ],
)
def test_what_is_wrong_with_an_order_is_named(
    office: Office, admin_program: Program, sent: dict[str, str], fields: list[str]
) -> None:
    office.add("1")
    reply = admin_program.post(f"{at('1')}/orders", sent)
    assert reply.status == 422
    assert [problem["field"] for problem in reply.json["errors"]] == fields


def test_nothing_new_is_added_to_a_deactivated_customer(office: Office, admin_program: Program) -> None:
    """What was done stays, and keeps the customer from being deleted."""
    office.add("1")
    admin_program.post(f"{at('1')}/orders", {"kind": "order", "title": "Byt pump"})
    with office.store.work() as work:
        set_active(work, office.anna, office.group.id, "1", active=False)
    refused = admin_program.post(f"{at('1')}/orders", {"kind": "order", "title": "Byt ut den"})
    assert refused.code == (409, "deactivated_customer")
    seen = {"If-Match": admin_program.get(at("1")).etag}
    assert admin_program("DELETE", at("1"), None, seen).code == (409, "has_orders")
