"""The fields that a group adds to its customers (R-25): stored and named like any other, as ``custom.<key>``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.register.access import Verb
from syncd.register.catalogues import catalogue
from syncd.register.fields import Field, Kind
from syncd.register.problems import InvalidFieldsError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.register.catalogues import Entry
    from syncd.register.fields import Value

PREFIX = "custom."

KINDS: dict[str, tuple[Kind, int]] = {
    "text": ("text", 1000),
    "number": ("decimal", 32),
    "date": ("date", 10),
    "yes_no": ("flag", 3),
    "choice": ("choice", 255),
}
"""Every type of custom field: how its values are checked, and how long they are at most."""

CUSTOM_FIELDS = catalogue(
    "custom_field",
    "custom field",
    Verb.SETTINGS,
    Field("key", "slug", limit=32, required=True),
    Field("label", limit=64, required=True),
    Field("type", "choice", required=True, choices=tuple(KINDS)),
    Field("choices", limit=10_000),
    Field("position", "decimal", limit=9),
    Field("show_in_list", "flag"),
    Field("hide_for_customer_users", "flag"),
    fixed=("type",),
)
"""Choices are parted by semicolons. The type stays: values of another one would not fit."""


def is_own(name: str) -> bool:
    """Whether a field of this name is one that a group added."""
    return name.startswith(PREFIX)


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field of a group's own. ``name`` is what it is called everywhere."""

    key: str
    label: str
    type: str
    choices: tuple[str, ...] = ()
    position: float = 0
    show_in_list: bool = False
    hide_for_customer_users: bool = False
    retired: bool = False

    @property
    def name(self) -> str:
        """The name of the field, everywhere."""
        return PREFIX + self.key

    @property
    def field(self) -> Field:
        """The field as the register's vocabulary holds it."""
        kind, limit = KINDS[self.type]
        return Field(self.name, kind, limit=limit, choices=self.choices)


def custom_fields(entries: Iterable[Entry]) -> list[CustomField]:
    """Return the fields that entries describe, in the order people read them."""
    return sorted(map(_custom_field, entries), key=lambda one: (one.position, one.label.casefold(), one.key))


def check_custom_field(values: Mapping[str, Value]) -> None:
    """Refuse a choice without choices, and choices of anything else."""
    choices = _choices(values)
    if (values.get("type") == "choice") != bool(choices):
        reason, remedy = (
            ("belong to the type choice alone", "Leave them out.")
            if choices
            else ("cannot be empty", "Write them parted by semicolons: yes;no;perhaps.")
        )
        raise InvalidFieldsError([Problem("choices", reason, remedy)])


def _custom_field(entry: Entry) -> CustomField:
    values: Mapping[str, Any] = entry.values
    return CustomField(
        key=entry.key,
        label=values["label"],
        type=values["type"],
        choices=_choices(values),
        position=float(values.get("position") or 0),
        show_in_list=bool(values.get("show_in_list")),
        hide_for_customer_users=bool(values.get("hide_for_customer_users")),
        retired=entry.retired,
    )


def _choices(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in (values.get("choices") or "").split(";") if part.strip()))
