"""How a customer of Visma eAccounting looks in our words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.mapping import visma_eaccounting as visma
from syncd.mapping.overlay import dump, overlay, parse
from syncd.mapping.visma_eaccounting.fields import PLACES
from syncd.register.fields import FIELDS
from syncd.values.records import Reject, RemoteRecord

if TYPE_CHECKING:
    from syncd.mapping.overlay import JsonValue
    from syncd.register.fields import Value

ID = "5b1f1a70-0000-4000-8000-000000000001"


def terms() -> visma.Terms:
    return visma.Terms.of(
        [
            {"Id": "t30", "Name": "30 dagar netto", "AvailableForSales": True},
            {"Id": "t10", "Name": None, "NameEnglish": "10 days"},
            {"Id": "t45", "Name": "45 dagar leverantör", "AvailableForSales": False},
        ]
    )


def read(**values: JsonValue) -> RemoteRecord:
    raw = overlay("{}", {"Id": ID, **values})
    record = visma.to_record(raw, parse(raw), terms().name_of)
    assert isinstance(record, RemoteRecord)
    return record


def refused(raw: str) -> Reject:
    record = visma.to_record(raw, parse(raw), terms().name_of)
    assert isinstance(record, Reject)
    return record


def share(text: str) -> RemoteRecord:
    raw = f'{{"Id":"{ID}","DiscountPercentage":{text}}}'
    record = visma.to_record(raw, parse(raw), terms().name_of)
    assert isinstance(record, RemoteRecord)
    return record


def test_a_customer_is_read_field_by_field() -> None:
    """What stands on the customer card in Visma appears under our names."""
    record = read(
        CustomerNumber=" 1001 ",
        Name="Ångström AB",
        CorporateIdentityNumber="556036-0793",
        IsPrivatePerson=False,
        IsActive=True,
        EmailAddress="",
        InvoiceCity="Umeå",
        DeliveryCity="Luleå",
        ContactPersonName="Eva",
        TermsOfPaymentId="t30",
        ChangedUtc="2026-01-01T00:00:00.1234567Z",
        Future={"x": 1},
    )
    assert record.fields == {
        "number": "1001",
        "name": "Ångström AB",
        "organisation_number": "556036-0793",
        "type": "company",
        "active": True,
        "email": None,
        "invoice_city": "Umeå",
        "visiting_city": "Luleå",
        "contact_name": "Eva",
        "terms_of_payment": "30 dagar netto",
    }
    assert (record.remote_id, record.version, record.number) == (ID, "2026-01-01T00:00:00.1234567Z", "1001")
    assert '"Future":{"x": 1}' in record.raw


def test_every_mapped_field_exists_in_the_register() -> None:
    """No field is mapped to a name that the register does not know."""
    assert {place.name for place in PLACES} <= set(FIELDS)


def test_a_missing_key_is_unknown_and_an_empty_one_is_cleared() -> None:
    """A phone number that accounting did not mention is not taken for an erased one."""
    fields = read(MobilePhone=None).fields
    assert fields == {"mobile": None}


def test_a_customer_without_a_number_is_read_too() -> None:
    """It is somebody's question, not an unreadable record."""
    assert read(CustomerNumber="").fields == read(CustomerNumber=None).fields == {"number": None}


def test_a_private_person_is_one() -> None:
    """The yes/no of Visma becomes our customer type."""
    assert read(IsPrivatePerson=True).fields["type"] == "private"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("7", "not an object"),
        ("{}", "Id is missing"),
        ('{"Id":"../x"}', "Id is not an id"),
        (f'{{"Id":"{ID}","Id":"{ID}"}}', "a key stands twice"),
        (f'{{"Id":"{ID}","Name":{{"secret":1}}}}', "Name is not a text"),
        (f'{{"Id":"{ID}","CustomerNumber":1001}}', "CustomerNumber is not a text"),
        (f'{{"Id":"{ID}","IsActive":null}}', "IsActive is neither true nor false"),
        (f'{{"Id":"{ID}","IsPrivatePerson":"yes"}}', "IsPrivatePerson is neither true nor false"),
        (f'{{"Id":"{ID}","DiscountPercentage":"0.1"}}', "DiscountPercentage is not a number"),
        (f'{{"Id":"{ID}","DiscountPercentage":true}}', "DiscountPercentage is not a number"),
        (f'{{"Id":"{ID}","PropertyReference":"1","PropertyType":3}}', "PropertyType is an unknown kind of property"),
        (f'{{"Id":"{ID}","PropertyReference":"1","PropertyType":1.5}}', "PropertyType is not a whole number"),
    ],
)
def test_a_customer_that_cannot_be_read_is_set_aside(raw: str, reason: str) -> None:
    """The report names the field that is wrong, and never what stood in it."""
    reject = refused(raw)
    assert reason in reject.reasons
    assert "secret" not in str(reject)


@pytest.mark.parametrize(
    ("value", "own"), [({"Id": ID, "Name": 7}, ID), ({"Id": "../x"}, None), ({"id": ID}, None), ([ID], None), (7, None)]
)
def test_a_customer_is_known_by_its_id_before_it_is_read(value: JsonValue, own: str | None) -> None:
    """Also one that cannot be read; what could not stand in an address is no id."""
    assert visma.remote_id(value) == own


