"""Groups and their settings. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.register.settings import GroupSettings


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """A company's account."""

    id: int
    name: str


class GroupsPort(Protocol):
    """Groups and their settings."""

    def create(self, name: str) -> GroupInfo:
        """Add a group. Raises ``RefusedError`` for a name that is taken."""
        ...

    def get(self, name: str) -> GroupInfo | None:
        """Read a group by name."""
        ...

    def list(self) -> tuple[GroupInfo, ...]:
        """Every group, by name."""
        ...

    def only(self) -> GroupInfo | None:
        """The group where there is exactly one."""
        ...

    def settings(self, group_id: int) -> GroupSettings:
        """A group's settings; what was never set has its default."""
        ...

    def set_settings(self, group_id: int, texts: Mapping[str, str]) -> GroupSettings:
        """Change some settings. Raises ``RefusedError`` naming everything that is wrong with them."""
        ...
