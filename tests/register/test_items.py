"""Articles placed on a customer, and facilities."""

from __future__ import annotations

import pytest

from syncd.register.catalogues import Entry
from syncd.register.facilities import (
    Facility,
    FacilityTakenError,
    changed_facility,
    check_facilities,
    parse_facility,
    pick_facility,
)
from syncd.register.items import ArticleLine, Item, changed_item, line_of, parse_item, pick_item, shown_items
from syncd.register.picking import NoSuchEntryError
from syncd.register.problems import InvalidFieldsError
from syncd.register.settings import GroupSettings

TRAVEL = Entry(1, "RESA", {"text": "Resa", "unit": "st", "price": "450"})


def test_an_item_takes_from_its_article_what_was_not_agreed() -> None:
    assert line_of(parse_item({"kind": "Service", "article": "RESA"}), TRAVEL) == ArticleLine(
        "service", "RESA", "Resa", "1", "st", "450"
    )
    agreed = parse_item({"kind": "work_order", "article": "RESA", "text": "Fast", "quantity": "1,5", "price": "300"})
    assert line_of(agreed, TRAVEL) == ArticleLine("work_order", "RESA", "Fast", "1.5", "st", "300")


def test_an_item_is_changed_and_found() -> None:
    items = [Item("service", "RESA"), Item("service", "TIM")]

    assert changed_item(items[0], {"quantity": "2"}) == Item("service", "RESA", quantity="2")
    assert pick_item(items, "tim") == 1
    with pytest.raises(NoSuchEntryError, match="no such item"):
        pick_item(items, "bil")
    with pytest.raises(InvalidFieldsError, match="quantity cannot be empty"):
        changed_item(items[0], {"quantity": ""})
    with pytest.raises(InvalidFieldsError, match="kind names something") as refused:
        parse_item({"kind": "other", "article": ""})
    assert len(refused.value.problems) == 2
    assert parse_item({"kind": "service", "article": "X", "quantity": ""}).quantity == "1"


def test_view_settings_decide_which_items_are_shown() -> None:
    lines = [ArticleLine(kind, "A", "A", "1", None, None) for kind in ("service", "work_order")]

    assert shown_items(lines, GroupSettings()) == lines
    assert shown_items(lines, GroupSettings(show_service_items=False)) == lines[1:]
    assert shown_items(lines, GroupSettings(show_work_order_items=False)) == lines[:1]


def test_a_facility_has_a_name_of_its_own() -> None:
    north = parse_facility({"name": "Norra", "country": "Sverige"})

    assert north == Facility("Norra", country="SE")
    assert changed_facility(north, {"city": "Umeå"}) == Facility("Norra", city="Umeå", country="SE")
    assert pick_facility([north, Facility("Södra")], "södra") == 1
    with pytest.raises(NoSuchEntryError, match="no such facility"):
        pick_facility([north], "södra")
    check_facilities([north, Facility("Södra")])
    with pytest.raises(FacilityTakenError):
        check_facilities([north, Facility("NORRA")])
    with pytest.raises(InvalidFieldsError, match="name cannot be empty"):
        parse_facility({"city": "Umeå"})
