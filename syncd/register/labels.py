"""What the fields of a customer are called where people read them: headings of files, mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.language import Text

if TYPE_CHECKING:
    from syncd.register.language import Language

_ADDRESSES = {
    "invoice": Text("Invoice address", "Fakturaadress"),
    "visiting": Text("Visiting address", "Besöksadress"),
    "mail": Text("Postal address", "Postadress"),
}
_PARTS = {
    "line1": Text("line 1", "rad 1"),
    "line2": Text("line 2", "rad 2"),
    "postal_code": Text("postal code", "postnummer"),
    "city": Text("city", "ort"),
    "country": Text("country", "land"),
}


def _addresses() -> dict[str, Text]:
    whole = {f"{kind}_address": text for kind, text in _ADDRESSES.items()}
    parts = {
        f"{kind}_{part}": Text(f"{address.en}, {text.en}", f"{address.sv}, {text.sv}")
        for kind, address in _ADDRESSES.items()
        for part, text in _PARTS.items()
    }
    return {**whole, **parts}


LABELS: dict[str, Text] = {
    "number": Text("Customer number", "Kundnummer"),
    "name": Text("Name", "Namn"),
    "type": Text("Type", "Typ"),
    "organisation_number": Text("Organisation number", "Organisationsnummer"),
    "vat_number": Text("VAT number", "Momsregistreringsnummer"),
    "active": Text("Active", "Aktiv"),
    "email": Text("E-mail", "E-post"),
    "phone": Text("Phone", "Telefon"),
    "mobile": Text("Mobile", "Mobil"),
    "website": Text("Website", "Webbplats"),
    "language": Text("Language", "Språk"),
    "currency": Text("Currency", "Valuta"),
    **_addresses(),
    "contact": Text("Contact", "Kontaktperson"),
    "contact_name": Text("Contact, name", "Kontaktperson, namn"),
    "contact_email": Text("Contact, e-mail", "Kontaktperson, e-post"),
    "contact_phone": Text("Contact, phone", "Kontaktperson, telefon"),
    "contact_mobile": Text("Contact, mobile", "Kontaktperson, mobil"),
    "property_designation": Text("Property designation", "Fastighetsbeteckning"),
    "apartment_number": Text("Apartment number", "Lägenhetsnummer"),
    "housing_association_number": Text(
        "Housing association's organisation number", "Bostadsrättsföreningens organisationsnummer"
    ),
    "note": Text("Note", "Anteckning"),
    "comments": Text("Comments", "Kommentarer"),
    "discount_percentage": Text("Discount, per cent", "Rabatt, procent"),
    "terms_of_payment": Text("Terms of payment", "Betalningsvillkor"),
    "our_reference": Text("Our reference", "Vår referens"),
}
"""Every field and every group of fields by name."""


def label(name: str, language: Language) -> str:
    """Return what a field or a group of fields is called; what has no label is called by its name."""
    known = LABELS.get(name)
    return name if known is None else known.to(language)
