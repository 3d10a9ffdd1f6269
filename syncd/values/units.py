"""Units of judgement: a field alone, or a group of fields that mean something only together (S-21, S-27)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
"""Every unit by name: single fields first, then the groups."""

UNIT_OF: dict[str, Unit] = {member: unit for unit in UNITS.values() for member in unit.members}
"""The unit that a field belongs to."""
