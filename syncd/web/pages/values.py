"""Values of customers as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from syncd.register.fields import FIELDS
from syncd.register.labels import label
from syncd.values.units import UNITS
from syncd.web.pages.field_words import part_called
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from syncd.web.pages.words import Words

EMPTY = _("(empty)")
_AMOUNTS = frozenset({"decimal", "percent"})
_WORDS = {"company": _("Company"), "private": _("Private person")}


def shown(field: str | None, value: Any, words: Words, kind: str = "") -> str:  # noqa: ANN401 - any value of a field
    """A value in words: nothing is *(empty)*, yes and no are words, a group is its parts, each with its label.

    Dates and amounts are written as the reader writes them. ``kind`` is that of a field of the group's own.
    """
    if isinstance(value, Mapping):
        called = part_called if field in UNITS else _labelled
        parts = [f"{called(name, words)}: {shown(name, part, words)}" for name, part in value.items()]
        return "; ".join(parts) or words.say(EMPTY)
    if isinstance(value, bool):
        return words.say(_("Yes")) if value else words.say(_("No"))
    if value is None or value == "":
        return words.say(EMPTY)
    if field == "type" and value in _WORDS:
        return words.say(_WORDS[value])
    return _written(str(value), kind or (FIELDS[field].kind if field in FIELDS else ""), words)


def _labelled(name: str, words: Words) -> str:
    return label(name, words.language)


def _written(text: str, kind: str, words: Words) -> str:
    if kind == "date":
        return words.day(text)
    return words.amount(text) if kind in _AMOUNTS else text
