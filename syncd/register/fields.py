"""The vocabulary of the register: every field a customer has, with its kind and its limits.

Field names are the same everywhere: command line, JSON, upload headings, conflicts and history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Value = str | bool | None
"""A field's value: text (decimals as plain text such as ``12.5``), yes/no, or nothing."""

Kind = Literal[
    "text",
    "number",
    "type",
    "identity",
    "vat",
    "flag",
    "email",
    "phone",
    "url",
    "code",
    "country",
    "percent",
    "key",
    "decimal",
    "date",
    "choice",
    "choices",
    "slug",
]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a customer.

    ``limit`` counts characters; ``default`` is set when nobody gave a value; ``lines`` says that the
    text may have several lines; ``choices`` are all that can be chosen.
    """

    name: str
    kind: Kind = "text"
    limit: int = 255
    default: Value = None
    required: bool = False
    lines: bool = False
    choices: tuple[str, ...] = ()


ADDRESS_PARTS = ("line1", "line2", "postal_code", "city", "country")
ADDRESSES = ("invoice", "visiting", "mail")
CONTACT_PARTS = ("name", "email", "phone", "mobile")


def _address(prefix: str) -> tuple[Field, ...]:
    return tuple(Field(f"{prefix}_{part}", "country" if part == "country" else "text") for part in ADDRESS_PARTS)


_ALL = (
    Field("number", "number", limit=64, required=True),
    Field("name", limit=255, required=True),
    Field("type", "type", default="company", required=True),
    Field("organisation_number", "identity", limit=32),
    Field("vat_number", "vat", limit=32),
    Field("active", "flag", default=True, required=True),
    Field("email", "email", limit=320),
    Field("phone", "phone"),
    Field("mobile", "phone"),
    Field("website", "url", limit=2000),
    Field("language", "code", limit=2),
    Field("currency", "code", limit=3),
    *_address("invoice"),
    *_address("visiting"),
    *_address("mail"),
    Field("contact_name"),
    Field("contact_email", "email", limit=320),
    Field("contact_phone", "phone"),
    Field("contact_mobile", "phone"),
    Field("property_designation"),
    Field("apartment_number"),
    Field("housing_association_number", "identity", limit=32),
    Field("note", limit=10_000, lines=True),
    Field("comments", limit=10_000, lines=True),
    Field("discount_percentage", "percent", limit=6),
    Field("terms_of_payment"),
)

FIELDS: dict[str, Field] = {field.name: field for field in _ALL}
"""Every stored field of a customer by name, in the order people read them."""

CONTACT_FIELDS = tuple(f"contact_{part}" for part in CONTACT_PARTS)
"""The accounting contact, seen as fields of the customer."""
