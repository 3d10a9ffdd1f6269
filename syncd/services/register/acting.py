"""For which group, and as whom: what somebody asks for on a command line, judged by who they are to this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import ConfigurationError, NotAllowedError, RefusedError, UsageError
from syncd.register.access import Actor

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.register import RegisterWork


def chosen_group(work: RegisterWork, name: str | None) -> GroupInfo:
    """The group of this name, or the only one."""
    if name is None:
        return work.groups.only() or _ask_for_group(work)
    group = work.groups.get(name)
    if group is None:
        raise RefusedError(f"There is no group {name}.", remedy="Check the name given to --group.", code="no_group")
    return group


def _ask_for_group(work: RegisterWork) -> GroupInfo:
    names = [group.name for group in work.groups.list()]
    if not names:
        raise ConfigurationError("The database holds no group yet.", remedy="Run `syncd init`.")
    raise UsageError(f"There are several groups: {', '.join(names)}.", remedy="Name one with --group.")


def owner_acting(work: RegisterWork, group: GroupInfo, *, person: str | None, wished: str | None) -> Actor:
    """Who acts where the database lies open to the ``person``: the user they wish to be, else an administrator.

    That is the administrator of their own name, or the first one.
    """
    if wished is not None:
        return _named(work, group, wished)
    administrators = [user.login for user in work.users.list(group.id) if user.administrator and user.active]
    login = person if person in administrators else next(iter(administrators), None)
    actor = work.users.actor(group.id, login) if login else None
    if actor is None:
        raise ConfigurationError(
            f"Group {group.name} has no administrator.",
            remedy=f"Add one: syncd init --group {group.name} --admin LOGIN",
        )
    return actor


def guest_acting(work: RegisterWork, group: GroupInfo, *, person: str, wished: str | None) -> Actor:
    """Who acts for a ``person`` whom the machine lets speak to the daemon, and no more than that.

    Their own user, with its rights. Somebody without a user is an administrator by the machine's word (the group that
    may open the control socket), under the name that the machine knows.
    """
    if wished not in {None, person}:
        raise NotAllowedError(
            f"You may not act as {wished}.", remedy="Only root and the owner of the service may act as somebody else."
        )
    if work.users.find(group.id, person) is not None:
        return _named(work, group, person)
    return Actor(f"os:{person}", person, administrator=True)


def _named(work: RegisterWork, group: GroupInfo, login: str) -> Actor:
    actor = work.users.actor(group.id, login)
    if actor is not None:
        return actor
    if work.users.find(group.id, login) is not None:
        raise NotAllowedError(f"User {login} is deactivated.", remedy="Act as somebody else.")
    raise RefusedError(f"There is no user {login}.", remedy="Check the login given to --as.", code="unknown_user")
