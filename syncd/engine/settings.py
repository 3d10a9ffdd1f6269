"""A connection's settings: every key with its form, its default and its meaning (cli.md, connection settings)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from syncd.engine.guard import Limits
from syncd.engine.reference import PLACEHOLDER, PLACEHOLDERS, ReferenceRules
from syncd.engine.rules import Deletion, Policy, Rules
from syncd.engine.targets import WITHOUT_PLACE, may_have_target
from syncd.errors import RefusedError
from syncd.values import schedule
from syncd.values.capabilities import Direction
from syncd.values.units import find_unit, is_field, unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.values.capabilities import Capabilities
    from syncd.values.records import Company

SettingValue = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. ``words`` is the closed list of its values, where it has one; else the default's type decides."""

    default: SettingValue
    help: str
    words: tuple[str, ...] = ()
    maximum: int | None = None


_ASK = ("ask", "register", "accounting")

SETTINGS: dict[str, Setting] = {
    "create_in_accounting": Setting(default=True, help="create customers that only the register has"),
    "create_in_register": Setting(default=True, help="create customers that only accounting has"),
    "first_link": Setting("ask", "who wins when both sides differ at the first meeting", _ASK),
    "conflict_policy": Setting("ask", "who wins when both sides changed", get_args(Policy)),
    "name_likeness": Setting(50, "least likeness of names (0-100) that counts as one customer", maximum=100),
    "add_assigned_in_our_reference": Setting(default=False, help="write the assigned technician as our reference"),
    "our_reference_mode": Setting("fill", "fill empty references only, or always overwrite", ("fill", "always")),
    "our_reference_names": Setting("responsible", "whose names are written", ("responsible", "all")),
    "our_reference_template": Setting("{name}", "text with {name}, {phone}, {email}, {employee_number}"),
    "max_changes_percent": Setting(20, "hold a run that changes more than this share of the customers", maximum=100),
    "max_changes_minimum": Setting(20, "... but never hold one that changes this many or fewer"),
    "max_deactivations": Setting(5, "hold a run that deactivates more customers than this"),
    "approve_first_run": Setting(default=True, help="hold the first run until an administrator approves it"),
    "deletion": Setting("deactivate", "what happens in accounting to a customer deleted here", get_args(Deletion)),
    "terms_of_payment": Setting(None, "terms of payment (name or id) of customers created in accounting"),
    "incremental_every": Setting("5m", "how often changes are looked for: 30s, 5m, 1h"),
    "full_at": Setting("02:30", "when everything is compared: a time of day"),
    "paused": Setting(default=False, help="nothing runs until resumed"),
}
"""Every key except ``field.<name>.direction``, ``field.<name>.policy`` and ``field.<name>.target``."""

_YES = {"true", "yes", "on", "1", "ja"}
_NO = {"false", "no", "off", "0", "nej"}


def parse_setting(key: str, text: str) -> SettingValue:
    """Read one setting as typed. Raises ``RefusedError`` naming the key, what is wrong and what would be right."""
    if key.startswith("field."):
        return _parse_field_setting(key, text)
    setting = SETTINGS.get(key)
    if setting is None:
        raise _unknown(key)
    if isinstance(setting.default, bool):
        return _parse_flag(key, text)
    if isinstance(setting.default, int):
        return _parse_count(key, text, setting.maximum)
    if setting.words:
        return _parse_word(key, text, setting.words)
    return _FORMS.get(key, _parse_text)(key, text)


def _parse_text(key: str, text: str) -> SettingValue:
    return text.strip() or SETTINGS[key].default


def _parse_schedule(read: Callable[[str], object], key: str, text: str) -> SettingValue:
    if not text.strip():
        return None  # as the configuration says
    try:
        read(text)
    except ValueError as error:
        raise RefusedError(f"{key}: {error}") from error
    return " ".join(text.split())