def test_a_set_aside_customer_is_reported_under_its_number() -> None:
    """The administrator learns which customer it is."""
    reject = refused(f'{{"Id":"{ID}","CustomerNumber":"1001","Name":7}}')
    assert (reject.remote_id, reject.number) == (ID, "1001")


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        *(("0.125", "12.5"), ("0.1250", "12.5"), ("1", "100"), ("1.0", "100"), ("0.0001", "0.01")),
        *(("1e-1", "10"), ("0", None), ("0.0", None), ("-0.0", None), ("null", None)),
        *(("0.12500000000000000000000000000000000000", "12.5"),),
    ],
)
def test_a_discount_is_shown_in_per_cent(text: str, percent: str | None) -> None:
    """A share of 0.125 is 12.5 per cent, exactly."""
    record = share(text)
    assert record.fields["discount_percentage"] == percent
    assert not record.unfit


@pytest.mark.parametrize("text", ["0.00001", "0.33333", "1.1", "-0.1", "7", "1e99999", "1e-99999", "0." + "1" * 60])
def test_a_discount_that_the_register_cannot_hold_is_never_rounded(text: str) -> None:
    """A third is asked about instead of becoming 33.33."""
    record = share(text)
    assert "discount_percentage" not in record.fields
    assert "per cent" in record.unfit["discount_percentage"]


@given(st.integers(0, 10_000))
def test_every_discount_of_two_decimals_survives_both_ways(hundredths: int) -> None:
    """What Visma shows after our write is what we wrote."""
    text = format(Decimal(hundredths).scaleb(-2).normalize(), "f")
    wire = visma.changes_to_wire({"discount_percentage": text}, {}, terms())
    assert share(dump(wire["DiscountPercentage"])).fields["discount_percentage"] == (text if hundredths else None)


def test_characters_that_no_database_takes_are_reported() -> None:
    """Half an emoji in a name is said, not stored and not a crash."""
    record = read(Name="Bo\ud83d", Telephone="08\0", EmailAddress="\ud800", MobilePhone="\udfff")
    assert set(record.unfit) == {"name", "phone", "email", "mobile"}
    assert all(record.unfit.values())
    assert not record.fields
    assert read(ContactPersonName="Anna\tBo").fields == {"contact_name": "Anna\tBo"}


def test_terms_are_named_by_the_customers_own_copy_first() -> None:
    """Reading a customer does not need the list of terms when the name stands beside the id."""
    named = read(TermsOfPaymentId="zz", TermsOfPayment={"Id": "zz", "Name": "60 dagar"})
    assert named.fields["terms_of_payment"] == "60 dagar"
    english = read(TermsOfPaymentId="zz", TermsOfPayment={"Id": "zz", "Name": None, "NameEnglish": "60 days"})
    assert english.fields["terms_of_payment"] == "60 days"


@pytest.mark.parametrize("nested", [None, {"Id": "other", "Name": "Fel"}, {"Id": "T10"}, {"Id": "T10", "Name": 7}])
def test_terms_are_else_named_by_the_list(nested: JsonValue) -> None:
    """A copy that belongs to other terms is not believed, and one without a name says nothing."""
    assert read(TermsOfPaymentId="T10", TermsOfPayment=nested).fields["terms_of_payment"] == "10 days"


def test_unknown_terms_are_unknown_and_missing_ones_empty() -> None:
    """Terms that nobody can name change nothing in the register."""
    assert "terms_of_payment" not in read(TermsOfPaymentId="gone").fields
    assert read(TermsOfPaymentId=None).fields["terms_of_payment"] is None


@pytest.mark.parametrize(
    ("kind", "reference", "expected"),
    [
        (1, "1101", {"apartment_number": "1101", "property_designation": None}),
        (2, "Björnen 3", {"apartment_number": None, "property_designation": "Björnen 3"}),
        (None, "", {"apartment_number": None, "property_designation": None}),
        (None, "Björnen 3", {}),
    ],
)
def test_a_property_reference_is_read_by_its_type(kind: int | None, reference: str, expected: dict[str, Value]) -> None:
    """An apartment number is never shown as a property's designation."""
    assert read(PropertyType=kind, PropertyReference=reference).fields == expected


def test_a_property_reference_without_its_type_tells_nothing() -> None:
    """An answer that lacks the type erases neither field."""
    assert read(PropertyReference="1101").fields == {}


def test_terms_are_found_by_name_or_id_and_only_for_sales() -> None:
    """The setting terms_of_payment takes a name in any case, or an id."""
    known = terms()
    assert known.id_of(" 30 dagar netto ") == known.id_of("30 DAGAR NETTO") == known.id_of("T30") == "t30"
    assert known.id_of("45 dagar leverantör") is None
    assert known.names == {"30 dagar netto", "10 days"}
    assert (known.first, visma.Terms().first) == ("t30", None)


def test_terms_that_cannot_be_read_are_left_out() -> None:
    """One broken entry does not hide the others."""
    terms = visma.Terms.of([7, {"Id": 7, "Name": "x"}, {"Id": "a"}, {"Id": "b", "Name": "B"}])
    assert terms.names == {"B"}
