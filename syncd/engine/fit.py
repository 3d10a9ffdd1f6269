"""Whether the accounting system can hold a value (S-23). Never cut, padded or altered: said, or sent whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.values.equality import is_empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.engine.rules import Rules
    from syncd.register.fields import Value


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a field cannot be sent, in words that name the field, the length and the limit but not the value."""

    field: str
    reason: str


def misfit(name: str, value: Value, rules: Rules) -> Misfit | None:
    """Return why the vendor cannot hold ``value`` in the field ``name``, or None when it fits."""
    rule = rules.rule(name)
    if is_empty(value):
        return Misfit(name, f"{name} is required by accounting: fill it in the register") if rule.required else None
    text = value if isinstance(value, str) else ""
    if rule.limit is not None and len(text) > rule.limit:
        return Misfit(name, f"{name} is {len(text)} characters, accounting holds {rule.limit}: shorten it")
    if rule.codes is not None and text not in rule.codes:
        return Misfit(name, f"{name} holds a code that accounting does not have: choose one of its own")
    return None


def misfits(values: Mapping[str, Value], rules: Rules) -> tuple[Misfit, ...]:
    """Every field of ``values`` that the vendor cannot hold."""
    found = (misfit(name, value, rules) for name, value in values.items())
    return tuple(item for item in found if item is not None)
