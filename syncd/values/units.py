"""Units of judgement: a field alone, or a group of fields that mean something only together (S-21, S-27)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from syncd.register.custom_fields import is_own
from syncd.register.fields import ADDRESS_PARTS, ADDRESSES, CONTACT_FIELDS, FIELDS, Value

Fields = Mapping[str, Value]
"""Canonical fields by name. A name that is missing is *unknown*, a name holding None is *cleared* (S-28)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A name under which a conflict is asked and a policy is set, with the fields it covers."""

    name: str
    members: tuple[str, ...]

    @property
    def is_group(self) -> bool:
        """Whether several fields are judged as one."""
        return len(self.members) > 1


GROUPS = (
    *(Unit(f"{kind}_address", tuple(f"{kind}_{part}" for part in ADDRESS_PARTS)) for kind in ADDRESSES),
    Unit("contact", CONTACT_FIELDS),
)
_GROUPED = {member for group in GROUPS for member in group.members}

UNITS: dict[str, Unit] = {
    unit.name: unit for unit in (*(Unit(name, (name,)) for name in FIELDS if name not in _GROUPED), *GROUPS)
}
"""Every unit that all customers have, by name: single fields first, then the groups."""

_UNIT_OF: dict[str, Unit] = {member: unit for unit in UNITS.values() for member in unit.members}


def unit_named(name: str) -> Unit:
    """Return the unit of this name; a group's own field (``custom.<key>``) is one by itself. Raises ``KeyError``."""
    return _alone(name) if is_own(name) else UNITS[name]


def unit_of(field: str) -> Unit:
    """Return the unit that a field belongs to. Raises ``KeyError``."""
    return _alone(field) if is_own(field) else _UNIT_OF[field]


def find_unit(name: str | None) -> Unit | None:
    """Return the unit of this name, None where there is none."""
    return unit_named(name) if name and (name in UNITS or is_own(name)) else None


def is_field(name: str | None) -> bool:
    """Whether customers have a field of this name, as far as names tell."""
    return name is not None and (name in _UNIT_OF or is_own(name))


@cache
def _alone(name: str) -> Unit:
    return Unit(name, (name,))
