"""A connection's access token: renewed ahead of its end, stored before it is used, by one hand at a time (S-46)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from syncd.connectors.oauth import AUTHORIZE
from syncd.connectors.retry import Retry, go_on, never
from syncd.errors import NeedsConsentError, TryLaterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.connectors.oauth import OAuth
    from syncd.connectors.retry import Stop
    from syncd.ports import TokenStore
    from syncd.values.tokens import Tokens

MARGIN = 120.0
"""Seconds before its end at which a token is renewed; of a short-lived one no more than half its life."""

ONCE_MORE = Retry(attempts=2)
"""A refresh whose answer was lost may or may not have spent the token: asking once more tells (FACTS §2)."""

KEPT = Retry(attempts=5, first=0.2, longest=1.0, total=4.0)
"""Tokens that were given are stored, also by a program that is to end: nobody gives them twice."""


class TokenSession:
    """The tokens of one connection. Safe to share between threads, and between processes by the store's lock."""

    def __init__(self, oauth: OAuth, store: TokenStore, now: Callable[[], float], *, stop: Stop | None = None) -> None:
        self._oauth = oauth
        self._store = store
        self._now = now
        self._stop = stop or never()
        self._mutex = threading.Lock()
        self._tokens: Tokens | None = None
        self._renew_at = 0.0
        self._dead: str | None = None

    @property
    def requests(self) -> int:
        """How many token requests were sent."""
        return self._oauth.requests

    def access_token(self) -> str:
        """An access token that is good for a while. Raises ``NeedsConsentError``, ``TryLaterError``."""
        with self._mutex:
            if self._tokens is None or self._now() >= self._renew_at:
                self._take_newer_than(None)
            return self._current()

    def renewed(self, refused: str) -> str:
        """Another token than the one that the API has just refused."""
        with self._mutex:
            if self._tokens is None or self._tokens.access_token == refused:
                self._take_newer_than(refused)
            return self._current()

    def close(self) -> None:
        """Give connections back."""
        self._oauth.close()

    def _current(self) -> str:
        return self._tokens.access_token if self._tokens else ""

    def _take_newer_than(self, refused: str | None) -> None:
        """Take what is stored, if it will do; else renew. Another process may have been quicker."""
        if self._take_stored(refused):
            return
        with self._store.lock():
            if self._take_stored(refused):
                return
            renewed = self._renew(refused)
        if renewed is None:
            return
        life = renewed.expires_at - self._now()
        self._tokens, self._renew_at = renewed, renewed.expires_at - min(MARGIN, life / 2)

    def _renew(self, refused: str | None) -> Tokens | None:
        """Renew and store; None when somebody else's are taken: a lock can be lost, and a person can consent anew."""
        spent = self._stored().refresh_token
        self._store.ready()
        try:
            renewed = self._refresh(spent)
        except NeedsConsentError:
            newest = self._store.load()
            if newest is None or newest.refresh_token == spent or not self._take_stored(refused):
                raise
            return None
        if KEPT.run(lambda: self._store.renew(spent, renewed), (TryLaterError,), never()):
            return renewed
        return None if self._take_stored(refused) else self._renew(refused)

    def _take_stored(self, refused: str | None) -> bool:
        stored = self._stored()
        renew_at = stored.expires_at - MARGIN
        if not stored.access_token or stored.access_token == refused or self._now() >= renew_at:
            return False
        self._tokens, self._renew_at = stored, renew_at
        return True

    def _stored(self) -> Tokens:
        stored = self._store.load()
        if stored is None or not stored.refresh_token or stored.refresh_token == self._dead:
            raise NeedsConsentError("the connection has no consent", remedy=AUTHORIZE)
        return stored

    def _refresh(self, refresh_token: str) -> Tokens:
        go_on(self._stop)
        try:
            return ONCE_MORE.run(lambda: self._oauth.refresh(refresh_token), (TryLaterError,), self._stop)
        except NeedsConsentError:
            self._dead = refresh_token
            raise
