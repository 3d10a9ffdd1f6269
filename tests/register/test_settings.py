"""Settings of the customer register."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.register.numbers import LONGEST
from syncd.register.problems import InvalidFieldsError, InvalidValueError, UnknownFieldError
from syncd.register.settings import (
    MEANINGS,
    GroupSettings,
    changed,
    checked,
    format_setting,
    from_stored,
    listed,
    parse_setting,
)

FLAGS = [key for key, value in listed(GroupSettings()).items() if isinstance(value, bool)]
LENGTHS = ["customer_number_min_length", "customer_number_max_length"]


def test_a_new_group_numbers_its_customers_from_one_and_shows_what_it_has() -> None:
    assert listed(GroupSettings()) == {
        "customer_number_min_length": 1,
        "customer_number_max_length": 16,
        "generate_customer_number": True,
        "include_number_in_display_name": False,
        "show_facility_name": False,
        "show_cost_center": False,
        "show_order_number": False,
        "require_order_number": False,
        "show_service_items": True,
        "show_work_order_items": True,
        "language": "en",
        "time_zone": "",
        "keep_deleted_days": 0,
    }


def test_every_setting_is_explained() -> None:
    assert list(MEANINGS) == list(listed(GroupSettings()))


@pytest.mark.parametrize("key", FLAGS)
def test_a_switch_takes_yes_and_no_in_both_languages(key: str) -> None:
    assert parse_setting(key, " Ja ") is True
    assert parse_setting(key, "false") is False
    with pytest.raises(InvalidValueError, match=f"{key} is neither yes nor no"):
        parse_setting(key, "2")


def test_a_group_reads_english_or_swedish() -> None:
    assert changed(GroupSettings(), {"language": " SV "}).language == "sv"
    for text in ("", "svenska", "fi", "yes"):
        with pytest.raises(InvalidValueError, match="language is not a language") as unknown:
            parse_setting("language", text)
        assert unknown.value.remedy == "Write one of: en, sv."


def test_a_time_zone_is_one_that_exists_or_none() -> None:
    for text in ("Europe/Stockholm", "UTC", ""):
        assert format_setting(parse_setting("time_zone", f" {text} ")) == text
    for text in ("Stockholm", "Europe", "../etc/passwd", "x" * 300, "CET+1"):
        with pytest.raises(InvalidValueError, match="time_zone is no time zone") as refused:
            parse_setting("time_zone", text)
        assert "Europe/Stockholm" in str(refused.value.remedy)


def test_what_is_deleted_is_kept_for_days() -> None:
    """Up to a hundred years, or for ever."""
    assert [parse_setting("keep_deleted_days", text) for text in (" 0 ", "90", "36500")] == [0, 90, 36_500]
    for text in ("", "-1", "36501", "99999", "100000", "1.5", "\u0664", "ja"):
        with pytest.raises(InvalidValueError, match="keep_deleted_days is not a number of days") as refused:
            parse_setting("keep_deleted_days", text)
        assert "up to 36500" in str(refused.value.remedy)


@pytest.mark.parametrize("key", LENGTHS)
def test_a_length_is_a_number_that_the_register_can_hold(key: str) -> None:
    assert [parse_setting(key, text) for text in (" 4 ", "1")] == [4, 1]
    assert parse_setting(key, str(LONGEST)) == LONGEST
    for text in ("", "four", "-1", "1.5", "\u0664", "1000", "yes"):
        with pytest.raises(InvalidValueError, match=f"{key} is not a length") as unreadable:
            parse_setting(key, text)
        assert unreadable.value.remedy == "Write a number from 1 to 64."
    for text in ("0", str(LONGEST + 1)):
        with pytest.raises(InvalidValueError, match=f"{key} is out of range") as outside:
            parse_setting(key, text)
        assert outside.value.remedy == "Write a number from 1 to 64."


def test_an_unknown_setting_is_answered_with_the_closest_one() -> None:
    with pytest.raises(UnknownFieldError) as near:
        parse_setting("customer_number_minlength", "1")
    assert near.value.remedy == "Did you mean customer_number_min_length?"
    with pytest.raises(UnknownFieldError):
        parse_setting("qqqq", "1")


def test_settings_change_together_or_not_at_all() -> None:
    settings = changed(GroupSettings(), {"customer_number_min_length": "20", "customer_number_max_length": "30"})

    assert (settings.customer_number_min_length, settings.customer_number_max_length) == (20, 30)
    with pytest.raises(InvalidFieldsError) as refusal:
        changed(settings, {"show_cost_center": "perhaps", "nonsense": "1", "show_order_number": "yes"})
    assert [problem.field for problem in refusal.value.problems] == ["show_cost_center", "nonsense"]


def test_lengths_that_no_number_could_have_are_refused() -> None:
    assert changed(GroupSettings(), {"customer_number_min_length": "16"}).customer_number_min_length == 16
    with pytest.raises(
        InvalidValueError, match="customer_number_min_length is above customer_number_max_length"
    ) as refusal:
        changed(GroupSettings(), {"customer_number_min_length": "17"})
    assert refusal.value.remedy
    with pytest.raises(InvalidValueError):
        checked(GroupSettings(customer_number_max_length=0))


def test_what_was_never_set_has_its_default_and_other_settings_are_left_alone() -> None:
    settings = from_stored({"show_facility_name": "true", "session_minutes": "30"})

    assert settings == GroupSettings(show_facility_name=True)


def test_an_order_number_that_is_required_is_also_asked_for() -> None:
    assert not GroupSettings().asks_order_number
    assert GroupSettings(show_order_number=True).asks_order_number
    assert GroupSettings(require_order_number=True).asks_order_number


def test_settings_are_written_as_they_are_typed() -> None:
    assert [format_setting(value) for value in (True, False, 16, "sv")] == ["true", "false", "16", "sv"]


@given(st.sampled_from(FLAGS), st.booleans())
def test_a_switch_reads_back_what_was_written(key: str, value: bool) -> None:  # noqa: FBT001  # drawn
    assert parse_setting(key, format_setting(value)) is value
    assert format_setting(value) in {"true", "false"}


@given(st.sampled_from(LENGTHS), st.integers(1, LONGEST))
def test_a_length_reads_back_what_was_written(key: str, value: int) -> None:
    assert parse_setting(key, format_setting(value)) == value
