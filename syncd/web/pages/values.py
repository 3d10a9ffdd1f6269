"""Values of customers as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from syncd.register.labels import label
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from syncd.web.pages.words import Words

EMPTY = _("(empty)")
_WORDS = {"company": _("Company"), "private": _("Private person")}


def shown(field: str | None, value: Any, words: Words) -> str:  # noqa: ANN401 - any value of a field
    """A value in words: nothing is *(empty)*, yes and no are words, a group is its parts, each with its label."""
    if isinstance(value, Mapping):
        parts = [f"{label(name, words.language)}: {shown(name, part, words)}" for name, part in value.items()]
        return "; ".join(parts) or words.say(EMPTY)
    if isinstance(value, bool):
        return words.say(_("Yes")) if value else words.say(_("No"))
    if value is None or value == "":
        return words.say(EMPTY)
    return words.say(_WORDS[value]) if field == "type" and value in _WORDS else str(value)
