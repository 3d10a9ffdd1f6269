"""What a program asks for is made once, however often it sends the request (its connection broke, say)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.wishes import Wish
    from syncd.ports.work import Work
    from syncd.register.access import Actor


class KeyReusedError(RefusedError):
    """The key stands for another request."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__("This key came with another request before.", remedy="Make a new key for a new request.")


def made_once(work: Work, actor: Actor, wish: Wish | None, make: Callable[[], str]) -> tuple[str, bool]:
    """Make something, or name what was made when the same wish came before; and whether it was made now.

    The wish is stored in the transaction of what is made: neither is there without the other. A wish that was refused
    leaves nothing, and may be sent again.
    """
    if wish is None or actor.user_id is None:
        return make(), True
    with work.as_one():
        known = work.wishes.claim(actor.user_id, wish)
        if known is None:
            made = make()
            work.wishes.grant(actor.user_id, wish, made)
            return made, True
    if known.mark != wish.mark:
        raise KeyReusedError
    return known.made, False
