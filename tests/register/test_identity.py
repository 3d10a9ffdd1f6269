"""Organisation and personal identity numbers: what is accepted, what is shown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.register.identity import check_identity, is_masked, is_personal, mask
from syncd.register.problems import InvalidValueError


def with_check_digit(nine: str) -> str:
    """The tenth digit by the rule in the tax agency's leaflet: weights 2 and 1, digit sums, up to ten."""
    products = [int(digit) * (2 - place % 2) for place, digit in enumerate(nine)]
    total = sum(product // 10 + product % 10 for product in products)
    return f"{nine}{-total % 10}"


def people(*, add_to_day: int = 0) -> st.SearchStrategy[str]:
    """Twelve digits of somebody born in the 20th or 21st century."""
    return st.builds(
        lambda born, serial: (
            f"{born.year // 100}" + with_check_digit(f"{born:%y%m}{born.day + add_to_day:02}{serial:03}")
        ),
        st.dates(date(1900, 1, 1), date(2026, 12, 31)),
        st.integers(0, 999),
    )


PEOPLE = people() | people(add_to_day=60)
COMPANIES = st.builds(
    lambda head, tail: with_check_digit(f"{head // 10}{head % 10}{tail:07}"),
    st.integers(20, 99),
    st.integers(2_000_000, 9_999_999),
)
FULL_WIDTH = "850101-1236".translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
WRITTEN = st.sampled_from(
    [
        "{born}{last}",
        "{born}-{last}",
        "{born}+{last}",
        "{born} {last}",
        "{century}{born}{last}",
        "{century}{born}-{last}",
        "{century}{born} - {last}",
        "SE{born}{last}01",
        "se {born}-{last} 01",
        "{born}{last}01",
        "SE{century}{born}{last}01",
        "({born}-{last})",
    ]
)


def written(form: str, twelve: str) -> str:
    return form.format(century=twelve[:2], born=twelve[2:8], last=twelve[8:])


@given(PEOPLE, WRITTEN)
def test_the_last_four_digits_of_a_person_are_never_shown(twelve: str, form: str) -> None:
    typed = written(form, twelve)
    shown = mask(typed)

    hidden = form.format(century=twelve[:2], born=twelve[2:8], last="****")
    assert len(shown) == len(typed)
    assert all(char == "*" for char, wanted in zip(shown, hidden, strict=True) if wanted == "*")
    assert all(char in {"*", before} for char, before in zip(shown, typed, strict=True))
    assert mask(shown) == shown
    assert is_masked(shown)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("850101-1236", "850101-****"),
        ("8501011236", "850101****"),
        ("851224-1236", "851224-****"),
        ("19850101-1236", "19850101-****"),
        ("850161-1236", "850161-****"),
        ("850191-1236", "850191-****"),
        ("SE850101123601", "SE850101****01"),
        ("SE 850101-1236 01", "SE 850101-**** 01"),
        ("850101123601", "850101****01"),
        ("SE19850101123601", "SE19850101****01"),
        ("SE198501011236", "SE19850101****"),
        ("1985-01-01-1236", "1985-01-01-****"),
        (FULL_WIDTH, f"{FULL_WIDTH[:7]}****"),
        ("16850101-1236", "16850101-****"),
        ("190501123401", "190501******"),
    ],
)
def test_a_personal_number_is_masked_however_it_is_written(typed: str, shown: str) -> None:
    assert mask(typed) == shown
    assert is_personal(typed)
    assert not is_masked(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "556036-0793",
        "5560360793",
        "SE202409610501",  # not somebody of September 2024
        "19850101123602",
        "85010112360101",
        "165560360793",
        "SE556036079301",
        "202100-5489",
        "850001-1236",  # no month
        "851301-1236",  # a thirteenth month
        "850100-1236",  # no day
        "850132-1236",  # a 32nd day
        "850160-1236",  # neither a day nor a day plus 60
        "850192-1236",  # a 32nd day of a coordination number
        "21850101-1236",  # no century
        "850101-123",
        "850101-12367",
        "FI12345678",
        "850101-****",
        "",
    ],
)
def test_company_numbers_and_anything_else_are_shown_whole(typed: str) -> None:
    assert mask(typed) == typed
    assert not is_personal(typed)


