"""Where each of our fields stands on Visma eAccounting's customer (FACTS §5.1, spec ``CustomerApi``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from syncd.register.fields import ADDRESS_PARTS

if TYPE_CHECKING:
    from syncd.values.capabilities import Direction

Form = Literal["text", "number", "flag", "type", "terms", "percent", "property"]


@dataclass(frozen=True, slots=True)
class Place:
    """One of our fields: the vendor's key, its form there, its limit in characters and the default direction.

    ``target`` names a place that an administrator chose. What stands there need not have been written for our field:
    ``holds`` and ``lines`` say how long a text the field takes, and whether one of several lines.
    """

    name: str
    key: str
    limit: int | None = None
    form: Form = "text"
    direction: Direction = "both"
    required: bool = False
    target: str | None = None
    holds: int | None = None
    lines: bool = True


_ADDRESS_KEYS = dict(
    zip(
        ADDRESS_PARTS,
        (("Address1", 50), ("Address2", 50), ("PostalCode", 10), ("City", 50), ("CountryCode", 2)),
        strict=True,
    )
)


def address(
    ours: str, theirs: str, direction: Direction, required: tuple[str, ...] = (), *, target: str | None = None
) -> tuple[Place, ...]:
    """Return where the parts of an address stand."""
    return tuple(
        Place(f"{ours}_{part}", theirs + key, limit, direction=direction, required=part in required, target=target)
        for part, (key, limit) in _ADDRESS_KEYS.items()
    )


PLACES = (
    Place("number", "CustomerNumber", 16, "number", required=True),
    Place("name", "Name", 50, required=True),
    Place("type", "IsPrivatePerson", form="type", required=True),
    Place("organisation_number", "CorporateIdentityNumber", 20),
    Place("vat_number", "VatNumber", 20),
    Place("active", "IsActive", form="flag", required=True),
    Place("email", "EmailAddress", 255),
    Place("phone", "Telephone", 50),
    Place("mobile", "MobilePhone", 50),
    Place("website", "WwwAddress", 255),
    *address("invoice", "Invoice", "both", required=("postal_code", "city")),
    *address("visiting", "Delivery", "off"),
    Place("contact_name", "ContactPersonName", 100),
    Place("contact_email", "ContactPersonEmail", 255),
    Place("contact_phone", "ContactPersonPhone", 50),
    Place("contact_mobile", "ContactPersonMobile", 50),
    Place("terms_of_payment", "TermsOfPaymentId", form="terms", direction="from_accounting"),
    Place("currency", "CurrencyCode", 3, direction="from_accounting"),
    Place("language", "SalesDocumentLanguage", 2, direction="from_accounting"),
    Place("discount_percentage", "DiscountPercentage", form="percent", direction="from_accounting"),
    Place("apartment_number", "PropertyReference", 40, "property", "to_accounting"),
    Place("property_designation", "PropertyReference", 40, "property", "to_accounting"),
    Place("housing_association_number", "TaxDeductionNumber", direction="to_accounting"),
)
"""Every field of ours that a Visma customer can hold (cli.md, default mapping)."""

PLACE = {place.name: place for place in PLACES}

ALWAYS_SENT = ("CustomerNumber", "IsActive", "IsPrivatePerson")
"""Never omitted: a missing number may be renumbered, a missing yes/no means *no* (FACTS §5.2)."""

WRITABLE = frozenset(
    {
        *(place.key for place in PLACES),
        *("PropertyType", "Note", "GLN", "EdiGlnNumber", "ElectronicAddress", "ElectronicReference"),
        *("EdiServiceDelivererId", "EmailAddressOrder", "EmailAddressQuote", "EmailAddresses", "CustomerLabels"),
        *("DeliveryCustomerName", "DeliveryMethodId", "DeliveryTermId", "DiscountAgreementId", "SalesPriceListId"),
        *("WebshopCustomerNumber", "ReverseChargeOnConstructionServices", "ForceBookkeepVat", "DeliveryBasedVat"),
        *("IsNorthernIreland", "DirectDebitCustomerSettings"),
    }
)
"""Keys that a PUT blanks when they are missing from it (FACTS §5.3, measured)."""
