"""A connection's tokens as its connector sees them: stored durably, renewed by one process at a time (S-46)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from syncd.errors import TryLaterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.store.uow import Store
    from syncd.values.tokens import Tokens

WAIT = 60.0
"""Seconds to wait for another process that is renewing; it takes two requests at most."""


class StoredTokens:
    """The tokens of one connection in the database."""

    def __init__(self, store: Store, connection_id: int, *, wait: float = WAIT) -> None:
        self._store = store
        self._connection_id = connection_id
        self._wait = wait

    def load(self) -> Tokens | None:
        """The newest stored tokens, whoever stored them."""
        with self._store.reading() as work:
            return work.connections.tokens(self._connection_id)

    def ready(self) -> None:
        """Store what is stored already: a full disk or a lost server shows before a token is spent, not after."""
        with self._store.work() as work:
            tokens = work.connections.tokens(self._connection_id)
            if tokens is not None:
                work.connections.save_tokens(self._connection_id, tokens)
            work.commit()

    def renew(self, spent: str, tokens: Tokens) -> bool:
        """Store durably, unless somebody consented anew or renewed since; returns whether it was stored."""
        with self._store.work() as work:
            renewed = work.connections.renew_tokens(self._connection_id, spent, tokens)
            work.commit()
        return renewed

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One refresh at a time for this connection, across processes."""
        with self._store.lock(f"tokens-{self._connection_id}", wait=self._wait) as got:
            if not got:
                raise TryLaterError("another process is renewing the tokens and does not come to an end")
            yield
