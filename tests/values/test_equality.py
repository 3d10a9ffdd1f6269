"""When two values mean the same (sync.md §3)."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.register.fields import FIELDS, Value
from syncd.values.equality import identity_key, is_empty, key, same

SAME: list[tuple[str, Value, Value]] = [
    ("name", "Bygg  AB ", "Bygg AB"),
    ("name", "Bygg\tAB", "Bygg AB"),
    ("name", None, ""),
    ("name", None, "   "),
    ("email", "Anna@Firman.SE", "anna@firman.se"),
    ("contact_email", "A@B.se", "a@b.se "),
    ("website", "WWW.Firman.se", "www.firman.se"),
    ("phone", "08-123 45 67", "+46 8 123 45 67"),
    ("phone", "(08) 123 45 67", "0046 8 1234567"),
    ("phone", "070-123 45 67", "+46701234567"),
    ("contact_mobile", "070.123.45.67", "0701234567"),
    ("phone", "070\u2013123 45 67", "070-1234567"),
    ("organisation_number", "556036-0793", "165560360793"),
    ("organisation_number", "19121212-1212", "1212121212"),
    ("housing_association_number", "716400-0000", "7164000000"),
    ("vat_number", "SE 5560-360793 01", "se556036079301"),
    ("currency", "sek", "SEK"),
    ("language", "SV", "sv "),
    ("invoice_country", "se", "SE"),
    ("discount_percentage", "10", "10.00"),
    ("discount_percentage", "+5", "5.0"),
    ("discount_percentage", "0", None),
    ("discount_percentage", "0.00", " "),
    ("discount_percentage", "-0", ""),
    ("discount_percentage", "007.50", "7.5"),
    ("number", " 42", "42"),
    ("note", "a\nb", "a b"),
    ("active", True, "yes"),
]
DIFFERENT: list[tuple[str, Value, Value]] = [
    ("name", "Bygg AB", "bygg ab"),
    ("name", "Bygg AB", "ByggAB"),
    ("number", "0042", "42"),
    ("number", "A 1", "A1"),
    ("number", "a1", "A1"),
    ("phone", "08-123 45 67", "08-123 45 68"),
    ("phone", "070-1234567 Anna", "070-1234567 Bert"),
    ("phone", "Anna 070-1234567", "Bert 070-1234567"),
    ("phone", "070-1234567 hem", "070-1234567"),
    ("phone", "08-12 34 56/57", "08-12345657"),
    ("phone", "+47 22 12 34 56", "+46 22 12 34 56"),
    ("phone", "växel", "Växel"),
    ("organisation_number", "556036-0793", "556036-0794"),
    ("organisation_number", "17556036079", "556036079"),
    ("discount_percentage", "10", "1"),
    ("discount_percentage", "100", "1"),
    ("discount_percentage", "10", "10.01"),
    ("discount_percentage", "0.1", "0.01"),
    ("discount_percentage", "ten", "10"),
    ("active", True, False),
    ("active", False, None),
    ("invoice_country", "SE", "NO"),
    ("invoice_country", "SE", None),
    ("currency", "SEK", "EUR"),
]


@pytest.mark.parametrize(("name", "one", "other"), SAME)
def test_noise_is_not_a_difference(name: str, one: Value, other: Value) -> None:
    """What accounting programs rewrite by themselves causes no write and no conflict."""
    assert same(name, one, other)
    assert same(name, other, one)


@pytest.mark.parametrize(("name", "one", "other"), DIFFERENT)
def test_what_a_person_would_want_to_see_is_a_difference(name: str, one: Value, other: Value) -> None:
    """An edit is never taken for noise."""
    assert not same(name, one, other)
    assert not same(name, other, one)


def test_the_companys_own_country_is_the_same_as_none() -> None:
    """A missing country means the company's own, in either case (S-29)."""
    assert same("invoice_country", "se", None, country="SE")
    assert same("invoice_country", " SE", None, country="se")
    assert not same("invoice_country", "NO", None, country="SE")
    assert not same("invoice_country", "SE", None, country="NO")
    assert not same("currency", "SE", None, country="SE")
    assert not same("invoice_city", "SE", None, country="SE")