@given(COMPANIES)
def test_no_company_is_taken_for_a_person(ten: str) -> None:
    assert mask(ten) == ten
    assert mask(f"SE{ten}01") == f"SE{ten}01"
    assert check_identity(ten, country="SE") == ten


@given(PEOPLE, st.sampled_from(["", "-", "+", " "]), st.sampled_from([0, 2]), st.sampled_from([None, "SE", "se"]))
def test_every_real_personal_number_is_accepted_as_typed(
    twelve: str, separator: str, skipped: int, country: str | None
) -> None:
    typed = f"{twelve[skipped:8]}{separator}{twelve[8:]}"
    if typed.startswith("000229"):  # born 1900 or 2000: only the latter had the day
        return

    assert check_identity(f" {typed} ", country=country) == typed


@given(PEOPLE | COMPANIES, st.integers(1, 9))
def test_a_mistyped_check_digit_is_noticed(digits: str, off: int) -> None:
    wrong = f"{digits[:-1]}{(int(digits[-1]) + off) % 10}"

    with pytest.raises(InvalidValueError, match="wrong check digit") as refusal:
        check_identity(wrong)
    assert wrong[-4:] not in f"{refusal.value.message} {refusal.value.remedy}"


@pytest.mark.parametrize(
    "nine", ["850231123", "850431123", "850100123", "850160123", "850192123", "850291123", "851232123"]
)
def test_a_birth_date_that_never_was_is_refused(nine: str) -> None:
    with pytest.raises(InvalidValueError, match="vat_number begins with a date that does not exist") as refusal:
        check_identity(with_check_digit(nine), field="vat_number")
    assert refusal.value.remedy == "Compare it with the original."


def test_a_leap_day_is_judged_by_the_century_that_was_written() -> None:
    ten = with_check_digit("000229123")

    assert check_identity(f"20{ten}") == f"20{ten}"
    assert check_identity(ten) == ten
    with pytest.raises(InvalidValueError, match="date"):
        check_identity(f"19{ten}")


def test_a_company_written_with_a_persons_century_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="date"):
        check_identity("195560360793")


@pytest.mark.parametrize(
    "typed", ["5560360793", "556036-0793", "165560360793", "16556036-0793", "55 60 36-0793", "202100-5489"]
)
def test_a_company_is_accepted_with_and_without_separator_and_prefix(typed: str) -> None:
    assert check_identity(typed) == typed


def test_a_known_coordination_number_is_accepted() -> None:
    """The example that the tax agency prints."""
    assert check_identity("701063-2391") == "701063-2391"


@pytest.mark.parametrize("typed", ["556036-079", "556036-07933", "SE5560360793", "556036_0793", "five", FULL_WIDTH])
def test_a_swedish_number_of_another_length_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValueError, match="10 or 12 digits"):
        check_identity(typed, country="SE")


@pytest.mark.parametrize("typed", ["923 609 016", "NO 923609016 MVA", "1234567-8", "HRB 12345", "12.345/6+7"])
def test_a_foreign_number_is_accepted_by_its_form(typed: str) -> None:
    assert check_identity(f"{typed}\t", country="NO") == typed


@pytest.mark.parametrize("typed", ["none", "923;609", "-923609016", "923\n609", "Å923"])
def test_a_foreign_text_that_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValueError, match="housing_association_number is not a registration number") as refusal:
        check_identity(typed, country="NO", field="housing_association_number")
    assert refusal.value.problem.field == "housing_association_number"
    assert "letters" in str(refusal.value.remedy)


@pytest.mark.parametrize("country", [None, "SE", "NO"])
def test_a_masked_number_never_replaces_the_real_one(country: str | None) -> None:
    with pytest.raises(InvalidValueError, match="organisation_number holds a mask"):
        check_identity("850101-****", country=country)
