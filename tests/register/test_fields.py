"""The names that people see everywhere: command line, JSON, upload headings, conflicts, history."""

from __future__ import annotations

from syncd.register.clean import clean
from syncd.register.fields import CONTACT_FIELDS, FIELDS

PROMISED = (
    "number name type organisation_number vat_number active email phone mobile website language currency"
    " invoice_line1 invoice_line2 invoice_postal_code invoice_city invoice_country"
    " visiting_line1 visiting_line2 visiting_postal_code visiting_city visiting_country"
    " mail_line1 mail_line2 mail_postal_code mail_city mail_country"
    " contact_name contact_email contact_phone contact_mobile"
    " property_designation apartment_number housing_association_number note comments"
    " discount_percentage terms_of_payment"
)


def test_the_fields_are_those_that_the_documents_promise() -> None:
    assert list(FIELDS) == PROMISED.split()


def test_each_address_has_a_country_and_texts() -> None:
    for kind in ("invoice", "visiting", "mail"):
        parts = {name: field.kind for name, field in FIELDS.items() if name.startswith(f"{kind}_")}
        assert parts.pop(f"{kind}_country") == "country"
        assert set(parts.values()) == {"text"}


def test_the_accounting_contact_is_part_of_the_fields() -> None:
    assert set(CONTACT_FIELDS) <= set(FIELDS)


def test_every_default_is_a_value_that_a_person_could_have_typed() -> None:
    defaults = {name: field.default for name, field in FIELDS.items() if field.default is not None}

    assert defaults == {"type": "company", "active": True}
    assert all(clean(name, default) == default for name, default in defaults.items())
