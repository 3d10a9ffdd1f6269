"""Takes values out of a vendor's object and notes what is wrong with them, naming keys and never values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from syncd.mapping.overlay import Ambiguous

if TYPE_CHECKING:
    from syncd.mapping.overlay import JsonObject, JsonValue

_IDENTIFIER = re.compile(r"[0-9A-Za-z_-]{1,64}")
"""Ids are GUIDs (spec); they become part of an address, so nothing else may pass."""


def identifier(values: JsonValue, key: str) -> str | None:
    """The id that an object holds; None where it holds none that may stand in an address."""
    value = values.get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else None


@dataclass(slots=True)
class Reader:
    """One object being read; ``problems`` grows as wrong values are met."""

    values: JsonObject
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, value: JsonValue) -> Self:
        """Begin with whatever the vendor sent."""
        if not isinstance(value, dict):
            return cls({}, ["not an object"])
        return cls(value, ["a key stands twice"] if isinstance(value, Ambiguous) else [])

    def wrong(self, key: str, what: str) -> None:
        """Note a problem."""
        self.problems.append(f"{key} {what}")

    def identifier(self, key: str) -> str | None:
        """An id that may stand in an address."""
        found = identifier(self.values, key)
        if found is None:
            self.wrong(key, "is missing" if self.values.get(key) is None else "is not an id")
        return found

    def text(self, key: str, *, required: bool = False) -> str | None:
        """A text; empty text is None."""
        value = self.values.get(key)
        if value is None:
            if required and key not in self.values:
                self.wrong(key, "is missing")
            return None
        if not isinstance(value, str):
            self.wrong(key, "is not a text")
            return None
        return value if value.strip() else None

    def integer(self, key: str, *, required: bool = False) -> int | None:
        """A whole number."""
        value = self.values.get(key)
        if value is None:
            if required:
                self.wrong(key, "is missing")
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(key, "is not a whole number")
            return None
        return value

    def flag(self, key: str) -> bool | None:
        """Yes or no; nothing else will do."""
        value = self.values.get(key)
        if isinstance(value, bool):
            return value
        self.wrong(key, "is neither true nor false")
        return None
