"""Customer numbers: written, checked, given, told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import RefusedError
from syncd.register.numbers import (
    LONGEST,
    NumberNotAllowedError,
    NumberTakenError,
    check_number,
    highest,
    look_alike,
    next_number,
    numeric,
    outside,
)

NUMBERS = st.integers(0, 10**9).map(str) | st.from_regex(r"0{0,3}[0-9]{1,6}|[A-Z]{1,3}-?[0-9]{0,4}", fullmatch=True)


@pytest.mark.parametrize("written", ["7", "0042", "42", "A-007", "a 7", "Ö1", "12/3"])
def test_a_number_stays_as_it_was_written(written: str) -> None:
    assert check_number(f"  {written}\t") == written


@pytest.mark.parametrize("typed", ["", "   ", "\n"])
def test_an_empty_number_is_refused(typed: str) -> None:
    with pytest.raises(NumberNotAllowedError, match="number is empty") as refusal:
        check_number(typed)
    assert refusal.value.remedy == "Type a customer number."


@pytest.mark.parametrize("typed", ["4\x002", "4\n2", "4\u20282", "4\udc802", "4\x7f2"])
def test_a_number_that_cannot_be_printed_is_refused(typed: str) -> None:
    with pytest.raises(NumberNotAllowedError, match="unprintable") as refusal:
        check_number(typed)
    assert refusal.value.remedy == "Type the number by hand."


def test_the_groups_lengths_are_kept_to_the_character() -> None:
    assert check_number(" 123 ", minimum=3, maximum=5) == "123"
    assert check_number("12345", minimum=3, maximum=5) == "12345"
    with pytest.raises(NumberNotAllowedError, match="has 2 characters, at least 3") as short:
        check_number(" 12 ", minimum=3, maximum=5)
    with pytest.raises(NumberNotAllowedError, match="has 6 characters, at most 5") as long:
        check_number("123456", minimum=3, maximum=5)
    assert "customer_number_min_length" in str(short.value.remedy)
    assert "customer_number_max_length" in str(long.value.remedy)
    assert (long.value.code, long.value.problem.code) == ("number_not_allowed", "number_not_allowed")


def test_no_number_is_longer_than_the_register_can_hold() -> None:
    assert check_number("1" * LONGEST) == "1" * LONGEST
    with pytest.raises(NumberNotAllowedError):
        check_number("1" * (LONGEST + 1))


def test_changed_lengths_list_the_numbers_outside_them() -> None:
    assert outside(["1", "12 ", "1234", "123"], minimum=2, maximum=3) == ("1", "1234")


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("42", 42),
        ("0042", 42),
        (" 7 ", 7),
        ("A7", None),
        ("7A", None),
        ("-7", None),
        ("4.2", None),
        ("\u0664\u0662", None),
        ("", None),
    ],
)
def test_only_plain_digits_count_as_a_numeric_number(number: str, value: int | None) -> None:
    assert numeric(number) == value


def test_a_number_beyond_all_lengths_is_text() -> None:
    assert numeric("9" * LONGEST) == int("9" * LONGEST)
    assert numeric("9" * (LONGEST + 1)) is None


def test_the_first_customer_gets_number_one_padded() -> None:
    assert next_number([]) == "1"
    assert next_number([], minimum=4) == "0001"


def test_the_next_number_is_above_the_highest_and_gaps_stay_gaps() -> None:
    assert next_number(["3", "0007", "A900", "5"]) == "8"
    assert next_number(7) == "8"
    assert highest(["A1"]) == 0


def test_numbers_reserved_in_accounting_are_skipped_however_they_are_padded() -> None:
    assert next_number(["7"], reserved=["8", "0009", "A10", "12"]) == "10"


def test_a_next_number_longer_than_allowed_is_not_cut() -> None:
    assert next_number(["998"], maximum=3) == "999"
    with pytest.raises(NumberNotAllowedError, match="4 characters, at most 3") as refusal:
        next_number(["999"], maximum=3)
    assert "customer_number_max_length" in str(refusal.value.remedy)


@given(st.sets(NUMBERS), st.sets(NUMBERS), st.integers(1, 12))
def test_a_given_number_is_free_padded_and_above_all_others(taken: set[str], reserved: set[str], minimum: int) -> None:
    number = next_number(taken, minimum=minimum, reserved=reserved)

    value = int(number)
    assert number not in taken | reserved
    assert look_alike(number) not in set(map(look_alike, taken | reserved))
    assert len(number) == max(minimum, len(str(value)))
    assert value > max((int(text) for text in taken if text.isdigit()), default=0)
    assert check_number(number, minimum=minimum) == number


@given(st.sets(NUMBERS), st.sets(NUMBERS))
def test_no_smaller_free_number_is_passed_over(taken: set[str], reserved: set[str]) -> None:
    top = max((int(text) for text in taken if text.isdigit()), default=0)
    held = {int(text) for text in reserved if text.isdigit()}

    assert set(range(top + 1, int(next_number(taken, reserved=reserved)))) <= held


@pytest.mark.parametrize(
    ("one", "other"), [("0042", "42"), ("a7", "A7"), ("A-007", "a-7"), ("10 42", "1042"), ("000", "0"), (" 5", "5")]
)
def test_numbers_that_people_mix_up_look_alike(one: str, other: str) -> None:
    assert look_alike(one) == look_alike(other)


@pytest.mark.parametrize(("one", "other"), [("42", "420"), ("402", "42"), ("A1", "B1"), ("0", "1"), ("4-2", "42")])
def test_numbers_that_differ_do_not_look_alike(one: str, other: str) -> None:
    assert look_alike(one) != look_alike(other)


def test_a_taken_number_names_its_holder_only_when_told() -> None:
    quiet, open_ = NumberTakenError("0042"), NumberTakenError("0042", "Alfa AB")

    assert quiet.message == "Customer number 0042 is taken."
    assert open_.message == "Customer number 0042 is taken by Alfa AB."
    assert isinstance(quiet, RefusedError)
    assert (quiet.number, quiet.code, quiet.exit_code) == ("0042", "number_taken", 1)
    assert quiet.remedy
