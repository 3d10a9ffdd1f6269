"""Wishes: what a program asks for once, however often it sends the request. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Wish:
    """A request as its sender marks it: ``key`` is the sender's word for it, ``mark`` what was asked for."""

    key: str
    mark: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A wish that was granted; ``made`` names what came of it."""

    mark: str
    made: str


class WishesPort(Protocol):
    """The wishes of all users, for a day. A wish is stored in the transaction of what it makes."""

    def claim(self, user_id: int, wish: Wish) -> Granted | None:
        """Take up a wish that is new; else return what was granted before. Who comes at the same moment waits."""
        ...

    def grant(self, user_id: int, wish: Wish, made: str) -> None:
        """Note what came of a wish that was taken up."""
        ...