def _parse_template(key: str, text: str) -> SettingValue:
    unknown = [found for found in PLACEHOLDER.findall(text) if found not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise RefusedError(f"{key}: there is no {{{unknown[0]}}} to fill in", remedy=f"Use {known}.")
    return text.strip() or SETTINGS[key].default


_FORMS: dict[str, Callable[[str, str], SettingValue]] = {
    "our_reference_template": _parse_template,
    "incremental_every": partial(_parse_schedule, schedule.every),
    "full_at": partial(_parse_schedule, schedule.at),
}
"""Settings with a form of their own."""


def _unknown(key: str) -> RefusedError:
    close = difflib.get_close_matches(key, SETTINGS, n=1)
    hint = f"Did you mean {close[0]}?" if close else "`syncd connection show NAME` lists them."
    return RefusedError(f"{key}: there is no such connection setting", remedy=hint)


def _parse_field_setting(key: str, text: str) -> str | None:
    name, _, what = key.removeprefix("field.").rpartition(".")
    if what == "target" and may_have_target(name):
        return text.strip() or None
    if find_unit(name) is None or what not in {"direction", "policy"}:
        first = key.removeprefix("field.").split(".")[0]
        known = unit_of(first).name if is_field(first) else "<name>"
        hint = f"Use field.{known}.direction or field.{known}.policy."
        if what == "target":
            hint = f"A target is chosen for {', '.join(WITHOUT_PLACE)} or custom.<key>."
        raise RefusedError(f"{key}: there is no such connection setting", remedy=hint)
    if not text.strip():
        return None  # as the system, or the whole connection, says
    return _parse_word(key, text, get_args(Direction) if what == "direction" else get_args(Policy))


def _parse_flag(key: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise RefusedError(f"{key}: must be true or false")
    return word in _YES


def _parse_count(key: str, text: str, maximum: int | None) -> int:
    if not text.strip().isdecimal() or (maximum is not None and int(text) > maximum):
        upper = f"to {maximum}" if maximum is not None else "and up"
        raise RefusedError(f"{key}: must be a whole number, 0 {upper}")
    return int(text)


def _parse_word(key: str, text: str, words: tuple[str, ...]) -> str:
    word = text.strip().lower()
    if word not in words:
        raise RefusedError(f"{key}: must be one of {', '.join(words)}")
    return word


def effective(stored: Mapping[str, Any]) -> dict[str, SettingValue]:
    """Every setting with its value in force."""
    defaults = {key: setting.default for key, setting in SETTINGS.items()}
    return {**defaults, **{key: value for key, value in stored.items() if value is not None}}


def rules(
    stored: Mapping[str, Any], capabilities: Capabilities, company: Company, *, numbers: tuple[int, int]
) -> Rules:
    """The engine's rules of a connection; ``numbers`` is the group's shortest and longest customer number."""
    values: dict[str, Any] = effective(stored)
    return Rules(
        capabilities=capabilities,
        directions=directions(stored),
        policies=_field_settings(values, "policy"),
        first_link=values["first_link"],
        conflict_policy=values["conflict_policy"],
        create_in_accounting=values["create_in_accounting"],
        create_in_register=values["create_in_register"],
        deletion=values["deletion"],
        country=company.country,
        name_likeness=values["name_likeness"],
        number_minimum=numbers[0],
        number_maximum=numbers[1],
    )


def _field_settings(values: Mapping[str, Any], what: str) -> dict[str, Any]:
    end = f".{what}"
    found = {key: value for key, value in values.items() if key.startswith("field.") and key.endswith(end)}
    return {key.removeprefix("field.").removesuffix(end): value for key, value in found.items()}


def directions(stored: Mapping[str, Any]) -> dict[str, Direction]:
    """The directions that an administrator chose, by unit."""
    return _field_settings(effective(stored), "direction")


def limits(stored: Mapping[str, Any]) -> Limits:
    """The brakes of a connection."""
    values: dict[str, Any] = effective(stored)
    return Limits(
        max_changes_percent=values["max_changes_percent"],
        max_changes_minimum=values["max_changes_minimum"],
        max_deactivations=values["max_deactivations"],
        approve_first_run=values["approve_first_run"],
    )


def reference_rules(stored: Mapping[str, Any], capabilities: Capabilities, company: Company) -> ReferenceRules | None:
    """*Add assigned in our reference*, or None where it is off or accounting has no place for it."""
    values: dict[str, Any] = effective(stored)
    if not values["add_assigned_in_our_reference"] or capabilities.reference == "none":
        return None
    return ReferenceRules(
        mode=values["our_reference_mode"],
        names=values["our_reference_names"],
        template=values["our_reference_template"],
        limit=capabilities.reference_limit,
        company_default=company.default_reference,
    )
