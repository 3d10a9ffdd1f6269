"""The settings of a connection as the engine reads them, together with what the vendor can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from syncd.register.custom_fields import is_own
from syncd.values.capabilities import Direction
from syncd.values.equality import same
from syncd.values.units import UNITS, unit_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.register.fields import Value
    from syncd.values.capabilities import Capabilities, FieldRule
    from syncd.values.units import Unit

Policy = Literal["ask", "register", "accounting", "newest"]
Deletion = Literal["deactivate", "delete", "keep"]


@dataclass(frozen=True)
class Rules:
    """How one connection is to be judged. Directions and policies are by unit name; absent means the default.

    Without slots: what every customer is asked for again is worked out once and kept.
    """

    capabilities: Capabilities
    directions: Mapping[str, Direction] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    first_link: Policy = "ask"
    conflict_policy: Policy = "ask"
    create_in_accounting: bool = True
    create_in_register: bool = True
    deletion: Deletion = "deactivate"
    country: str | None = None
    name_likeness: int = 50
    number_minimum: int = 1
    number_maximum: int = 64

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Every unit that this connection may know: those of all customers, and the group's own fields."""
        return (*UNITS.values(), *(unit_named(name) for name in sorted(self.capabilities.fields) if is_own(name)))

    @cached_property
    def targets(self) -> dict[str, str]:
        """The places that an administrator chose, by field."""
        return {name: rule.target for name, rule in self.capabilities.fields.items() if rule.target is not None}

    def supported(self, unit: Unit) -> tuple[str, ...]:
        """The unit's members that the vendor has a place for (S-24)."""
        return tuple(name for name in unit.members if self.capabilities.supports(name))

    def rule(self, name: str) -> FieldRule:
        """What the vendor accepts in a supported field."""
        return self.capabilities.fields[name]

    def direction(self, unit: Unit) -> Direction:
        """The unit's direction: the setting, else the mapping's default; ``off`` where the vendor has no place."""
        return self._in_force[unit.name]

    def policy(self, unit: Unit) -> Policy:
        """The unit's conflict policy; ``newest`` without the vendor's times is ``ask`` (S-22)."""
        chosen = self.policies.get(unit.name, self.conflict_policy)
        if chosen == "newest" and not self.capabilities.knows_field_times:
            return "ask"
        return chosen

    def judged(self) -> tuple[Unit, ...]:
        """The units that this connection compares."""
        return self._judged

    def flows(self, *directions: Direction) -> frozenset[str]:
        """The supported fields whose unit goes in one of these directions."""
        if directions not in self._flows:
            self._flows[directions] = frozenset().union(*(self._flowing[direction] for direction in directions))
        return self._flows[directions]

    @cached_property
    def imported(self) -> frozenset[str]:
        """The fields that a customer who is only in accounting brings into the register."""
        always = self.capabilities.fields.keys() & {"number", "name"}
        return self.flows("both", "from_accounting") | always

    @cached_property
    def _flows(self) -> dict[tuple[Direction, ...], frozenset[str]]:
        return {}

    @cached_property
    def _in_force(self) -> dict[str, Direction]:
        return {unit.name: self._direction(unit) for unit in self.units}

    def _direction(self, unit: Unit) -> Direction:
        members = self.supported(unit)
        if not members:
            return "off"
        return self.directions.get(unit.name, self.rule(members[0]).direction)

    @cached_property
    def _judged(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if self.direction(unit) != "off")

    @cached_property
    def _flowing(self) -> dict[Direction, frozenset[str]]:
        """The supported fields of the judged units, by direction."""
        found: dict[Direction, frozenset[str]] = dict.fromkeys(get_args(Direction), frozenset())
        for unit in self._judged:
            found[self.direction(unit)] |= frozenset(self.supported(unit))
        return found

    def same(self, name: str, one: Value, other: Value) -> bool:
        """Whether two values mean the same for this company."""
        return same(name, one, other, country=self.country)

    def all_same(self, names: Iterable[str], one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
        """Whether two sets of fields mean the same in all these names."""
        return all(self.same(name, one.get(name), other.get(name)) for name in names)
