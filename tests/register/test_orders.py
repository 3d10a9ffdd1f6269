"""What makes an order, an error report or a quotation."""

from __future__ import annotations

from datetime import date

import pytest

from syncd.register.items import ArticleLine
from syncd.register.orders import (
    DeactivatedCustomerError,
    OrderedFor,
    OrderKind,
    begins_with,
    changed_order,
    is_placed_on_technicians,
    new_order,
)
from syncd.register.problems import InvalidFieldsError
from syncd.register.settings import GroupSettings

TODAY = date(2026, 11, 30)
PLAIN = GroupSettings()
EVERYTHING = GroupSettings(show_cost_center=True, show_order_number=True)
REQUIRED = GroupSettings(require_order_number=True)
ALFA = OrderedFor("7", active=True, fields={"cost_center": "12", "customer_order_number": None}, facilities=["Norra"])
LINES = [ArticleLine(kind, kind, kind, "1", None, None) for kind in ("service", "work_order")]


def test_an_order_needs_no_more_than_a_title() -> None:
    assert new_order(OrderKind.ORDER, {"title": " Byt pump "}, ALFA, PLAIN, TODAY) == {
        "title": "Byt pump",
        "type": "work",
        "status": "new",
        "date": "2026-11-30",
    }


def test_an_order_takes_the_customers_cost_center_where_it_is_shown() -> None:
    made = new_order(OrderKind.ORDER, {"title": "Byt pump", "cost_center": ""}, ALFA, EVERYTHING, TODAY)
    typed = new_order(OrderKind.ORDER, {"title": "Byt pump", "cost_center": "9"}, ALFA, EVERYTHING, TODAY)

    assert (made["cost_center"], made["customer_order_number"], typed["cost_center"]) == ("12", None, "9")
    with pytest.raises(InvalidFieldsError, match="cost_center is switched off"):
        new_order(OrderKind.ORDER, {"title": "Byt pump", "cost_center": "9"}, ALFA, PLAIN, TODAY)


def test_orders_can_require_the_customers_order_number() -> None:
    """Error reports and quotations never do; the customer's own number will do."""
    with pytest.raises(InvalidFieldsError, match="customer_order_number is required on orders"):
        new_order(OrderKind.ORDER, {"title": "Byt pump"}, ALFA, REQUIRED, TODAY)
    known = OrderedFor("7", active=True, fields={"customer_order_number": "PO-1"}, facilities=[])
    assert new_order(OrderKind.ORDER, {"title": "x"}, known, REQUIRED, TODAY)["customer_order_number"] == "PO-1"
    assert new_order(OrderKind.ERROR_REPORT, {"title": "Läcker"}, ALFA, REQUIRED, TODAY)["type"] is None
    with pytest.raises(InvalidFieldsError, match="required"):
        changed_order(OrderKind.ORDER, {"customer_order_number": ""}, ALFA, REQUIRED)
    assert changed_order(OrderKind.ORDER, {"status": "done"}, ALFA, REQUIRED) == {"status": "done"}


def test_nothing_is_added_to_a_deactivated_customer() -> None:
    closed = OrderedFor("7", active=False, fields={}, facilities=[])
    for kind in OrderKind:
        with pytest.raises(DeactivatedCustomerError, match="Customer 7 is deactivated"):
            new_order(kind, {"title": "x"}, closed, PLAIN, TODAY)


def test_everything_wrong_with_an_order_is_told_at_once() -> None:
    with pytest.raises(InvalidFieldsError) as refused:
        new_order(OrderKind.ORDER, {"title": "", "date": "igår", "status": "x", "type": "y"}, ALFA, PLAIN, TODAY)
    assert [problem.field for problem in refused.value.problems] == ["type", "status", "date", "title"]
    with pytest.raises(InvalidFieldsError, match=r"type belongs to orders alone\. facility is none") as refused:
        new_order(OrderKind.QUOTATION, {"title": "x", "type": "work", "facility": "Södra"}, ALFA, PLAIN, TODAY)
    assert "One of: Norra." in str(refused.value.remedy)
    bare = OrderedFor("7", active=True, fields={}, facilities=[])
    with pytest.raises(InvalidFieldsError) as unknown:
        changed_order(OrderKind.ORDER, {"facility": "Södra"}, bare, PLAIN)
    assert "syncd facility add" in str(unknown.value.remedy)
    assert new_order(OrderKind.ORDER, {"title": "x", "facility": "Norra"}, ALFA, PLAIN, TODAY)["facility"] == "Norra"


def test_only_an_order_has_a_type_and_may_be_given_another() -> None:
    assert new_order(OrderKind.ORDER, {"title": "x", "type": "service"}, ALFA, PLAIN, TODAY)["type"] == "service"
    assert changed_order(OrderKind.ORDER, {"type": "sales"}, ALFA, PLAIN) == {"type": "sales"}
    with pytest.raises(InvalidFieldsError, match="type belongs to orders alone"):
        changed_order(OrderKind.QUOTATION, {"type": "sales"}, ALFA, PLAIN)


def test_a_wrong_facility_is_told_beside_a_right_order_number() -> None:
    two = OrderedFor("7", active=True, fields={}, facilities=["Norra", "Östra"])
    with pytest.raises(InvalidFieldsError, match="facility is none") as refused:
        changed_order(OrderKind.ORDER, {"facility": "Södra", "customer_order_number": "PO-1"}, two, EVERYTHING)
    assert refused.value.remedy == "One of: Norra, Östra."


@pytest.mark.parametrize(
    ("order_type", "copied"), [("work", ["work_order"]), ("service", ["service"]), ("sales", []), (None, [])]
)
def test_an_order_begins_with_the_customers_articles_of_its_type(order_type: str | None, copied: list[str]) -> None:
    """An error report or a quotation has none, and begins empty."""
    assert [line.kind for line in begins_with(order_type, LINES)] == copied


def test_orders_and_error_reports_go_to_the_technicians() -> None:
    assert [kind.value for kind in OrderKind if is_placed_on_technicians(kind)] == ["order", "error_report"]
