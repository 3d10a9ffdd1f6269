"""A group's own fields: every type, its order, and what does not go together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncd.register.catalogues import Entry, FixedFieldError, changed_entry, new_entry
from syncd.register.clean import clean
from syncd.register.custom_fields import CUSTOM_FIELDS, KINDS, CustomField, check_custom_field, custom_fields, is_own
from syncd.register.problems import InvalidFieldsError, InvalidValueError


def an_entry(key: str, **values: str | bool | None) -> Entry:
    return Entry(1, key, {"label": key.title(), "type": "text", **values})


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", " blå ", "blå"),
        ("number", "1 250,50", "1250.5"),
        ("number", "-0,0", "0"),
        ("number", "-3.10", "-3.1"),
        ("date", "2026-11-30", "2026-11-30"),
        ("yes_no", "ja", True),
        ("choice", "GUL", "gul"),
        ("choice", "", None),
    ],
)
def test_a_value_is_stored_by_the_fields_type(kind: str, typed: str, stored: object) -> None:
    field = CustomField("color", "Färg", kind, choices=("blå", "gul")).field

    assert clean("custom.color", typed, known={field.name: field}) == stored


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        ("number", "12e3", "is not a number"),
        ("number", "1 25", "is not a number"),
        ("date", "30/11 2026", "is not a date"),
        ("date", "2026-02-30", "is not a date"),
        ("yes_no", "kanske", "neither yes nor no"),
        ("choice", "grön", "cannot be chosen"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, typed: str, wrong: str) -> None:
    field = CustomField("color", "Färg", kind, choices=("blå", "gul")).field

    with pytest.raises(InvalidValueError, match=wrong) as refused:
        clean("custom.color", typed, known={field.name: field})
    assert typed not in refused.value.message


@pytest.mark.parametrize(("many", "told"), [(20, " 18, 19."), (21, " 18, 19 ....")])
def test_a_long_list_of_choices_is_not_told_whole(many: int, told: str) -> None:
    field = CustomField("n", "N", "choice", choices=tuple(map(str, range(many)))).field

    with pytest.raises(InvalidValueError) as refused:
        clean("custom.n", "x", known={field.name: field})
    assert str(refused.value.remedy).endswith(told)


def test_a_text_of_a_groups_own_is_as_long_as_a_page() -> None:
    field = CustomField("t", "T", "text").field

    assert clean("custom.t", "x" * 1000, known={field.name: field}) == "x" * 1000
    with pytest.raises(InvalidValueError, match="at most 1000"):
        clean("custom.t", "x" * 1001, known={field.name: field})


def test_fields_stand_in_their_order_then_by_label() -> None:
    entries = [an_entry("b"), an_entry("a"), an_entry("c", position="-1"), an_entry("d", position="0.5")]

    assert [one.name for one in custom_fields(entries)] == ["custom.c", "custom.a", "custom.b", "custom.d"]


def test_a_field_knows_how_it_is_shown() -> None:
    listed, hidden = custom_fields(
        [
            an_entry("x", type="choice", choices="a; b;;a", show_in_list=True),
            replace(an_entry("y", hide_for_customer_users=True), retired=True),
        ]
    )

    assert (listed.type, listed.choices) == ("choice", ("a", "b"))
    assert is_own(listed.name)
    assert not is_own("name")
    assert (listed.show_in_list, listed.hide_for_customer_users, listed.retired) == (True, False, False)
    assert (hidden.show_in_list, hidden.hide_for_customer_users, hidden.retired) == (False, True, True)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_only_a_choice_has_choices(kind: str) -> None:
    right: dict[str, str | bool | None] = {"type": kind, "choices": "a;b" if kind == "choice" else None}
    wrong: dict[str, str | bool | None] = {"type": kind, "choices": " ; " if kind == "choice" else "a;b"}

    check_custom_field(right)
    said = "choices cannot be empty" if kind == "choice" else "choices belong to the type choice alone"
    with pytest.raises(InvalidFieldsError, match=said):
        check_custom_field(wrong)


def test_a_fields_name_and_type_stay() -> None:
    with pytest.raises(InvalidFieldsError, match="key is not a short name"):
        new_entry(CUSTOM_FIELDS, {"key": "Färg", "label": "Färg", "type": "text"})
    with pytest.raises(FixedFieldError, match="type"):
        changed_entry(CUSTOM_FIELDS, {"type": "date"})
    assert changed_entry(CUSTOM_FIELDS, {"show_in_list": "ja"}) == {"show_in_list": True}
