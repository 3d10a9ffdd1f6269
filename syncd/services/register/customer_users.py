"""Customer users: people of one customer, who see its orders and reports and nothing else (R-27)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.access import Permission, Verb, require
from syncd.register.history import EventKind
from syncd.services.register.finding import author, found
from syncd.services.register.managing import managed
from syncd.services.register.passwords import hashed
from syncd.services.register.users import new_user

if TYPE_CHECKING:
    from syncd.ports.people import UserInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.services.register.users import Person

_FIRST_RIGHTS = frozenset({str(Permission.VIEW)})


class ColleagueStaysError(RefusedError):
    """Somebody of the company stands in orders and histories."""

    code = "colleague_stays"

    def __init__(self, login: str) -> None:
        super().__init__(
            f"User {login} belongs to the company: only customer users are deleted.",
            remedy=f"Lock them out instead: syncd user set {login} active=no",
        )


def add_customer_user(
    work: RegisterWork, actor: Actor, group_id: int, number: str, person: Person, password: str | None
) -> UserInfo:
    """Add a person of a customer, who may see that customer; without a password they cannot log in."""
    require(actor, Verb.CREATE_CUSTOMER_USER)
    customer = found(work, actor, group_id, number)
    require(actor, Verb.CREATE_CUSTOMER_USER, customer.id)
    new = new_user(person, hashed(password) if password is not None else None)
    added = work.users.add(group_id, replace(new, customer_id=customer.id, permissions=_FIRST_RIGHTS))
    work.customers.note([customer.id], EventKind.USER_ADDED, author(actor), about=added.login)
    work.commit()
    return added


def delete_customer_user(work: RegisterWork, actor: Actor, group_id: int, login: str) -> None:
    """Delete a customer user; the history keeps that there was one."""
    user = managed(work, actor, group_id, login, Verb.DELETE_CUSTOMER_USER)
    if user.customer_id is None:
        raise ColleagueStaysError(user.login)
    work.users.delete(user.id)
    work.customers.note([user.customer_id], EventKind.USER_DELETED, author(actor), about=user.login)
    work.commit()
