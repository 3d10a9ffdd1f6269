"""The people of a group: who they are, what they may, and their passwords (R-26)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import structlog

from syncd.errors import RefusedError
from syncd.ports.people import NewUser
from syncd.register.access import Permission, PermissionNeededError, Verb, may, require
from syncd.register.clean import clean_all
from syncd.register.fields import Field
from syncd.register.history import EventKind
from syncd.register.scopes import ADMINISTRATOR
from syncd.services.register.finding import author, found
from syncd.services.register.managing import (
    CUSTOMER_USER_VERBS,
    LOGIN,
    known_user,
    managed,
    may_know,
    refuse_more,
)
from syncd.services.register.passwords import hashed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.ports.people import UserInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.fields import Value

USER_FIELDS = {
    field.name: field
    for field in (
        Field("name", required=True),
        Field("email", "email", limit=320),
        Field("phone", "phone"),
        Field("employee_number", limit=64),
        Field("active", "flag", required=True),
        Field("email_notices", "flag", required=True),
    )
}
"""What can be changed about a person."""

GRANTABLE = (*Permission, ADMINISTRATOR)
"""Every right by name; the last one includes all others."""


class BadLoginError(RefusedError):
    """The login cannot be one."""

    code = "bad_login"

    def __init__(self) -> None:
        super().__init__(
            "The login cannot be used.",
            remedy="Use up to 64 letters, digits, dots, dashes, underscores, plus and at signs.",
        )


class UnknownPermissionError(RefusedError):
    """There is no such right."""

    code = "unknown_permission"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        closest = get_close_matches(name, known, n=1)
        remedy = f"Did you mean {closest[0]}?" if closest else f"Rights: {', '.join(known)}."
        super().__init__("There is no such right.", remedy=remedy)


class LastAdministratorError(RefusedError):
    """Somebody must be left who can give rights."""

    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__("This is the group's last administrator.", remedy="Make somebody else administrator first.")


_log = structlog.get_logger("syncd.users")
"""Who gave whom what: the audit of rights, beside the rows of logins."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person to add, as typed."""

    login: str
    name: str
    email: str | None = None
    phone: str | None = None
    employee_number: str | None = None


def add_user(work: RegisterWork, actor: Actor, group_id: int, person: Person, password: str | None) -> UserInfo:
    """Add a person without rights; without a password they cannot log in, only be assigned."""
    require(actor, Verb.USERS)
    password_hash = hashed(password) if password is not None else None
    added = work.users.add(group_id, new_user(person, password_hash))
    work.commit()
    _log.info("user.added", user=added.id, by=actor.user_id)
    return added


def new_user(person: Person, password_hash: str | None, *, administrator: bool = False) -> NewUser:
    """Check what was typed about a person."""
    if not LOGIN.fullmatch(person.login):
        raise BadLoginError
    typed = {name: getattr(person, name) for name in ("name", "email", "phone", "employee_number")}
    cleaned: dict[str, Any] = clean_all(typed, known=USER_FIELDS)
    return NewUser(person.login, **cleaned, administrator=administrator, password_hash=password_hash)


def list_users(work: RegisterWork, actor: Actor, group_id: int, number: str | None = None) -> list[UserInfo]:
    """Return everybody whom the actor may know of, as who manages or assigns them; or the users of one customer."""
    if not any(may(actor, verb) for verb in (Verb.USERS, Verb.ASSIGN, *CUSTOMER_USER_VERBS)):
        raise PermissionNeededError(Verb.USERS)
    customer = found(work, actor, group_id, number).id if number is not None else None
    people = (user for user in work.users.list(group_id) if may_know(actor, user))
    return [user for user in people if customer in {None, user.customer_id}]


def show_user(work: RegisterWork, actor: Actor, group_id: int, login: str) -> UserInfo:
    """Return one person; everybody may see themselves."""
    return known_user(work, group_id, login) if login == actor.login else managed(work, actor, group_id, login)


