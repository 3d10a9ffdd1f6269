"""Assigning technicians to customers, one customer or many at once (R-17)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from syncd.errors import RefusedError
from syncd.register.access import Verb, require
from syncd.services.notices import News, notify
from syncd.services.register.finding import author, found
from syncd.services.register.managing import known_colleague, known_user
from syncd.services.register.teams import known_team

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.ports.people import UserInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.assignment import Difference


@dataclass(frozen=True, slots=True)
class Reassigned:
    """Who came to a customer and who went, by user id."""

    customer_id: int
    difference: Difference[int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is assigned or taken away: users by login, and everybody of some teams."""

    logins: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class NobodyChosenError(RefusedError):
    """No user was named."""

    code = "nobody_chosen"

    def __init__(self) -> None:
        super().__init__("Nobody is chosen.", remedy="Name a login, or a team that has people in it.")


class DeactivatedUserError(RefusedError):
    """Somebody who cannot log in gets no customers."""

    code = "deactivated_user"

    def __init__(self, login: str) -> None:
        super().__init__(f"User {login} is deactivated.", remedy=f"Reactivate: syncd user set {login} active=yes")


def assign_users(
    work: RegisterWork, actor: Actor, group_id: int, numbers: Sequence[str], logins: Iterable[str]
) -> list[Reassigned]:
    """Assign users to customers, after those assigned already; all customers or none."""
    return assign_chosen(work, actor, group_id, _customers(work, actor, group_id, numbers), Chosen(tuple(logins)))


def unassign_users(
    work: RegisterWork, actor: Actor, group_id: int, numbers: Sequence[str], logins: Iterable[str]
) -> list[Reassigned]:
    """Take users away from customers; all customers or none."""
    return unassign_chosen(work, actor, group_id, _customers(work, actor, group_id, numbers), Chosen(tuple(logins)))


def assign_chosen(
    work: RegisterWork, actor: Actor, group_id: int, customer_ids: Iterable[int], chosen: Chosen
) -> list[Reassigned]:
    """Assign users and teams to customers by id; all customers or none."""
    ids = _require_each(actor, customer_ids)
    users = [_active(user) for user in _named(work, actor, group_id, chosen)] + _team_people(work, group_id, chosen)
    return _done(work, actor, group_id, work.customers.assign_many(ids, _ids(users), author(actor)))


def unassign_chosen(
    work: RegisterWork, actor: Actor, group_id: int, customer_ids: Iterable[int], chosen: Chosen
) -> list[Reassigned]:
    """Take users and teams away from customers by id; all customers or none."""
    ids = _require_each(actor, customer_ids)
    users = [*_named(work, actor, group_id, chosen), *_team_people(work, group_id, chosen)]
    return _done(work, actor, group_id, work.customers.unassign_many(ids, _ids(users), author(actor)))


def _done(work: RegisterWork, actor: Actor, group_id: int, moved: Mapping[int, Difference[int]]) -> list[Reassigned]:
    _tell(work, actor, group_id, moved)
    work.commit()
    return [Reassigned(customer_id, difference) for customer_id, difference in moved.items()]


def _tell(work: RegisterWork, actor: Actor, group_id: int, moved: Mapping[int, Difference[int]]) -> None:
    """Tell everybody who came or went, once for all their customers (R-18)."""
    kinds: tuple[Literal["assigned", "unassigned"], ...] = ("assigned", "unassigned")
    for kind in kinds:
        customers: dict[int, list[int]] = defaultdict(list)
        for customer_id, difference in moved.items():
            for user_id in getattr(difference, kind):
                customers[user_id].append(customer_id)
        for user_id, ids in customers.items():
            notify(work, actor, group_id, News(kind, ids), [user_id])


def _customers(work: RegisterWork, actor: Actor, group_id: int, numbers: Sequence[str]) -> list[int]:
    return [found(work, actor, group_id, number).id for number in numbers]


def _require_each(actor: Actor, customer_ids: Iterable[int]) -> list[int]:
    ids = list(customer_ids)
    require(actor, Verb.ASSIGN)
    for customer_id in ids:
        require(actor, Verb.ASSIGN, customer_id)
    return ids


def _named(work: RegisterWork, actor: Actor, group_id: int, chosen: Chosen) -> list[UserInfo]:
    return [known_colleague(work, actor, group_id, login) for login in chosen.logins]


def _team_people(work: RegisterWork, group_id: int, chosen: Chosen) -> list[UserInfo]:
    """Everybody of the teams who can log in."""
    logins = (login for name in chosen.teams for login in known_team(work, group_id, name).members)
    return [user for login in logins if (user := known_user(work, group_id, login)).active]


def _ids(users: Iterable[UserInfo]) -> list[int]:
    ids = list(dict.fromkeys(user.id for user in users))
    if not ids:
        raise NobodyChosenError
    return ids


def _active(user: UserInfo) -> UserInfo:
    if not user.active:
        raise DeactivatedUserError(user.login)
    return user
