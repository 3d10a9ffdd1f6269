"""A connector on the simulated Visma eAccounting, and what tests need around it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from syncd.connectors.pacing import Pacing
from syncd.connectors.retry import Retry
from syncd.connectors.session import TokenSession
from syncd.connectors.visma_eaccounting import VismaEAccounting, VismaSettings, oauth
from syncd.values.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.connectors.retry import Stop
    from syncd.sandbox import Sandbox

API = "https://api.example.com/v2/"
QUICK = Retry(attempts=4, first=0.01, longest=0.02)


class Shelf:
    """A token store in memory; ``saved`` counts."""

    def __init__(self, tokens: Tokens | None) -> None:
        self.tokens = tokens
        self.saved = 0
        self._lock = threading.Lock()

    def load(self) -> Tokens | None:
        return self.tokens

    def ready(self) -> None:
        """It always is."""

    def renew(self, spent: str, tokens: Tokens) -> bool:
        if self.tokens is None or self.tokens.refresh_token != spent:
            return False
        self.tokens = tokens
        self.saved += 1
        return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        with self._lock:
            yield


class Told:
    """A stop signal that does not wait: it notes what was asked, and says stop from the ``after``-th time on."""

    def __init__(self, after: int | None = None) -> None:
        self.waits: list[float] = []
        self._after = after

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return self.is_set()

    def is_set(self) -> bool:
        return self._after is not None and len(self.waits) >= self._after


def settings_of(sandbox: Sandbox, *, retry: Retry = QUICK, timeout: float = 8.0) -> VismaSettings:
    return VismaSettings(
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        api_url=sandbox.api_url,
        identity_url=sandbox.identity_url,
        retry=retry,
        timeout=timeout,
    )


def consented(sandbox: Sandbox) -> Shelf:
    """A store right after consent: a refresh token and nothing else."""
    return Shelf(Tokens("", sandbox.issue_refresh_token(), 0.0))


@contextmanager
def connected(
    sandbox: Sandbox,
    *,
    shelf: Shelf | None = None,
    terms_of_payment: str | None = None,
    retry: Retry = QUICK,
    timeout: float = 8.0,
    stop: Stop | None = None,
) -> Iterator[VismaEAccounting]:
    """A connector that has consent."""
    settings = settings_of(sandbox, retry=retry, timeout=timeout)
    session = TokenSession(oauth(settings, time.time), shelf or consented(sandbox), time.time)
    connector = VismaEAccounting(settings, session, Pacing(600), terms_of_payment=terms_of_payment, stop=stop)
    try:
        yield connector
    finally:
        connector.close()
        session.close()


@contextmanager
def without_a_server() -> Iterator[VismaEAccounting]:
    """A connector with a token; who answers at ``API`` is up to the test."""
    settings = VismaSettings("id", "secret", API, "https://identity.example.com/", retry=QUICK)
    session = TokenSession(oauth(settings, lambda: 0.0), Shelf(Tokens("token", "refresh", 9e9)), lambda: 0.0)
    connector = VismaEAccounting(settings, session, Pacing(600), stop=Told())
    try:
        yield connector
    finally:
        connector.close()
        session.close()
