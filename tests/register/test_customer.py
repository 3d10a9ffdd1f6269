"""A new customer, what differs between two states of one, and how one is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.register.customer import NewCustomer, changes, display_name, draft, with_defaults
from syncd.register.fields import FIELDS, Field
from syncd.register.history import Change
from syncd.register.problems import InvalidFieldsError
from syncd.register.settings import GroupSettings

STATES = st.dictionaries(st.sampled_from(sorted(FIELDS)), st.none() | st.booleans() | st.text(max_size=3), max_size=6)


def test_a_customer_needs_no_more_than_a_name() -> None:
    new = draft({"name": " Alfa AB "})

    assert new == NewCustomer(
        None, {"name": "Alfa AB", "type": "company", "active": True}, frozenset({"type", "active"})
    )
    assert new.name == "Alfa AB"


def test_what_a_person_typed_is_no_default_even_if_it_equals_it() -> None:
    new = draft({"name": "Alfa", "type": "company", "active": "no"})

    assert new.defaulted == frozenset()
    assert new.fields["active"] is False


def test_empty_fields_of_a_form_are_left_out_and_take_their_default_where_there_is_one() -> None:
    new = with_defaults({"name": "Alfa", "phone": None, "type": None})

    assert "phone" not in new.fields
    assert new.fields["type"] == "company"
    assert new.defaulted == {"type", "active"}


@pytest.mark.parametrize("number", [None, "", "  "])
def test_a_customer_without_a_number_asks_for_the_next_one(number: str | None) -> None:
    assert draft({"name": "Alfa", "number": number}).number is None


def test_a_given_number_is_kept_apart_from_the_fields() -> None:
    new = draft({"number": " 0042 ", "name": "Alfa"})

    assert new.number == "0042"
    assert "number" not in new.fields


def test_a_number_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidFieldsError, match="number is a text"):
        draft({"number": True, "name": "Alfa"})


@pytest.mark.parametrize("typed", [{}, {"name": ""}, {"name": None}])
def test_a_missing_name_is_told_together_with_everything_else(typed: dict[str, str | None]) -> None:
    with pytest.raises(InvalidFieldsError) as refusal:
        draft({**typed, "phone": "x"})
    assert [problem.field for problem in refusal.value.problems] == ["name", "phone"]


@pytest.mark.parametrize("cleaned", [{}, {"name": None}])
def test_no_customer_is_stored_without_a_name(cleaned: dict[str, None]) -> None:
    with pytest.raises(InvalidFieldsError, match="name cannot be empty"):
        with_defaults(cleaned)


def test_country_and_own_fields_reach_the_check_of_a_new_customer() -> None:
    known = {**FIELDS, "custom.floor": Field("custom.floor")}
    new = draft({"name": "Alfa", "organisation_number": "1234567-8", "custom.floor": "4"}, country="FI", known=known)

    assert new.fields["custom.floor"] == "4"
    assert new.fields["organisation_number"] == "1234567-8"


def test_the_history_names_each_field_that_differs_in_the_order_people_read_them() -> None:
    before = {"name": "Alfa", "phone": "08-1", "email": "a@b.se"}
    after = {"custom.x": "1", "email": None, "phone": "08-1", "name": "Beta", "city": None}

    assert changes(before, after) == (
        Change("name", "Alfa", "Beta"),
        Change("email", "a@b.se", None),
        Change("custom.x", None, "1"),
    )


def test_a_field_that_nobody_sent_is_unchanged() -> None:
    assert changes({"name": "Alfa", "phone": "08-1"}, {"name": "Alfa"}) == ()


@given(STATES, STATES)
def test_changes_lead_from_one_state_to_the_other(
    before: dict[str, str | bool | None], after: dict[str, str | bool | None]
) -> None:
    found = changes(before, after)

    reached = {**before, **{change.field: change.after for change in found}}
    assert all(reached.get(name) == value for name, value in after.items())
    assert all(change.before == before.get(change.field) != change.after for change in found)
    assert changes(after, after) == ()


@pytest.mark.parametrize(
    ("settings", "facilities", "shown"),
    [
        (GroupSettings(), ["Norra"], "Alfa AB"),
        (GroupSettings(include_number_in_display_name=True), ["Norra"], "0042 Alfa AB"),
        (GroupSettings(show_facility_name=True), ["Norra", "Södra"], "Norra, Södra"),
        (GroupSettings(show_facility_name=True), [], "Alfa AB"),
        (GroupSettings(show_facility_name=True, include_number_in_display_name=True), ["Norra"], "0042 Norra"),
    ],
)
def test_lists_show_a_customer_as_the_group_wants_it(
    settings: GroupSettings, facilities: list[str], shown: str
) -> None:
    """With its number, by its facilities, or plainly by name."""
    assert display_name("0042", "Alfa AB", facilities, settings) == shown
