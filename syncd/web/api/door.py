"""Who comes in: whoever sends a valid token in the header that is made for it."""

from __future__ import annotations

import hashlib
import math
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from syncd.errors import TryLaterError
from syncd.services.register.api_tokens import WrongTokenError, bearer_of, is_noted, note_use
from syncd.web.api.guard import DOOR, TOLD
from syncd.web.api.house import Caller, House
from syncd.web.api.problems import Refusal, Told
from syncd.web.api.throttle import Throttle

if TYPE_CHECKING:
    from syncd.services.register.api_tokens import Bearer

_MISSING = Told(401, "token_missing", "No token was sent.", "Send the header: Authorization: Bearer TOKEN")


@dataclass
class Door:
    """Lets callers in."""

    house: House
    throttle: Throttle = field(init=False)

    def __post_init__(self) -> None:
        self.throttle = Throttle(self.house.seconds)

    def let_in(self, request: Request) -> Caller:
        """Return who is calling. Raises ``Refusal``, ``WrongTokenError``."""
        token = _sent(request)
        address, mark = request.client.host if request.client else "", hashlib.sha256(token.encode()).hexdigest()
        wait = self.throttle.wait(address, mark)
        if wait:
            raise _too_many(wait)
        try:
            bearer = self._bearer(token)
        except WrongTokenError:
            self.throttle.was_wrong(address, mark)
            raise
        self.throttle.was_right(mark)
        request.scope[TOLD] |= {"caller": bearer.token.handle, "route": request.scope["route"].path}
        return Caller(self.house, bearer.actor, bearer.token.group_id)

    def _bearer(self, token: str) -> Bearer:
        now = self.house.clock()
        with self.house.store.reading() as work:
            bearer = bearer_of(work, token, now)
        if not is_noted(bearer.token, now):
            with suppress(TryLaterError), self.house.store.work() as work:
                note_use(work, bearer.token, now)
        return bearer


def _sent(request: Request) -> str:
    sent = request.headers.getlist("authorization")
    scheme, _, token = (sent[0] if len(sent) == 1 else "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(_MISSING)
    return token.strip()


def _too_many(wait: float) -> Refusal:
    told = Told(429, "too_many_wrong_tokens", "Too many wrong tokens came from this address.", "Wait, then try again.")
    return Refusal(told, {"Retry-After": str(math.ceil(wait))})


def _let_in(request: Request) -> Caller:
    door: Door = request.scope[DOOR]
    return door.let_in(request)


_SCHEME = HTTPBearer(scheme_name="token", description="Made by `syncd token add NAME`.", auto_error=False)

Calling = Annotated[Caller, Depends(_let_in)]
"""Whoever is calling, in every address of the API."""

SECURED = [Depends(_SCHEME)]
"""What the document of the API says about it."""
