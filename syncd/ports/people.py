"""The people of a group, their teams and rights. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.register.access import Actor


@dataclass(frozen=True, slots=True)
class UserInfo:
    """A person of a group; with a customer, a customer user of it.

    The password is not part of it, but whether it is a ``one_time`` one is.
    """

    id: int
    group_id: int
    login: str
    name: str
    email: str | None = None
    phone: str | None = None
    employee_number: str | None = None
    administrator: bool = False
    permissions: frozenset[str] = frozenset()
    active: bool = True
    email_notices: bool = True
    customer_id: int | None = None
    customer_number: str | None = None
    one_time: bool = False
    language: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class TeamInfo:
    """Users shown together where somebody is assigned (R-17)."""

    id: int
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to add; with a customer, a customer user of it."""

    login: str
    name: str
    email: str | None = None
    phone: str | None = None
    employee_number: str | None = None
    administrator: bool = False
    permissions: frozenset[str] = field(default=frozenset())
    password_hash: str | None = None
    customer_id: int | None = None
    one_time: bool = False


class UsersPort(Protocol):
    """The people of all groups."""

    def add(self, group_id: int, user: NewUser) -> UserInfo:
        """Add a person. Raises ``RefusedError`` for a login that is taken."""
        ...

    def find(self, group_id: int, login: str) -> UserInfo | None:
        """Read a person by login."""
        ...

    def hold(self, user_id: int) -> UserInfo:
        """Read a person and keep it from everybody else until the transaction ends."""
        ...

    def list(self, group_id: int) -> tuple[UserInfo, ...]:
        """Everybody of a group, in the order they were added."""
        ...

    def set(self, user_id: int, **columns: str | bool | None) -> UserInfo:
        """Change a person: name, address, phone, employee number, language, whether administrator, active, mailed."""
        ...

    def delete(self, user_id: int) -> None:
        """Take a customer user out, with everything that is only about them."""
        ...

    def grant(self, user_id: int, permissions: Iterable[str]) -> UserInfo:
        """Give rights, beside those the person has."""
        ...

    def revoke(self, user_id: int, permissions: Iterable[str]) -> UserInfo:
        """Take rights away."""
        ...

    def password_hash(self, user_id: int) -> str | None:
        """The hash of the person's password; None for somebody who cannot log in."""
        ...

    def set_password_hash(self, user_id: int, password_hash: str | None, *, one_time: bool = False) -> None:
        """Store the hash of a new password; a ``one_time`` one is to be changed at the next login."""
        ...

    def actor(self, group_id: int, login: str, scope: Iterable[str] | None = None) -> Actor | None:
        """The person as somebody who acts, within a scope if there is one; None for an unknown or deactivated one."""
        ...


class TeamsPort(Protocol):
    """The teams of all groups."""

    def add(self, group_id: int, name: str) -> TeamInfo:
        """Add a team. Raises ``RefusedError`` for a name that is taken."""
        ...

    def rename(self, team_id: int, name: str) -> None:
        """Give a team another name. Raises ``RefusedError`` for one that is taken."""
        ...

    def remove(self, team_id: int) -> None:
        """Forget a team; its members stay users, and stay assigned."""
        ...

    def join(self, team_id: int, user_ids: Iterable[int]) -> None:
        """Put users into a team."""
        ...

    def leave(self, team_id: int, user_ids: Iterable[int]) -> None:
        """Take users out of a team."""
        ...

    def list(self, group_id: int) -> tuple[TeamInfo, ...]:
        """Every team of a group by name, with the logins of its members."""
        ...
