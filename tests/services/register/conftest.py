from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from syncd.ports.people import NewUser
from syncd.register.access import Actor

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.store.uow import Store

Somebody = Callable[..., Actor]


@pytest.fixture
def somebody(store: Store, group: GroupInfo) -> Somebody:
    """Return a way to make a user with rights, acting."""

    def make(login: str, *rights: str) -> Actor:
        with store.work() as work:
            if work.users.find(group.id, login) is None:
                work.users.grant(work.users.add(group.id, NewUser(login, login.title())).id, rights)
            actor = work.users.actor(group.id, login)
            work.commit()
        assert actor is not None
        return actor

    return make