@pytest.mark.parametrize(
    ("value", "empty"),
    [(None, True), ("", True), (" \t\n", True), ("0", False), (".", False), (False, False), (True, False)],
)
def test_no_is_not_nothing(value: Value, empty: object) -> None:
    """An inactive customer has a value; blanks are none (S-28)."""
    assert is_empty(value) is empty


@pytest.mark.parametrize("century", ["16", "18", "19", "20"])
def test_a_century_is_left_out_of_twelve_digits_only(century: str) -> None:
    """Personal and organisation numbers are written with and without century (S-29)."""
    assert identity_key(f"{century}556036-0793") == "5560360793"
    assert identity_key(f"{century}55603607") == f"{century}55603607"
    assert identity_key("17556036-0793") == "175560360793"
    assert identity_key("no 123") == "NO123"


WRITTEN = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.text(alphabet="0123456789+-() .", max_size=16),
    st.sampled_from(["08-123 45 67", "+46 8 123 45 67", "tel:+46-8-123 45 67", "10.0", "10", "1e5", "NaN", "sNaN"]),
    st.sampled_from([" A@b.SE", "a@b.se", "ß", "SS", "se", "SE", "19121212-1212", "121212-1212", "-0.0", "9" * 40]),
)
"""Values as people and programs write them; yes and no have no other form."""
NAMES = st.sampled_from(sorted({field.kind: name for name, field in FIELDS.items()}.values()))
COUNTRIES = st.sampled_from([None, "SE", "se"])


@settings(max_examples=300, deadline=None)
@given(NAMES, WRITTEN, WRITTEN, WRITTEN, COUNTRIES)
def test_meaning_the_same_is_an_equivalence(
    name: str, one: Value, two: Value, three: Value, country: str | None
) -> None:
    """A value means the same as itself; if A is B and B is C, then A is C: no order of syncing makes a difference."""
    assert same(name, one, one, country=country)
    assert same(name, one, two, country=country) == same(name, two, one, country=country)
    if same(name, one, two, country=country) and same(name, two, three, country=country):
        assert same(name, one, three, country=country)


USUAL = st.from_regex(r"(?:0|\+46|0046)[ ()-]{0,2}[1-9](?:[ ()-]?[0-9]){6,8}[ ()-]?", fullmatch=True)


@settings(max_examples=300, deadline=None)
@given(USUAL)
def test_a_usual_swedish_number_means_what_the_library_says(text: str) -> None:
    """The short way to read a phone number leads to the same place."""
    found = phonenumbers.parse(text, "SE")
    zeros = "0" * (found.number_of_leading_zeros or 1) if found.italian_leading_zero else ""
    assert key("phone", text) == f"+{found.country_code} {zeros}{found.national_number} "


@settings(max_examples=300, deadline=None)
@given(NAMES, WRITTEN, COUNTRIES)
def test_normalising_twice_is_normalising_once(name: str, value: Value, country: str | None) -> None:
    """A value that accounting normalises is not normalised on and on."""
    once = key(name, value, country=country)
    assert key(name, once, country=country) == once


@settings(max_examples=200, deadline=None)
@given(NAMES, WRITTEN)
def test_nothing_means_nothing_in_every_field(name: str, value: Value) -> None:
    """Blanks are the same as no value, in every kind of field."""
    if is_empty(value):
        assert same(name, value, None)


@settings(max_examples=100, deadline=None)
@given(NAMES, st.text(alphabet=" \t\u00a0", max_size=4), st.text(max_size=8), st.text(alphabet=" \t", max_size=4))
def test_blanks_around_a_value_mean_nothing(name: str, before: str, value: str, after: str) -> None:
    """Accounting programs trim."""
    assert same(name, before + value + after, value)


@pytest.mark.parametrize("name", ["invoice_postal_code", "visiting_postal_code", "mail_postal_code"])
def test_a_postal_code_is_the_same_with_and_without_its_blank(name: str) -> None:
    """903 25 and 90325 are one place: no address becomes a question for that."""
    assert same(name, "903 25", "90325")
    assert not same(name, "903 25", "90326")
