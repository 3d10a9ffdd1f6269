"""What syncd writes on a customer in Visma eAccounting."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import RejectedError
from syncd.mapping import visma_eaccounting as visma
from syncd.mapping.overlay import overlay, parse, parse_object
from syncd.mapping.visma_eaccounting.fields import PLACES
from syncd.values.records import RemoteRecord

if TYPE_CHECKING:
    from syncd.mapping.overlay import JsonObject, JsonValue
    from syncd.register.fields import Value

TERMS = visma.Terms.of([{"Id": "t30", "Name": "30 dagar netto"}])
EMPTY: dict[str, Value] = {"apartment_number": None, "property_designation": None}
APARTMENT: dict[str, Value] = {"apartment_number": "1101", "property_designation": None}
PROPERTY: dict[str, Value] = {"apartment_number": None, "property_designation": "Björnen 3"}


def wire(changes: dict[str, Value], seen: dict[str, Value] | None = None) -> JsonObject:
    return visma.changes_to_wire(changes, seen or {}, TERMS)


def test_only_the_changed_fields_are_written() -> None:
    """A new postal code does not touch the street."""
    assert wire({"invoice_postal_code": "111 22", "active": False, "type": "private", "phone": None}) == {
        "InvoicePostalCode": "111 22",
        "IsActive": False,
        "IsPrivatePerson": True,
        "Telephone": None,
    }


def test_terms_and_apartment_are_written_beside_the_rest() -> None:
    """One write holds all that changed."""
    changes: dict[str, Value] = {"phone": "08-1", "terms_of_payment": "30 dagar netto", "apartment_number": "1101"}
    assert set(wire(changes)) == {"Telephone", "TermsOfPaymentId", "PropertyType", "PropertyReference"}


def test_a_discount_is_written_as_a_share() -> None:
    """12.5 per cent is 0.125 there, and no discount is zero."""
    assert wire({"discount_percentage": "12.5"}) == {"DiscountPercentage": Decimal("0.125")}
    assert wire({"discount_percentage": None}) == {"DiscountPercentage": 0}


def test_terms_are_written_by_their_id() -> None:
    """The name in the register becomes the id that Visma wants."""
    assert wire({"terms_of_payment": "30 dagar netto"}) == {"TermsOfPaymentId": "t30"}


def test_terms_cannot_be_taken_away() -> None:
    """A customer in Visma always has terms of payment."""
    assert wire({"terms_of_payment": None}) == {}


def test_terms_that_accounting_does_not_have_do_not_fit() -> None:
    """Nothing is written when the terms do not exist there, and the message does not repeat the value."""
    with pytest.raises(RejectedError, match="terms_of_payment") as caught:
        wire({"terms_of_payment": "hemliga villkor"})
    assert caught.value.code == "does_not_fit"
    ((key, reason),) = caught.value.fields
    assert key == "TermsOfPaymentId"
    assert reason in str(caught.value)
    assert "hemliga" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "seen", "expected"),
    [
        ({"apartment_number": "1101"}, EMPTY, (1, "1101")),
        ({"property_designation": "Björnen 3"}, EMPTY, (2, "Björnen 3")),
        ({"apartment_number": "1101", "property_designation": "Björnen 3"}, EMPTY, (1, "1101")),
        ({"apartment_number": "1101"}, PROPERTY, (1, "1101")),
        ({"apartment_number": None}, APARTMENT, (None, None)),
        ({"apartment_number": None, "property_designation": "Björnen 3"}, APARTMENT, (2, "Björnen 3")),
        ({"property_designation": "Björnen 4"}, {}, (2, "Björnen 4")),
    ],
)
def test_apartment_and_property_share_one_reference(
    changes: dict[str, Value], seen: dict[str, Value], expected: tuple[int | None, str | None]
) -> None:
    """The apartment number goes first, and the type always says which of the two stands there."""
    kind, reference = expected
    assert wire(changes, seen) == {"PropertyType": kind, "PropertyReference": reference}


def test_a_designation_never_pushes_an_apartment_out() -> None:
    """The apartment that a deduction needs stays; the designation stays in the register."""
    assert wire({"property_designation": "Björnen 3"}, APARTMENT) == {}


def test_the_housing_association_has_its_own_place() -> None:
    """The association's number stands beside the apartment."""
    assert wire({"housing_association_number": "769600-0000"}) == {"TaxDeductionNumber": "769600-0000"}


def test_a_new_customer_is_never_made_inactive_by_omission() -> None:
    """What Visma reads as *no* when it is missing is always sent; empty fields are left out."""
    body = visma.create_body({"number": "7", "name": "Bo", "email": None}, TERMS, {"TermsOfPaymentId": "t30"})
    assert parse_object(body) == {
        "IsActive": True,
        "IsPrivatePerson": False,
        "TermsOfPaymentId": "t30",
        "CustomerNumber": "7",
        "Name": "Bo",
    }


def test_a_new_customer_has_its_apartment_from_the_start() -> None:
    """What stands there already is asked about customers that exist, and a new one has nothing."""
    body = parse_object(visma.create_body({"apartment_number": "1101"}, TERMS, {}))
    assert (body["PropertyType"], body["PropertyReference"]) == (1, "1101")


def test_a_new_customers_own_terms_win_over_the_default() -> None:
    """The register's terms of payment are used when the customer has some."""
    body = visma.create_body({"terms_of_payment": "30 dagar netto"}, TERMS, {"TermsOfPaymentId": "other"})
    assert parse_object(body)["TermsOfPaymentId"] == "t30"


TEXTS = st.text("aÅß€𝄞 0-'\"\\{}[],:", min_size=1, max_size=6).filter(str.strip)
PLAIN = [place.name for place in PLACES if place.form == "text"]


@given(st.dictionaries(st.sampled_from(PLAIN), st.one_of(st.none(), TEXTS)), st.booleans(), st.booleans())
def test_what_is_written_is_what_is_read(texts: dict[str, str | None], active: bool, private: bool) -> None:  # noqa: FBT001
    """A value that reached Visma comes back as the same value."""
    values: dict[str, Value] = {**texts, "active": active, "type": "private" if private else "company"}
    raw = overlay('{"Id":"x"}', wire(values))
    record = visma.to_record(raw, parse(raw), TERMS.name_of)
    assert isinstance(record, RemoteRecord)
    assert record.fields == values


def test_every_limit_of_the_mapping_is_the_vendors() -> None:
    """The card's limits are those that Visma publishes."""
    limits: dict[str, JsonValue] = {place.key: place.limit for place in PLACES if place.limit}
    assert limits["Name"] == limits["InvoiceCity"] == 50
    assert (limits["InvoicePostalCode"], limits["CustomerNumber"], limits["VatNumber"]) == (10, 16, 20)