def change_user(work: RegisterWork, actor: Actor, group_id: int, login: str, changes: Mapping[str, Value]) -> UserInfo:
    """Change a person's name, address, phone, employee number, whether they may log in and whether they get mail."""
    user = _changeable(work, actor, group_id, login)
    cleaned = clean_all(changes, known=USER_FIELDS)
    if cleaned.get("active") is False:
        _keep_an_administrator(work, group_id, user)
    if cleaned.get("email", user.email) != user.email:
        cleaned["subject"] = None  # another address is perhaps somebody else at the login service
    changed = work.users.set(user.id, **cleaned)
    work.commit()
    _log.info("user.changed", user=user.id, by=actor.user_id, fields=sorted(cleaned), active=changed.active)
    return changed


def grant(work: RegisterWork, actor: Actor, group_id: int, login: str, rights: Iterable[str]) -> UserInfo:
    """Give rights to a person."""
    user = managed(work, actor, group_id, login, Verb.CHANGE_CUSTOMER_USER)
    names, administrator = _rights(rights)
    if user.customer_id is not None:
        refuse_more(actor, user.customer_id, [*names, *([ADMINISTRATOR] if administrator else [])])
    changed = work.users.grant(user.id, names)
    if administrator:
        changed = work.users.set(user.id, administrator=True)
    return _reported(work, actor, changed)


def revoke(work: RegisterWork, actor: Actor, group_id: int, login: str, rights: Iterable[str]) -> UserInfo:
    """Take rights away from a person."""
    user = managed(work, actor, group_id, login, Verb.CHANGE_CUSTOMER_USER)
    names, administrator = _rights(rights)
    changed = work.users.revoke(user.id, names)
    if administrator:
        _keep_an_administrator(work, group_id, user)
        changed = work.users.set(user.id, administrator=False)
    return _reported(work, actor, changed)


def set_password(
    work: RegisterWork, actor: Actor, group_id: int, login: str, password: str, *, one_time: bool = False
) -> None:
    """Give a person a new password; everybody may do it for themselves. A ``one_time`` one is changed at login."""
    own = login == actor.login
    user = known_user(work, group_id, login) if own else _changeable(work, actor, group_id, login)
    work.users.set_password_hash(user.id, hashed(password), one_time=one_time)
    work.logins.end(user.id)
    work.commit()
    _log.info("user.password_set", user=user.id, by=actor.user_id)


def end_sessions(work: RegisterWork, actor: Actor, group_id: int, login: str) -> int:
    """End every session of a person, as after a lost telephone; returns how many there were."""
    user = managed(work, actor, group_id, login, Verb.CHANGE_CUSTOMER_USER)
    ended = work.logins.end(user.id)
    work.commit()
    _log.info("user.sessions_ended", user=user.id, by=actor.user_id, sessions=ended)
    return ended


def _changeable(work: RegisterWork, actor: Actor, group_id: int, login: str) -> UserInfo:
    """Return a person whom the actor could as well be: who sets a password, or where it is sent, can log in with it."""
    user = managed(work, actor, group_id, login, Verb.CHANGE_CUSTOMER_USER)
    if user.customer_id is not None:
        refuse_more(actor, user.customer_id, user.permissions)
    return user


def _reported(work: RegisterWork, actor: Actor, changed: UserInfo) -> UserInfo:
    """Store new rights; a customer's history tells of those of its users."""
    if changed.customer_id is not None:
        rights = f"{changed.login}: {', '.join(sorted(changed.permissions)) or 'nothing'}"
        work.customers.note([changed.customer_id], EventKind.USER_CHANGED, author(actor), about=rights)
    work.commit()
    held = [*sorted(changed.permissions), *([ADMINISTRATOR] if changed.administrator else [])]
    _log.info("user.rights_changed", user=changed.id, by=actor.user_id, rights=held)
    return changed


def named_rights(names: Iterable[str], known: Sequence[str] = GRANTABLE) -> list[str]:
    """Return rights as they are stored. Raises ``UnknownPermissionError``."""
    wanted = [name.strip().casefold().replace("-", "_") for name in names]
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        raise UnknownPermissionError(unknown, known)
    return wanted


def _rights(names: Iterable[str]) -> tuple[list[str], bool]:
    wanted = named_rights(names)
    return [name for name in wanted if name != ADMINISTRATOR], ADMINISTRATOR in wanted


def _keep_an_administrator(work: RegisterWork, group_id: int, user: UserInfo) -> None:
    others = (other for other in work.users.list(group_id) if other.id != user.id)
    if user.administrator and not any(other.administrator and other.active for other in others):
        raise LastAdministratorError
