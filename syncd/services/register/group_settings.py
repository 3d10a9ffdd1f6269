"""A group's settings of the register (R-03, R-04, R-20 to R-24)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.register.access import Verb, require
from syncd.register.settings import MEANINGS, format_setting, listed, parse_setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.settings import GroupSettings, SettingValue


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as people read it."""

    key: str
    value: SettingValue
    meaning: str


@dataclass(frozen=True, slots=True)
class Changed:
    """The settings afterwards, and the numbers that the new lengths would refuse: they stay valid (R-03)."""

    settings: GroupSettings
    outside: tuple[str, ...]


def list_settings(work: RegisterWork, actor: Actor, group_id: int) -> list[Setting]:
    """Return every setting."""
    require(actor, Verb.CHOOSE)
    values = listed(work.groups.settings(group_id))
    return [Setting(key, values[key], meaning) for key, meaning in MEANINGS.items()]


def get_setting(work: RegisterWork, actor: Actor, group_id: int, key: str) -> SettingValue:
    """Return one setting. Raises ``UnknownFieldError`` naming the closest key."""
    require(actor, Verb.CHOOSE)
    values = listed(work.groups.settings(group_id))
    if key not in values:
        parse_setting(key, "")
    return values[key]


def set_settings(work: RegisterWork, actor: Actor, group_id: int, texts: Mapping[str, str]) -> Changed:
    """Change settings; all of them or none."""
    require(actor, Verb.SETTINGS)
    after = work.groups.set_settings(group_id, texts)
    lengths = after.customer_number_min_length, after.customer_number_max_length
    outside = work.customers.numbers_outside(group_id, *lengths) if _lengths_changed(texts) else ()
    work.commit()
    return Changed(after, outside)


def shown(value: SettingValue) -> str:
    """Return a setting as it is typed."""
    return format_setting(value)


def _lengths_changed(texts: Mapping[str, str]) -> bool:
    return any(key.endswith("_length") for key in texts)
