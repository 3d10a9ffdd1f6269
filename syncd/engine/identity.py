"""Whether two records that share a number are one customer (S-11)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from syncd.values.equality import identity_key, is_empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.register.fields import Value

_FORMS = re.compile(r"\b(?:aktiebolag(?:et)?|ab|hb|kb|ek\.? ?för\.?|ekonomisk förening|publ|as|oy|ltd|inc|gmbh)\b")


def doubt(local: Mapping[str, Value], remote: Mapping[str, Value], *, likeness: int) -> str | None:
    """Return why the two may be different customers, or None when nothing speaks against one.

    ``likeness`` (0 to 100) is the least name similarity that counts as the same name when there is no organisation
    number to compare.
    """
    ours, theirs = local.get("organisation_number"), remote.get("organisation_number")
    if not is_empty(ours) and not is_empty(theirs):
        if identity_key(str(ours)) == identity_key(str(theirs)):
            return None
        return "the organisation numbers differ"
    if name_likeness(str(local.get("name") or ""), str(remote.get("name") or "")) < likeness:
        return "the names are clearly different and there is no organisation number to compare"
    return None


def name_likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 100, company forms and order of words apart."""
    ours, theirs = _bare(one), _bare(other)
    return max(float(fuzz.token_sort_ratio(ours, theirs)), float(fuzz.token_set_ratio(ours, theirs)))


def _bare(name: str) -> str:
    folded = name.casefold()
    bare = " ".join(_FORMS.sub(" ", folded).split())
    return bare or folded
