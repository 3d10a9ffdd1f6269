"""Assigning technicians to customers, one customer or many at once (R-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.access import Verb, require
from syncd.services.register.finding import author, found
from syncd.services.register.users import known_user

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork, UserInfo
    from syncd.register.access import Actor
    from syncd.register.assignment import Difference


@dataclass(frozen=True, slots=True)
class Reassigned:
    """Who came to a customer and who went, by user id."""

    customer: Local
    difference: Difference[int]


class DeactivatedUserError(RefusedError):
    """Somebody who cannot log in gets no customers."""

    code = "deactivated_user"

    def __init__(self, login: str) -> None:
        super().__init__(f"User {login} is deactivated.", remedy=f"Reactivate: syncd user set {login} active=yes")


def assign_users(
    work: RegisterWork, actor: Actor, group_id: int, numbers: Sequence[str], logins: Iterable[str]
) -> list[Reassigned]:
    """Assign users to customers, after those assigned already; all customers or none."""
    customers = _customers(work, actor, group_id, numbers)
    users = [_active(known_user(work, group_id, login)) for login in logins]
    ids = [user.id for user in users]
    done = [Reassigned(c, work.customers.assign(c.id, ids, author(actor))) for c in customers]
    work.commit()
    return done


def unassign_users(
    work: RegisterWork, actor: Actor, group_id: int, numbers: Sequence[str], logins: Iterable[str]
) -> list[Reassigned]:
    """Take users away from customers; all customers or none."""
    customers = _customers(work, actor, group_id, numbers)
    ids = [known_user(work, group_id, login).id for login in logins]
    done = [Reassigned(c, work.customers.unassign(c.id, ids, author(actor))) for c in customers]
    work.commit()
    return done


def _customers(work: RegisterWork, actor: Actor, group_id: int, numbers: Sequence[str]) -> list[Local]:
    customers = [found(work, actor, group_id, number) for number in numbers]
    for customer in customers:
        require(actor, Verb.ASSIGN, customer.id, number=customer.number)
    return customers


def _active(user: UserInfo) -> UserInfo:
    if not user.active:
        raise DeactivatedUserError(user.login)
    return user
