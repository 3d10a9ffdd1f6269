"""Connections to accounting systems, as stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from syncd.ports.records import ConnectionInfo
    from syncd.values.tokens import Tokens


class Connections(Protocol):
    """Reads and writes connections of all groups."""

    def add(self, group_id: int, name: str, system: str) -> ConnectionInfo:
        """Store a new connection without settings of its own. Raises ``RefusedError`` for a name that is taken."""
        ...

    def get(self, connection_id: int) -> ConnectionInfo:
        """Read one connection, as it is now."""
        ...

    def find(self, group_id: int, name: str) -> ConnectionInfo | None:
        """Read a connection by name."""
        ...

    def list(self, group_id: int | None = None) -> tuple[ConnectionInfo, ...]:
        """Every connection, of one group or of all, by name."""
        ...

    def save(self, connection_id: int, **columns: Any) -> None:
        """Store some columns: ``settings``, ``company``, ``state``, ``attention``, ``cursors``, ``progress``."""
        ...

    def count_run(self, connection_id: int) -> int:
        """Count one more run and return its number."""
        ...

    def shut(self, connection_id: int) -> None:
        """Take a connection's tokens away and pause it: whatever then becomes of it, no run begins any more."""
        ...

    def remove_part(self, connection_id: int, most: int) -> bool:
        """Forget at most so many rows of what is a connection's, at last itself; returns whether there is more."""
        ...

    def tokens(self, connection_id: int) -> Tokens | None:
        """The newest stored tokens."""
        ...

    def save_tokens(self, connection_id: int, tokens: Tokens) -> None:
        """Store tokens, sealed."""
        ...

    def renew_tokens(self, connection_id: int, spent: str, tokens: Tokens) -> bool:
        """Store tokens where the refresh token ``spent`` still is the stored one; returns whether it was."""
        ...

    def token_expiry(self, connection_id: int) -> float | None:
        """When the stored access token expires (seconds since 1970); None without one."""
        ...
