"""Which fields a group's customers have, by its settings and its own fields."""

from __future__ import annotations

import pytest

from syncd.register.clean import clean
from syncd.register.custom_fields import CustomField
from syncd.register.fields import FIELDS
from syncd.register.problems import InvalidFieldsError, InvalidValueError
from syncd.register.settings import GroupSettings
from syncd.register.vocabulary import refuse_switched_off, shown_fields, vocabulary

PLAIN, EVERYTHING = GroupSettings(), GroupSettings(show_cost_center=True, show_order_number=True)
OLD, NEW = CustomField("old", "Old", "text", retired=True), CustomField("new", "New", "date")


def test_settings_and_own_fields_widen_the_vocabulary() -> None:
    assert [*vocabulary(PLAIN, [], [])] == [*FIELDS, "discount_letters"]
    assert [*vocabulary(EVERYTHING, [OLD, NEW], ["A"])][len(FIELDS) :] == [
        "cost_center",
        "customer_order_number",
        "discount_letters",
        "custom.new",
    ]


def test_an_order_number_that_is_required_is_also_shown() -> None:
    assert "customer_order_number" in vocabulary(GroupSettings(require_order_number=True), [], [])


def test_hidden_fields_are_not_shown_and_keep_their_values() -> None:
    fields = {"name": "Alfa", "cost_center": "12", "custom.old": "x"}

    assert "cost_center" not in shown_fields(fields, PLAIN, [])
    shown = shown_fields(fields, EVERYTHING, [OLD, NEW])
    assert (shown["name"], shown["cost_center"], shown["customer_order_number"]) == ("Alfa", "12", None)
    assert "phone" not in shown
    assert (shown["custom.old"], shown["custom.new"]) == ("x", None)
    assert "custom.old" not in shown_fields({}, EVERYTHING, [OLD, NEW])


def test_what_is_switched_off_or_retired_cannot_be_typed() -> None:
    """And the answer says what would bring it back."""
    refuse_switched_off(["cost_center", "customer_order_number", "custom.new"], EVERYTHING, [OLD, NEW])
    with pytest.raises(InvalidFieldsError, match=r"custom\.old is retired") as refused:
        refuse_switched_off(["name", "customer_order_number", "cost_center", "custom.old"], PLAIN, [OLD, NEW])
    assert [problem.field for problem in refused.value.problems] == [
        "customer_order_number",
        "cost_center",
        "custom.old",
    ]
    remedy = str(refused.value.remedy)
    assert "settings set show_order_number=yes" in remedy
    assert "settings set show_cost_center=yes" in remedy
    assert "field restore old" in remedy


def test_letters_are_selected_by_their_codes() -> None:
    known = vocabulary(PLAIN, [], ["A10", "B"])

    assert clean("discount_letters", " b, a10 ,,B", known=known) == "B, A10"
    assert clean("discount_letters", "", known=known) is None
    every = [f"A{number}" for number in range(100)]
    assert clean("discount_letters", ",".join(every), known=vocabulary(PLAIN, [], every)) == ", ".join(every)
    with pytest.raises(InvalidValueError, match="cannot be chosen") as refused:
        clean("discount_letters", "A10, C", known=known)
    assert refused.value.remedy == "One of: A10, B."
    with pytest.raises(InvalidValueError) as empty:
        clean("discount_letters", "A", known=vocabulary(PLAIN, [], []))
    assert empty.value.remedy == "There is nothing to choose from yet."
