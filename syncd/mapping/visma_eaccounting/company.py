"""What a Visma eAccounting company is and can hold (FACTS §5, §5.5, §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.mapping.visma_eaccounting.documents import FEEDS, REFERENCE_LIMIT
from syncd.mapping.visma_eaccounting.reading import Reader
from syncd.mapping.visma_eaccounting.targets import TARGETS, places
from syncd.values.capabilities import Capabilities, FieldRule
from syncd.values.records import Company, Reject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from syncd.mapping.overlay import JsonValue
    from syncd.values.capabilities import Feed

SYSTEM = "visma_eaccounting"

CLOSED_STATUSES = {0: "inactive", 2: "read-only"}
"""CompanyStatus values in which nothing can be written (spec)."""


def capabilities(
    terms: AbstractSet[str] | None, feeds: tuple[Feed, ...] = FEEDS, chosen: Mapping[str, str] | None = None
) -> Capabilities:
    """Everything that a customer can hold.

    ``terms``: names of the company's terms of payment; ``chosen``: the places that an administrator gave to fields.
    """
    return Capabilities(
        system=SYSTEM,
        fields={
            place.name: FieldRule(
                direction=place.direction,
                limit=place.limit,
                required=place.required,
                codes=terms if place.form == "terms" else None,
                target=place.target,
            )
            for place in places(chosen or {})
        },
        reference="documents",
        reference_limit=REFERENCE_LIMIT,
        feeds=feeds,
        targets=TARGETS,
    )


def company(value: JsonValue) -> Company | Reject:
    """Read ``/companysettings``: the company's own identity, checked at every run (S-73)."""
    reader = Reader.of(value)
    number = reader.text("CorporateIdentityNumber")
    identity = reader.text("CompanyIdentifier") or number
    name, *rest = (reader.text(key) for key in ("Name", "CountryCode", "CurrencyCode", "OurReference"))
    if identity is None and not reader.problems:
        reader.wrong("CompanyIdentifier", "is missing")
    if identity is None or reader.problems:
        return Reject(None, None, tuple(reader.problems))
    return Company(identity, name or "", number, *rest)
