"""Whether two records under one number are one customer (S-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.engine.identity import doubt, name_likeness

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBERS = "the organisation numbers differ"
NAMES = "the names are clearly different and there is no organisation number to compare"


def asked(ours: Mapping[str, str | None], theirs: Mapping[str, str | None], likeness: int = 50) -> str | None:
    """Why the two are asked about."""
    return doubt(ours, theirs, likeness=likeness)


@pytest.mark.parametrize("theirs", ["556036-0793", "5560360793", "165560360793", "SE 556036-0793", "556036 0793"])
def test_an_organisation_number_is_known_in_any_form(theirs: str) -> None:
    """Separators and century make no other company, nor does another name (S-11, S-29)."""
    found = asked(
        {"name": "Bygg AB", "organisation_number": "556036-0793"}, {"name": "Salong", "organisation_number": theirs}
    )
    assert (found is None) == (not theirs.startswith("SE"))


def test_two_organisation_numbers_are_two_companies() -> None:
    """The same name does not make one company of two (S-11)."""
    ours, theirs = ({"name": "Bygg AB", "organisation_number": number} for number in ("556036-0793", "556012-5790"))
    assert asked(ours, theirs) == NUMBERS


@pytest.mark.parametrize("missing", [None, "", "  "])
def test_without_an_organisation_number_the_names_decide(missing: str | None) -> None:
    """Where one side has no organisation number, a clearly different name is asked about (S-11)."""
    ours: dict[str, str | None] = {"name": "Bygg AB", "organisation_number": "556036-0793"}
    theirs: dict[str, str | None] = {"name": "Frisörsalongen Klippet", "organisation_number": missing}
    assert asked(ours, theirs) == NAMES
    assert asked(theirs, ours) == NAMES
    assert asked(ours, {**theirs, "name": "BYGG aktiebolag"}) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bygg AB", "bygg"),
        ("Svensson Anna", "Anna Svensson"),
        ("Målarna i Åby HB", "Målarna i Åby"),
        ("AB", "ab"),
        ("Brf Eken ekonomisk förening", "BRF EKEN"),
    ],
)
def test_company_forms_case_and_order_do_not_make_another_name(one: str, other: str) -> None:
    """People write one name in several ways."""
    assert name_likeness(one, other) == 100


def test_a_typing_error_is_not_clearly_different() -> None:
    """Andersson and Anderson are not worth a question."""
    assert asked({"name": "Anderssons Rör AB"}, {"name": "Andersons Rör"}) is None


def test_a_company_form_in_common_makes_no_likeness() -> None:
    """Half of all customers end in AB."""
    assert asked({"name": "Ek AB"}, {"name": "Bo AB"}) == NAMES


def test_a_name_that_one_side_shortened_is_the_same() -> None:
    """What is added in one place does not make another customer."""
    assert name_likeness("Svenssons Rör", "Svenssons Rör och Värme i Umeå AB") == 100
    assert name_likeness("Svenssons Rör och Värme i Umeå AB", "Svenssons Rör") == 100


def test_a_missing_name_is_clearly_different() -> None:
    """A record without name or organisation number is asked about."""
    assert asked({"name": "Bygg AB"}, {"name": None}) == NAMES
    assert asked({"name": "Bygg AB"}, {}) == NAMES


def test_the_likeness_is_a_setting() -> None:
    """The least likeness that counts as one customer is allowed itself."""
    ours: dict[str, str | None] = {"name": "abcd"}
    theirs: dict[str, str | None] = {"name": "abxy"}
    assert name_likeness("abcd", "abxy") == 50
    assert asked(ours, theirs, 50) is None
    assert asked(ours, theirs, 51) == NAMES
    assert asked({"name": "x"}, {"name": "y"}, 0) is None
