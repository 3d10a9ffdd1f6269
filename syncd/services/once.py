"""A transaction of nothing but the database, repeated when the database broke it off for the sake of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from syncd.errors import BrokenOffError

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.work import Store, Work

T = TypeVar("T")

TRIES = 4
"""How often in all. Of two that wait for each other one goes on, so that the other's next try finds the way free."""


def at_once(store: Store, act: Callable[[Work], T]) -> T:
    """Do all of it or nothing. ``act`` commits; it may be called again, so it must do nothing outside the database."""
    for _ in range(TRIES - 1):
        try:
            with store.work() as work:
                return act(work)
        except BrokenOffError:
            continue
    with store.work() as work:
        return act(work)
