"""A customer before it is stored, and what differs between two states of one (R-01, R-14, R-20, R-21)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.register.clean import clean_all
from syncd.register.fields import FIELDS
from syncd.register.history import Change
from syncd.register.problems import InvalidFieldsError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncd.register.fields import Field, Value
    from syncd.register.settings import GroupSettings


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to create. ``number`` None: the register gives the next one.

    ``fields`` are the filled fields but the number. ``defaulted`` names those that nobody gave: at
    a first link they count as empty until a person touches them.
    """

    number: str | None
    fields: Mapping[str, Value]
    defaulted: frozenset[str] = field(default=frozenset())

    @property
    def name(self) -> str:
        """The customer's name."""
        return str(self.fields["name"])


def draft(
    fields: Mapping[str, Value],
    *,
    country: str | None = None,
    known: Mapping[str, Field] = FIELDS,
) -> NewCustomer:
    """Check what a person typed about a new customer; report everything wrong with it at once."""
    given = {"name": None, **_without_empty_number(fields)}
    return with_defaults(clean_all(given, country=country, known=known))


def with_defaults(cleaned: Mapping[str, Value]) -> NewCustomer:
    """Complete checked fields with the register's defaults and remember which they were."""
    filled = {name: value for name, value in cleaned.items() if value is not None}
    number = filled.pop("number", None)
    if "name" not in filled:
        raise InvalidFieldsError([Problem("name", "cannot be empty", "Give it a value.")])
    defaults = {
        name: known.default for name, known in FIELDS.items() if known.default is not None and name not in filled
    }
    return NewCustomer(None if number is None else str(number), {**filled, **defaults}, frozenset(defaults))


def changes(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[Change, ...]:
    """Return what differs, in the order of the fields; a field that ``after`` lacks is unchanged."""
    order = (*(name for name in FIELDS if name in after), *(n for n in after if n not in FIELDS))
    return tuple(Change(name, before.get(name), after[name]) for name in order if before.get(name) != after[name])


def display_name(number: str, name: str, facilities: Sequence[str], settings: GroupSettings) -> str:
    """Return the customer as lists show it: by its facilities, and with its number, where the group wants it so."""
    shown = ", ".join(facilities) if settings.show_facility_name and facilities else name
    return f"{number} {shown}" if settings.include_number_in_display_name else shown


def _without_empty_number(fields: Mapping[str, Value]) -> dict[str, Value]:
    """A new customer without a number asks for the next one; that is not an emptied number."""
    number = fields.get("number")
    asks = number is None or (isinstance(number, str) and not number.strip())
    return {name: raw for name, raw in fields.items() if name != "number" or not asks}
