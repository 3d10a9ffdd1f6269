"""What a Visma eAccounting company is and can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.mapping import visma_eaccounting as visma
from syncd.values.records import Company, Reject

if TYPE_CHECKING:
    from syncd.mapping.overlay import JsonValue

SETTINGS: dict[str, JsonValue] = {
    "Name": "Bolaget AB",
    "CompanyIdentifier": "id-1",
    "CorporateIdentityNumber": "556036-0793",
    "CountryCode": "SE",
    "CurrencyCode": "SEK",
    "OurReference": "Kontoret",
}


def test_a_company_is_known_by_its_identifier() -> None:
    """A run against another company is noticed, whatever the company is called."""
    assert visma.company(SETTINGS) == Company("id-1", "Bolaget AB", "556036-0793", "SE", "SEK", "Kontoret")


def test_a_company_without_identifier_is_known_by_its_number() -> None:
    """The organisation number is the next best identity."""
    found = visma.company({**SETTINGS, "CompanyIdentifier": None, "OurReference": None})
    assert found == Company("556036-0793", "Bolaget AB", "556036-0793", "SE", "SEK", None)


def test_a_company_without_a_name_is_still_the_company() -> None:
    """What it is called is shown, never compared."""
    assert visma.company({"CompanyIdentifier": "id-1"}) == Company("id-1", "", None, None, None, None)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"Name": "Bolaget AB"}, "CompanyIdentifier is missing"),
        ({**SETTINGS, "CountryCode": 7}, "CountryCode is not a text"),
        ({"CompanyIdentifier": 7}, "CompanyIdentifier is not a text"),
    ],
)
def test_a_company_that_does_not_say_who_it_is_is_not_written(settings: JsonValue, reason: str) -> None:
    """Without an identity nothing can be compared, so nothing is guessed."""
    assert visma.company(settings) == Reject(None, None, (reason,))


def test_the_default_mapping_is_the_published_one() -> None:
    """Directions, limits and required fields are those of the mapping table."""
    can = visma.capabilities(frozenset({"30 dagar"}))
    directions = {name: rule.direction for name, rule in can.fields.items()}
    assert {name for name, way in directions.items() if way == "off"} == {
        f"visiting_{part}" for part in ("line1", "line2", "postal_code", "city", "country")
    }
    assert {name for name, way in directions.items() if way == "from_accounting"} == {
        *("terms_of_payment", "currency", "language", "discount_percentage")
    }
    assert {name for name, way in directions.items() if way == "to_accounting"} == {
        *("property_designation", "apartment_number", "housing_association_number")
    }
    required = {name for name, rule in can.fields.items() if rule.required}
    assert required == {"number", "name", "type", "active", "invoice_postal_code", "invoice_city"}
    codes = {name: rule.codes for name, rule in can.fields.items() if rule.codes is not None}
    assert codes == {"terms_of_payment": {"30 dagar"}}
    assert can.system == "visma_eaccounting"
    assert (can.reference, can.reference_limit, can.feeds) == ("documents", 100, visma.FEEDS)
    assert not can.supports("note")
    assert not can.supports("mail_city")
