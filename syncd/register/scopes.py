"""What a token may: never more than its user, and no more than its scope (R-26)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.register.access import Permission, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ADMINISTRATOR = "administrator"
"""The right that includes all others."""

SLICES: Mapping[str, Verb] = {
    "sync": Verb.SYNC,
    "resolve": Verb.RESOLVE,
    "catalogues": Verb.CATALOGUES,
    "settings": Verb.SETTINGS,
}
"""What a token can be narrowed to of an administrator: one thing that administrators alone do.

Managing users is none of them: who can make an administrator can do everything.
"""

_INCLUDED = {
    Permission.VIEW: Permission.VIEW_ONLY_ASSIGNED,
    Permission.EDIT: Permission.EDIT_ONLY_ASSIGNED,
}
"""The narrower right that somebody with the wider one has as well."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may, before any customer is named."""

    administrator: bool
    permissions: frozenset[Permission]
    verbs: frozenset[Verb] = frozenset()

    def within(self, scope: Iterable[str] | None) -> Rights:
        """Return what is left of these rights in a scope; None leaves all of them."""
        if scope is None:
            return self
        names = frozenset(scope)
        held = _complete(Permission if self.administrator else self.permissions)
        asked = _complete(Permission(name) for name in names - {ADMINISTRATOR} - SLICES.keys())
        verbs = {SLICES[name] for name in names & SLICES.keys()} if self.administrator else ()
        return Rights(self.administrator and ADMINISTRATOR in names, held & asked, frozenset(verbs))


def _complete(permissions: Iterable[Permission]) -> frozenset[Permission]:
    held = frozenset(permissions)
    return held | {narrower for wider, narrower in _INCLUDED.items() if wider in held}
