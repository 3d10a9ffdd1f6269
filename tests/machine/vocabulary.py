"""What people type in random histories, what it means, and where Visma keeps it.

Written from the contract's field names and the vendor's documents alone.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Value = str | bool | None

UNITS: dict[str, tuple[str, ...]] = {
    "number": ("number",),
    "name": ("name",),
    "type": ("type",),
    "active": ("active",),
    "phone": ("phone",),
    "email": ("email",),
    "organisation_number": ("organisation_number",),
    "discount_percentage": ("discount_percentage",),
    "housing_association_number": ("housing_association_number",),
    "invoice_address": ("invoice_line1", "invoice_postal_code", "invoice_city", "invoice_country"),
    "visiting_address": ("visiting_line1", "visiting_city"),
    "contact": ("contact_name", "contact_email"),
}
"""What is judged as one (S-21, S-27), with those of its fields that histories use."""

UNIT_OF = {field: unit for unit, fields in UNITS.items() for field in fields}

NUMBERS = ("1001", "1002", "1003", "1004", "1005", "0042")
CUSTOMERS = ("Alfa Rör AB", "Alfa Rör i Umeå AB")
STRANGERS = ("Zenit Fisk HB",)
"""Nobody would take one for the other; the others are alike."""

TOO_LONG = "Alfa Rör och Värme med Dotter, Svärson och Barnbarn i Umeå AB"
"""More than the 50 characters that Visma holds of a name."""

TYPED: dict[str, tuple[Value, ...]] = {
    "name": (*CUSTOMERS, TOO_LONG),
    "type": ("company", "private"),
    "phone": (None, "08-111 11 11", "+46 8 111 11 11", "08-222 22 22", "08-333 33 33"),
    "email": (None, "info@alfa.example", "INFO@ALFA.EXAMPLE", "rolf@alfa.example"),
    "organisation_number": (None, "556036-0793", "5560360793"),
    "discount_percentage": (None, "5", "10"),
    "housing_association_number": (None, "769600-0004", "769600-0012"),
    "invoice_line1": (None, "Storgatan 1", "Kyrkgatan 2"),
    "invoice_postal_code": (None, "111 22", "11122", "903 25"),
    "invoice_city": (None, "Stockholm", "Umeå"),
    "invoice_country": (None, "SE", "NO"),
    "visiting_line1": (None, "Hamngatan 5", "Älvgatan 6"),
    "visiting_city": (None, "Luleå", "Piteå"),
    "contact_name": (None, "Eva Ek", "Bo Al"),
    "contact_email": (None, "eva@alfa.example", "bo@alfa.example"),
}
"""What people on either side type into a field; the empty one clears it."""

_MEANINGS: dict[str, str | None] = {
    "+46 8 111 11 11": "08-111 11 11",
    "INFO@ALFA.EXAMPLE": "info@alfa.example",
    "5560360793": "556036-0793",
    "11122": "111 22",
    "SE": None,  # the company's own country goes without saying (S-29)
}


def meaning(value: Value) -> str | None:
    """What a value says: written differently it is still the same, and empty is nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _MEANINGS.get(value, value) if value else None


REQUIRED_THERE = frozenset({"name", "invoice_postal_code", "invoice_city"})
"""What Visma does not let go of (FACTS §5.1)."""

WAYS = {
    "discount_percentage": "from_accounting",
    "housing_association_number": "to_accounting",
    "visiting_address": "off",
}
"""Directions other than *both* (cli.md, default mapping)."""

DEFAULTS: dict[str, Value] = {"type": "company", "active": True}
"""What the register puts where nobody said anything (R-01, R-07)."""

HOME: dict[str, Value] = {"invoice_postal_code": "111 22", "invoice_city": "Stockholm"}

_PLAIN = {
    "number": "CustomerNumber",
    "name": "Name",
    "active": "IsActive",
    "phone": "Telephone",
    "email": "EmailAddress",
    "organisation_number": "CorporateIdentityNumber",
    "housing_association_number": "TaxDeductionNumber",
    "invoice_line1": "InvoiceAddress1",
    "invoice_postal_code": "InvoicePostalCode",
    "invoice_city": "InvoiceCity",
    "invoice_country": "InvoiceCountryCode",
    "visiting_line1": "DeliveryAddress1",
    "visiting_city": "DeliveryCity",
    "contact_name": "ContactPersonName",
    "contact_email": "ContactPersonEmail",
}


def in_visma(fields: dict[str, Value]) -> dict[str, Any]:
    """Fields in Visma's words."""
    found: dict[str, Any] = {_PLAIN[name]: value for name, value in fields.items() if name in _PLAIN}
    if "type" in fields:
        found["IsPrivatePerson"] = fields["type"] == "private"
    if "discount_percentage" in fields:
        found["DiscountPercentage"] = Decimal(str(fields["discount_percentage"] or 0)) / 100
    return found


def from_visma(row: dict[str, Any]) -> dict[str, Value]:
    """A customer of Visma's in our words."""
    share = Decimal(str(row["DiscountPercentage"])) * 100
    return {
        **{name: row[key] for name, key in _PLAIN.items()},
        "type": "private" if row["IsPrivatePerson"] else "company",
        "discount_percentage": f"{share.normalize():f}" if share else None,
    }


TECHNICIANS = {"tove": "Tove Tekniker", "nils": "Nils Nilsson"}
"""Those who can be assigned, by login."""
