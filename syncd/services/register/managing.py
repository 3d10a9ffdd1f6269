"""Who may do what to whom: administrators to everybody, others to users of customers that they see (R-26, R-27)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from syncd.errors import NotAllowedError, RefusedError
from syncd.register.access import CUSTOMER_USER_RIGHTS, PermissionNeededError, Verb, grantable, may, require

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.ports.people import UserInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor

LOGIN = re.compile(r"[\w.@+-]{1,64}")
CUSTOMER_USER_VERBS = (Verb.CREATE_CUSTOMER_USER, Verb.CHANGE_CUSTOMER_USER, Verb.DELETE_CUSTOMER_USER)


class UnknownUserError(RefusedError):
    """The group has no such user, or none that the actor may know of."""

    code = "unknown_user"

    def __init__(self, login: str) -> None:
        named = f" {login}" if LOGIN.fullmatch(login) else ""
        super().__init__(f"There is no user{named}.", remedy="`syncd user list` shows all of them.")


class CustomerUserError(RefusedError):
    """Somebody of a customer is no technician."""

    code = "customer_user"

    def __init__(self, login: str) -> None:
        super().__init__(
            f"User {login} belongs to a customer: not to be assigned, nor in a team.", remedy="Name one of your own."
        )


class NotForCustomerUsersError(RefusedError):
    """Customer users read; they do not keep the register."""

    code = "not_for_customer_users"

    def __init__(self, right: str) -> None:
        rights = ", ".join(sorted(CUSTOMER_USER_RIGHTS))
        super().__init__(f"A customer user cannot have the right {right}.", remedy=f"One of: {rights}.")


class MoreThanOwnError(NotAllowedError):
    """Nobody gives, or takes over, what they do not have themselves."""

    code = "more_than_own"

    def __init__(self, rights: Iterable[str]) -> None:
        super().__init__(
            f"You do not have this yourself for that customer: {', '.join(sorted(rights))}.",
            remedy="Ask somebody who has it, or an administrator.",
        )


def known_user(work: RegisterWork, group_id: int, login: str) -> UserInfo:
    """Return a person of the group by login. Raises ``UnknownUserError``."""
    user = work.users.find(group_id, login) if LOGIN.fullmatch(login) else None
    if user is None:
        raise UnknownUserError(login)
    return user


def known_colleague(work: RegisterWork, actor: Actor, group_id: int, login: str) -> UserInfo:
    """Return a person of the company. Who may not know of a customer user is told that there is none."""
    user = known_user(work, group_id, login)
    if user.customer_id is not None:
        raise CustomerUserError(login) if may_know(actor, user) else UnknownUserError(login)
    return user


def may_know(actor: Actor, user: UserInfo) -> bool:
    """Whether the actor may know of this person."""
    if may(actor, Verb.USERS) or user.id == actor.user_id:
        return True
    if user.customer_id is None:
        return may(actor, Verb.ASSIGN)
    return any(may(actor, verb, user.customer_id) for verb in CUSTOMER_USER_VERBS)


def managed(work: RegisterWork, actor: Actor, group_id: int, login: str, verb: Verb | None = None) -> UserInfo:
    """Return a person to whom the actor may do this; without a verb, whom the actor may look at.

    Who manages nobody is refused before anybody is looked up.
    """
    own = [one for one in CUSTOMER_USER_VERBS if may(actor, one)]
    if not (own or may(actor, Verb.USERS)):
        raise PermissionNeededError(Verb.USERS)
    user = known_user(work, group_id, login)
    if may(actor, Verb.USERS):
        return user
    if user.customer_id is None or not may_know(actor, user):
        raise UnknownUserError(login)
    if verb is not None:
        require(actor, verb, user.customer_id)
    return user


def refuse_more(actor: Actor, customer_id: int, rights: Iterable[str]) -> None:
    """Refuse rights of a customer user that no customer user has, or that the actor lacks."""
    wanted = set(rights)
    odd = wanted - CUSTOMER_USER_RIGHTS
    if odd:
        raise NotForCustomerUsersError(min(odd))
    more = wanted - grantable(actor, customer_id)
    if more:
        raise MoreThanOwnError(more)
