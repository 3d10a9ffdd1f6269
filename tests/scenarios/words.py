"""The words of a scenario: field names, ranges of numbers, and how actions and conflicts read as sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PLAIN = {
    "number": "CustomerNumber",
    "name": "Name",
    "organisation_number": "CorporateIdentityNumber",
    "vat_number": "VatNumber",
    "active": "IsActive",
    "email": "EmailAddress",
    "phone": "Telephone",
    "mobile": "MobilePhone",
    "website": "WwwAddress",
    "invoice_line1": "InvoiceAddress1",
    "invoice_line2": "InvoiceAddress2",
    "invoice_postal_code": "InvoicePostalCode",
    "invoice_city": "InvoiceCity",
    "invoice_country": "InvoiceCountryCode",
    "contact_name": "ContactPersonName",
    "contact_email": "ContactPersonEmail",
    "contact_phone": "ContactPersonPhone",
    "contact_mobile": "ContactPersonMobile",
    "currency": "CurrencyCode",
    "language": "SalesDocumentLanguage",
}
"""Our names and Visma's where nothing but the name differs (cli.md, default mapping; FACTS §5.1)."""

REGISTER_ONLY = frozenset(
    {
        *("type", "terms_of_payment", "discount_percentage", "note", "comments"),
        *("property_designation", "apartment_number", "housing_association_number"),
        *(f"{kind}_{part}" for kind in ("visiting", "mail") for part in ("line1", "line2", "postal_code", "city")),
        *("visiting_country", "mail_country"),
    }
)
FIELDS = PLAIN.keys() | REGISTER_ONLY

MAPPED = frozenset(
    {
        *PLAIN.values(),
        *("IsPrivatePerson", "TermsOfPaymentId", "DiscountPercentage", "PropertyReference", "PropertyType"),
        *("TaxDeductionNumber", *(f"Delivery{part}" for part in ("Address1", "Address2", "PostalCode", "City"))),
        "DeliveryCountryCode",
    }
)
"""What syncd may write on a Visma customer."""

DERIVED = frozenset({"ChangedUtc", "TermsOfPayment"})
"""What Visma itself moves when something is written."""

_RANGE = re.compile(r"(\d+)\.\.(\d+)")


def numbers(text: str) -> list[str]:
    """One number, or all of ``2001..2030``."""
    found = _RANGE.fullmatch(text)
    return [str(n) for n in range(int(found[1]), int(found[2]) + 1)] if found else [text]


def filled(value: Any, number: str) -> Any:  # noqa: ANN401  a YAML value
    """The value with ``{number}`` filled in."""
    return value.replace("{number}", number) if isinstance(value, str) else value


def each(acts: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every number of a map by number or range, with its fields."""
    for key, fields in acts.items():
        for number in numbers(key):
            yield number, {name: filled(value, number) for name, value in fields.items()}


def rows(given: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every customer of a list; one with ``numbers: 2001..2030`` is thirty."""
    for row in given:
        if "numbers" not in row:
            yield dict(row)
            continue
        rest = {name: value for name, value in row.items() if name != "numbers"}
        for number in numbers(row["numbers"]):
            yield {"number": number, **{name: filled(value, number) for name, value in rest.items()}}


def said(value: Any) -> str:  # noqa: ANN401  a JSON value
    """A value as a scenario writes it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def action(line: Mapping[str, Any]) -> str:
    """One line of a report as a sentence; the outcome is told when it is not the good one."""
    kind, number, field = line["kind"], line["customer_number"] or "(no number)", line["field"]
    moved = f"{said(line['before'])} -> {said(line['after'])}"
    match kind:
        case "create_in_accounting" | "create_in_register":
            text = f"{kind} {number}"
        case "open_conflict" | "close_conflict":
            text = f"{kind} {number}" + (f" {field}" if field else "")
        case "deactivate" | "reactivate":
            text = f"{kind} {number} in {line['target']}"
        case "renumber":
            text = f"{kind} in {line['target']} {moved}"
        case "our_reference":
            text = f"{kind} {number} {moved}"
        case _:
            text = f"{kind} {number} {field} {moved}" if field else f"{kind} {number}"
    good = line["outcome"] in {"done", "planned"}
    return text if good else f"{text} ({line['outcome']})"


def conflict(kind: str, number: str | None, field: str | None) -> str:
    """One conflict as a sentence."""
    return " ".join(part for part in (kind, number or "(no number)", field) if part)
