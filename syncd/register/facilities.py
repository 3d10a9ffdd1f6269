"""The facilities of a customer: where work is done (R-21)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from syncd.errors import RefusedError
from syncd.register.clean import clean_all
from syncd.register.fields import ADDRESS_PARTS, Field
from syncd.register.picking import pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncd.register.fields import Value

FACILITY_COLUMNS: dict[str, Field] = {
    "name": Field("name", required=True),
    **{part: Field(part, "country" if part == "country" else "text") for part in ADDRESS_PARTS},
}
"""The fields of one facility."""


@dataclass(frozen=True, slots=True)
class Facility:
    """A place that belongs to one customer."""

    name: str
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None


class FacilityTakenError(RefusedError):
    """Orders name a facility by its name, so a customer has each name once."""

    code = "facility_taken"

    def __init__(self) -> None:
        super().__init__("The customer has a facility of this name already.", remedy="Change that one, or rename it.")


def parse_facility(raw: Mapping[str, Value]) -> Facility:
    """Check a facility as a person typed it."""
    cleaned: dict[str, Any] = clean_all({"name": None, **raw}, known=FACILITY_COLUMNS)
    return Facility(**cleaned)


def changed_facility(facility: Facility, raw: Mapping[str, Value]) -> Facility:
    """Return the facility after a person changed these fields of it."""
    changes: dict[str, Any] = clean_all(raw, known=FACILITY_COLUMNS)
    return replace(facility, **changes)


def pick_facility(facilities: Sequence[Facility], which: str | int) -> int:
    """Return the index of the facility that a person means: by name or by place."""
    return pick("facility", facilities, which, lambda facility: (facility.name,))


def check_facilities(facilities: Sequence[Facility]) -> None:
    """Refuse two facilities of one name."""
    if len({facility.name.casefold() for facility in facilities}) < len(facilities):
        raise FacilityTakenError
