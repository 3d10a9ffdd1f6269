"""Fields without a place of their own in accounting, and the places that administrators choose for them.

The group's own fields, the note, the comments and the mail address are never sent by themselves: somebody maps each to
a free place (``field.<name>.target``). What a setting can know is checked here; values are judged like any other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syncd.errors import RefusedError
from syncd.register.custom_fields import is_own
from syncd.register.fields import FIELDS
from syncd.values.capabilities import FieldRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.values.capabilities import Capabilities, Target

ADDRESS = "mail_address"
WITHOUT_PLACE = ("note", "comments", ADDRESS)
"""The standard fields for which a place can be chosen."""

_TEXT = "text"
_BEGIN, _END = "field.", ".target"


def may_have_target(name: str) -> bool:
    """Whether a place can be chosen for this field."""
    return name in WITHOUT_PLACE or (is_own(name) and bool(name.removeprefix("custom.")))


def targets(stored: Mapping[str, Any]) -> dict[str, str]:
    """Return the places that were chosen, by field."""
    chosen = {key: value for key, value in stored.items() if key.startswith(_BEGIN) and key.endswith(_END) and value}
    return {key.removeprefix(_BEGIN).removesuffix(_END): str(value) for key, value in chosen.items()}


def with_targets(can: Capabilities, stored: Mapping[str, Any]) -> Capabilities:
    """Return what accounting can hold in the single fields that have a chosen place as well."""
    places = {name: can.targets[place] for name, place in targets(stored).items() if place in can.targets}
    chosen = {name: FieldRule(limit=place.limit) for name, place in places.items() if not place.address}
    return replace(can, fields={**can.fields, **chosen})


def fitting(name: str, can: Capabilities, own: Mapping[str, str]) -> tuple[str, ...]:
    """Return the places that can hold a field; ``own`` as below."""
    return tuple(place for place, target in can.targets.items() if _misfit(name, target, own) is None)


def checked_targets(stored: Mapping[str, Any], can: Capabilities, own: Mapping[str, str]) -> dict[str, Any]:
    """Return what the chosen places add to the settings; refuse places that do not fit.

    ``own`` holds the types of the group's own fields by name. What is no text goes to accounting alone, unless it is
    off: what somebody types there need not be a number, a date or a choice.
    """
    chosen = targets(stored)
    for name, place in chosen.items():
        _check(name, place, can, own)
    _check_once(chosen, stored)
    directions = {name: stored.get(f"field.{name}.direction") for name in chosen if own.get(name, _TEXT) != _TEXT}
    back = next((name for name, way in directions.items() if way in {"both", "from_accounting"}), None)
    if back is not None:
        remedy = f"Set field.{back}.direction=to_accounting."
        raise RefusedError(f"{back} is no text, so it cannot be taken from accounting", remedy=remedy)
    return {f"field.{name}.direction": "to_accounting" for name, way in directions.items() if way is None}


def _check(name: str, place: str, can: Capabilities, own: Mapping[str, str]) -> None:
    key, target = f"field.{name}.target", can.targets.get(place)
    if target is None:
        known = f"Free places: {', '.join(can.targets)}." if can.targets else "It has none."
        raise RefusedError(f"{key}: accounting has no free place {place}", remedy=known)
    if is_own(name) and name not in own:
        raise RefusedError(f"{key}: there is no such custom field", remedy="`syncd field list` shows them.")
    reason = _misfit(name, target, own)
    if reason is not None:
        raise RefusedError(f"{key}: {reason}", remedy=f"Free places: {', '.join(can.targets)}.")


def _misfit(name: str, target: Target, own: Mapping[str, str]) -> str | None:
    if (name == ADDRESS) != target.address:
        return "a whole address needs a place for one" if name == ADDRESS else "that place takes a whole address"
    if name in FIELDS and FIELDS[name].lines and not target.lines:
        return "it may have several lines, that place holds one"
    return "it is yes or no, that place holds text" if own.get(name) == "yes_no" else None


def _check_once(chosen: Mapping[str, str], stored: Mapping[str, Any]) -> None:
    """One place holds one field; the only place for a whole address is the visiting address's."""
    twice = next((place for place, count in Counter(chosen.values()).items() if count > 1), None)
    if twice is not None:
        names = ", ".join(sorted(name for name, place in chosen.items() if place == twice))
        raise RefusedError(f"{twice} is the target of several fields: {names}", remedy="Give each a place of its own.")
    visiting = stored.get("field.visiting_address.direction") or "off"
    if ADDRESS in chosen and visiting != "off":
        remedy = "Set field.visiting_address.direction=off, or field.mail_address.target= (nothing)."
        raise RefusedError("the visiting address and the mail address share one place in accounting", remedy=remedy)
