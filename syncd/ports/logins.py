"""Logins and sessions as services see them. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime

Outcome = Literal["refused", "accepted"]
Way = Literal["password", "oidc"]
"""How somebody logged in."""


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """Somebody tries to log in. ``mark`` stands for what was typed as group and login; ``address`` is where from."""

    mark: str
    address: str
    group_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class LoginInfo:
    """One login, or attempt at one, as people see it. ``at`` is UTC, ISO 8601."""

    at: str
    address: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A browser that is logged in. Times are UTC, ISO 8601."""

    id: int
    user_id: int
    group_id: int
    login: str
    created_at: str
    seen_at: str
    address: str
    by: str = "password"


class LoginsPort(Protocol):
    """Attempts at logging in, and the sessions that came of them."""

    def note(self, attempt: NewAttempt) -> int:
        """Note an attempt as refused, before its password is looked at; returns its id."""
        ...

    def accept(self, attempt_id: int) -> None:
        """The password was right."""
        ...

    def forget(self, attempt_id: int) -> None:
        """Strike an attempt that was not even looked at."""
        ...

    def refused_for(self, mark: str, since: datetime, up_to: int) -> int:
        """How many attempts with this mark were refused since then and since its last login, up to ``up_to``."""
        ...

    def refused_from(self, address: str, since: datetime, up_to: int) -> int:
        """How many attempts from this address were refused since then, up to attempt ``up_to``."""
        ...

    def latest(self, user_id: int, limit: int) -> tuple[LoginInfo, ...]:
        """A user's logins and refused attempts, newest first."""
        ...

    def open(self, user_id: int, token_hash: str, address: str, by: Way = "password") -> int:
        """Open a session; returns its id."""
        ...

    def find(self, token_hash: str) -> SessionInfo | None:
        """The session of this token."""
        ...

    def seen(self, session_id: int) -> None:
        """The session is in use now."""
        ...

    def sessions(self, user_id: int) -> tuple[SessionInfo, ...]:
        """A user's sessions, newest first."""
        ...

    def end(self, user_id: int, session_id: int | None = None, *, but: int | None = None) -> int:
        """End a session of a user, or (None) all ``but`` one; returns how many were ended."""
        ...

    def prune(self, *, attempts_before: datetime, seen_before: datetime, created_before: datetime) -> None:
        """Forget old attempts, and sessions that have run out."""
        ...
