"""The fields that one group's customers have: everybody's, those its settings show, and its own (R-22, R-23, R-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.fields import FIELDS, Field
from syncd.register.problems import InvalidFieldsError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.register.custom_fields import CustomField
    from syncd.register.fields import Value
    from syncd.register.settings import GroupSettings

COST_CENTER = Field("cost_center", limit=64)
ORDER_NUMBER = Field("customer_order_number", limit=64)
LETTERS = "discount_letters"
"""Selecting letters reads like a field, though they stand in a register of their own."""


def switched(settings: GroupSettings) -> dict[str, bool]:
    """Return the fields that settings show or hide. Hidden ones keep their values."""
    return {COST_CENTER.name: settings.show_cost_center, ORDER_NUMBER.name: settings.asks_order_number}


def vocabulary(settings: GroupSettings, custom: Iterable[CustomField], letters: Iterable[str]) -> dict[str, Field]:
    """Return every field that can be typed for a customer; ``letters`` are the codes that can be chosen."""
    shown = [field for field in (COST_CENTER, ORDER_NUMBER) if switched(settings)[field.name]]
    own = [one.field for one in custom if not one.retired]
    chosen = Field(LETTERS, "choices", limit=10_000, choices=tuple(letters))
    return {**FIELDS, **{field.name: field for field in (*shown, chosen, *own)}}


def shown_fields(
    fields: Mapping[str, Value], settings: GroupSettings, custom: Iterable[CustomField]
) -> dict[str, Value]:
    """Return what a customer's card shows: what is switched off is left out, a retired field only while filled.

    A field of everybody's that is absent is withheld from whoever looks.
    """
    common = [name for name in FIELDS if name in fields]
    optional = [name for name, shown in switched(settings).items() if shown]
    own = [one.name for one in custom if not one.retired or fields.get(one.name) is not None]
    return {name: fields.get(name) for name in (*common, *optional, *own)}


def refuse_switched_off(names: Iterable[str], settings: GroupSettings, custom: Iterable[CustomField]) -> None:
    """Refuse fields that exist and are not offered, with what would bring them back."""
    off = {name: f"show_{name.removeprefix('customer_')}" for name, shown in switched(settings).items() if not shown}
    retired = {one.name: one.key for one in custom if one.retired}
    problems = []
    for name in names:
        if name in off:
            problems.append(Problem(name, "is switched off", f"Switch it on: syncd settings set {off[name]}=yes."))
        elif name in retired:
            problems.append(Problem(name, "is retired", f"Bring it back: syncd field restore {retired[name]}."))
    if problems:
        raise InvalidFieldsError(problems)
