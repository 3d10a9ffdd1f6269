"""What people type, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import RefusedError
from syncd.register.clean import clean, clean_all, closest
from syncd.register.countries import CODES, NAMES, code_of
from syncd.register.fields import FIELDS, Field
from syncd.register.forms import CHECKS
from syncd.register.problems import InvalidFieldsError, InvalidValueError, UnknownFieldError

if TYPE_CHECKING:
    from syncd.register.fields import Value

OPTIONAL = [name for name, field in FIELDS.items() if not field.required]
REQUIRED = [name for name, field in FIELDS.items() if field.required]
PLAIN = [name for name, field in FIELDS.items() if field.kind == "text"]

TYPED: dict[str, list[tuple[Value, Value]]] = {
    "name": [("  Alfa  AB ", "Alfa  AB"), ("Å\u00a0", "Å")],
    "number": [(" 0042 ", "0042"), ("A-7", "A-7")],
    "type": [
        ("company", "company"),
        ("Företag", "company"),
        ("PRIVATE", "private"),
        (" privat ", "private"),
        ("Privatperson", "private"),
    ],
    "organisation_number": [("556036-0793 ", "556036-0793"), ("165560360793", "165560360793")],
    "housing_association_number": [("556036-0793", "556036-0793")],
    "vat_number": [
        ("SE556036079301", "SE556036079301"),
        (" se 556036-0793 01", "se 556036-0793 01"),
        ("DE123456789", "DE123456789"),
        ("NL123456789B01", "NL123456789B01"),
        ("RO12", "RO12"),
        ("FR1234567890123", "FR1234567890123"),
    ],
    "active": [
        (True, True),
        (False, False),
        ("true", True),
        ("Yes", True),
        (" JA ", True),
        ("1", True),
        ("on", True),
        ("false", False),
        ("no", False),
        ("Nej", False),
        ("0", False),
        ("off", False),
    ],
    "email": [
        (" Anna.Ek@Example.com", "Anna.Ek@Example.com"),
        ("a@alfa.test", "a@alfa.test"),
        ("a@alfa.example", "a@alfa.example"),
        ("å@exämple.se", "å@exämple.se"),
    ],
    "phone": [("+46 (0)8-123 45 67", "+46 (0)8-123 45 67"), ("08\u2013123456,12", "08–123456,12"), ("112", "112")],
    "website": [
        ("www.alfa.se", "www.alfa.se"),
        ("HTTPS://Alfa.se:8443/om?x=1#y", "HTTPS://Alfa.se:8443/om?x=1#y"),
        ("http://räv.se/", "http://räv.se/"),
        ("alfa.se?x", "alfa.se?x"),
    ],
    "language": [("SV", "sv"), ("en ", "en")],
    "currency": [("sek", "SEK"), ("EUR", "EUR")],
    "invoice_country": [("se", "SE"), ("Sverige", "SE"), ("NORWAY", "NO"), ("åland", "AX"), ("XK", "XK")],
    "discount_percentage": [
        ("12,5", "12.5"),
        ("12.5 %", "12.5"),
        ("12.50", "12.5"),
        ("12.25%", "12.25"),
        ("100", "100"),
        ("100.00 %", "100"),
        ("0", "0"),
        ("0,0", "0"),
        ("007", "7"),
        ("0.05", "0.05"),
        ("10", "10"),
        ("12.5000", "12.5"),
    ],
    "comments": [("one\r\ntwo\tthree\n", "one\ntwo\tthree")],
    "note": [("one\ntwo", "one\ntwo")],
}


@pytest.mark.parametrize(("name", "raw", "value"), [(name, *pair) for name, pairs in TYPED.items() for pair in pairs])
def test_what_is_typed_is_stored_as_meant(name: str, raw: Value, value: Value) -> None:
    assert clean(name, raw) == value


REFUSED: dict[str, list[tuple[Value, str]]] = {
    "name": [("a\x00b", "unprintable"), ("a\nb", "line break"), ("a\udc80b", "unprintable"), (True, "not yes or no")],
    "number": [("1" * 65, "65 characters, at most 64"), ("4\n2", "line break")],
    "type": [("firma", "known type"), (False, "not yes or no")],
    "organisation_number": [("556036-0794", "check digit"), ("850101-****", "holds a mask")],
    "housing_association_number": [("12", "10 or 12 digits")],
    "vat_number": [
        ("SE850101****01", "holds a mask"),
        ("556036079301", "not a VAT number"),
        ("SE5560360793", "Swedish VAT number"),
        ("SE556036079402", "Swedish VAT number"),
        ("DE1", "not a VAT number"),
        ("DE12345678901234", "not a VAT number"),
        ("DE12_3", "not a VAT number"),
    ],
    "active": [("maybe", "neither yes nor no"), ("2", "neither yes nor no"), (" ", "cannot be empty")],
    "email": [
        ("anna", "not an e-mail address"),
        ("anna@alfa", "not an e-mail address"),
        ("Anna <anna@alfa.se>", "not an e-mail address"),
        ("a b@alfa.se", "not an e-mail address"),
    ],
    "phone": [("ring Anna", "not a phone number"), ("+-()", "not a phone number"), ("08-1234 Anna", "phone")],
    "website": [
        ("alfa", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("ftp://alfa.se", "not a web address"),
        ("http://anna:pass@alfa.se", "not a web address"),
        ("https://alfa.se/a b", "not a web address"),
        ("www.alfa.se:123456", "not a web address"),
        ("<b>.se", "not a web address"),
    ],
    "language": [("swe", "code of 2 letters"), ("s", "code of 2 letters"), ("s1", "code of 2 letters")],
    "currency": [("SE", "code of 3 letters"), ("kr.", "code of 3 letters"), ("ÅÄÖ", "code of 3 letters")],
    "visiting_country": [("UK", "country code"), ("Tyskland", "country code"), ("SWE", "country code")],
    "discount_percentage": [
        ("12.555", "3 decimals, at most 2"),
        ("100.01", "above 100"),
        ("101", "above 100"),
        ("-5", "not a percentage"),
        ("1 000", "not a percentage"),
        ("ten", "not a percentage"),
        ("%", "not a percentage"),
        ("1.", "not a percentage"),
        ("\u0665", "not a percentage"),
    ],
    "comments": [("a\x07b", "unprintable"), ("x" * 10_001, "10001 characters, at most 10000")],
}


@pytest.mark.parametrize(
    ("name", "raw", "reason"), [(name, *pair) for name, pairs in REFUSED.items() for pair in pairs]
)
def test_what_cannot_be_stored_is_refused_with_reason_and_remedy(name: str, raw: Value, reason: str) -> None:
    with pytest.raises(InvalidValueError, match=reason) as refusal:
        clean(name, raw)

    error = refusal.value
    assert isinstance(error, RefusedError)
    assert error.message.startswith(f"{name} ")
    assert error.remedy
    assert error.problem.field == name


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("organisation_number", "850101-1230"),
        ("vat_number", "SE850101123001"),
        ("email", "anna.ek(at)alfa"),
        ("email", "anna.ek@@alfa.se"),
        ("phone", "070-9998887 Anna"),
        ("website", "https://anna:hemligt@alfa.se"),
    ],
)
def test_a_refusal_never_repeats_personal_data(name: str, raw: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        clean(name, raw)

    error = refusal.value
    told = f"{error} {error.message} {error.remedy} {error.problem!r} {error.__cause__}"
    for secret in (raw, raw[-6:], "anna", "1230", "9998887"):
        assert secret not in told
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize("raw", [None, "", "  \t "])
def test_an_emptied_field_holds_nothing(name: str, raw: str | None) -> None:
    assert clean(name, raw) is None


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("raw", [None, "", "  \t "])
def test_a_required_field_cannot_be_emptied(name: str, raw: str | None) -> None:
    with pytest.raises(InvalidValueError, match=f"{name} cannot be empty"):
        clean(name, raw)


@pytest.mark.parametrize("name", PLAIN)
def test_a_text_may_be_exactly_as_long_as_its_limit(name: str) -> None:
    limit = FIELDS[name].limit

    assert clean(name, f" {'x' * limit} ") == "x" * limit
    with pytest.raises(InvalidValueError, match=f"{limit + 1} characters, at most {limit}") as refusal:
        clean(name, "x" * (limit + 1))
    assert "nothing was cut" in str(refusal.value.remedy)


def test_long_values_of_other_kinds_are_refused_too() -> None:
    with pytest.raises(InvalidValueError, match="at most 255"):
        clean("phone", "1" * 256)
    with pytest.raises(InvalidValueError, match="at most 2000"):
        clean("website", f"alfa.se/{'x' * 2000}")


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=30) | st.booleans() | st.none())
def test_cleaning_twice_changes_nothing(name: str, raw: Value) -> None:
    try:
        value = clean(name, raw)
    except InvalidValueError:
        return

    assert value != ""
    assert clean(name, value) == value


@given(st.sampled_from([(name, pair[0]) for name, pairs in TYPED.items() for pair in pairs]))
def test_cleaning_an_accepted_value_again_keeps_it(case: tuple[str, Value]) -> None:
    value = clean(*case)

    assert clean(case[0], value) == value


@given(st.decimals(0, 100, places=2))
def test_every_discount_with_two_decimals_keeps_its_value(discount: object) -> None:
    stored = clean("discount_percentage", str(discount).replace(".", ","))

    assert isinstance(stored, str)
    assert float(stored) == float(str(discount))
    assert len(stored) <= FIELDS["discount_percentage"].limit


def test_identity_numbers_are_judged_by_the_customers_country() -> None:
    assert clean("organisation_number", "1234567-8", country="FI") == "1234567-8"
    with pytest.raises(InvalidValueError):
        clean("organisation_number", "1234567-8", country="SE")


def test_a_whole_form_is_cleaned_in_its_own_order() -> None:
    cleaned = clean_all({"phone": " 08-1 ", "name": "Alfa", "active": "nej", "email": ""})

    assert cleaned == {"phone": "08-1", "name": "Alfa", "active": False, "email": None}
    assert list(cleaned) == ["phone", "name", "active", "email"]


def test_everything_wrong_with_a_form_is_told_at_once() -> None:
    with pytest.raises(InvalidFieldsError) as refusal:
        clean_all({"name": "", "phone": "x", "nmae": "Alfa", "number": "1" * 65, "currency": "SEK"})

    problems = refusal.value.problems
    assert [problem.field for problem in problems] == ["name", "phone", "nmae", "number"]
    assert [problem.code for problem in problems] == [
        "invalid_value",
        "invalid_value",
        "unknown_field",
        "number_not_allowed",
    ]
    assert all(problem.reason and problem.remedy for problem in problems)
    assert refusal.value.message == (
        "name cannot be empty. phone is not a phone number. nmae is not a field."
        " number has 65 characters, at most 64 are allowed."
    )
    assert " Did you mean name? " in str(refusal.value.remedy)


def test_a_remedy_that_helps_twice_is_told_once() -> None:
    with pytest.raises(InvalidFieldsError) as refusal:
        clean_all({"phone": "x", "mobile": "y"})

    assert str(refusal.value.remedy).count("brackets") == 1


def test_an_identity_number_follows_the_invoice_country_of_the_same_form() -> None:
    finnish = {"organisation_number": "1234567-8", "invoice_country": "Finland"}

    assert clean_all(finnish, country="SE")["organisation_number"] == "1234567-8"
    assert clean_all({"organisation_number": "1234567-8", "invoice_country": ""}, country="FI")
    with pytest.raises(InvalidFieldsError) as refusal:
        clean_all({**finnish, "invoice_country": "Tyskland"}, country="SE")
    assert [problem.field for problem in refusal.value.problems] == ["organisation_number", "invoice_country"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nmae", "name"),
        ("Invoice City", "invoice_city"),
        ("vat-number", "vat_number"),
        ("organization_number", "organisation_number"),
    ],
)
def test_a_mistyped_field_is_answered_with_the_closest_one(typed: str, meant: str) -> None:
    assert closest(typed) == meant
    with pytest.raises(UnknownFieldError, match=typed) as refusal:
        clean(typed, "x")
    assert refusal.value.remedy == f"Did you mean {meant}?"


def test_a_field_unlike_any_other_is_refused_without_a_guess() -> None:
    assert closest("qqqq") is None
    with pytest.raises(UnknownFieldError, match="qqqq is not a field") as refusal:
        clean("qqqq", "x")
    assert "help" in str(refusal.value.remedy)


@pytest.mark.parametrize("slip", ["850101-1236", "anna@alfa.se", "a8501011236", "x" * 80])
def test_personal_data_typed_where_a_field_name_belongs_is_not_repeated(slip: str) -> None:
    with pytest.raises(UnknownFieldError) as refusal:
        clean(slip, "x")
    assert slip not in f"{refusal.value.message} {refusal.value.problem!r}"


def test_a_groups_own_fields_are_cleaned_like_the_others() -> None:
    known = {**FIELDS, "custom.floor": Field("custom.floor", limit=3)}

    assert clean("custom.floor", " 4 ", known=known) == "4"
    assert clean_all({"custom.floor": "4"}, known=known) == {"custom.floor": "4"}
    with pytest.raises(InvalidFieldsError):
        clean_all({"custom.floor": "4444"}, known=known)
    with pytest.raises(UnknownFieldError):
        clean("custom.floor", "4")
    with pytest.raises(UnknownFieldError) as mistyped:
        clean("custom.flor", "4", known=known)
    assert mistyped.value.remedy == "Did you mean custom.floor?"


def test_a_switch_that_nobody_set_holds_nothing() -> None:
    known = {"send": Field("send", "flag")}

    assert clean("send", " ", known=known) is None
    assert clean("send", None, known=known) is None


def test_every_kind_of_field_has_its_check() -> None:
    beside = {"key", "decimal", "date", "choice", "choices", "slug"}  # kinds of the registers beside the customers
    assert {field.kind for field in FIELDS.values()} | beside == {*CHECKS, "flag"}


def test_countries_are_two_capital_letters_and_names_lead_to_them() -> None:
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in CODES)
    assert set(NAMES.values()) <= CODES
    assert len(CODES) == 250
    assert code_of(" Danmark ") == "DK"
    assert code_of("") is None
