"""Setting up a group with its first administrator. Nothing that exists is changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.numbers import has_unprintable
from syncd.services.register import passwords
from syncd.services.register.users import Person, new_user

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.people import NewUser, UserInfo
    from syncd.ports.register import RegisterWork

_LONGEST_NAME = 255


class BadGroupNameError(RefusedError):
    """The name cannot be one."""

    code = "bad_group_name"

    def __init__(self) -> None:
        super().__init__("The group cannot have this name.", remedy=f"Use 1 to {_LONGEST_NAME} printable characters.")


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was found or made. ``one_time_password`` is shown once and kept nowhere."""

    group: GroupInfo
    administrator: UserInfo
    group_is_new: bool
    administrator_is_new: bool
    one_time_password: str | None


def set_up_group(work: RegisterWork, name: str, login: str, password: str | None) -> SetUp:
    """Make sure that the group exists and has this user; a new user is an administrator.

    For whoever owns the configuration and its database: there is nobody yet to ask for permission.
    """
    name = name.strip()
    if not 1 <= len(name) <= _LONGEST_NAME or has_unprintable(name):
        raise BadGroupNameError
    one_time = None if password is not None else passwords.one_time()
    password_hash = passwords.hashed(password if password is not None else str(one_time))
    known = work.groups.get(name)
    group = known or work.groups.create(name)
    user = work.users.find(group.id, login)
    administrator = user or work.users.add(group.id, _administrator(login, password_hash, one_time))
    work.commit()
    return SetUp(group, administrator, known is None, user is None, one_time if user is None else None)


def _administrator(login: str, password_hash: str, one_time: str | None) -> NewUser:
    user = new_user(Person(login, login), password_hash, administrator=True)
    return replace(user, one_time=one_time is not None)
