"""Consents given in a browser: begun for a session, brought back once, confirmed by whoever sees which company it is.

They are kept in this process alone, tokens included, and forgotten after a while: whoever was too slow begins again.
"""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

from syncd.errors import RefusedError
from syncd.register.access import Verb, require
from syncd.services.connections import HeldTokens, authorize, find
from syncd.services.sync.company import differs, stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from syncd.ports.clock import Clock
    from syncd.ports.records import ConnectionInfo
    from syncd.ports.work import Store
    from syncd.register.access import Actor
    from syncd.services.connections import Connect
    from syncd.values.tokens import Tokens

PATIENCE = timedelta(minutes=15)
"""For how long a consent may take."""

MOST = 100
"""Consents under way at a time; the oldest ones give way."""


class BegunConsent(Protocol):
    """A consent that was begun."""

    @property
    def url(self) -> str:
        """The address to open."""
        ...

    @property
    def state(self) -> str:
        """What its end is recognised by."""
        ...


class Authorizer(Protocol):
    """Asks an accounting system's identity server; ``connectors.oauth`` is one."""

    def begin(self, redirect_uri: str) -> Any:
        """Begin a consent; returns a ``BegunConsent``."""
        ...

    def finish(self, consent: Any, redirected_to: str) -> Tokens:
        """Exchange what the person was sent back with. Raises ``RefusedError``, ``NeedsConsentError``."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


class ConsentForgottenError(RefusedError):
    """Another session's consent, one that was used already, or one that took too long."""

    code = "consent_forgotten"

    def __init__(self) -> None:
        super().__init__("This consent is not waited for.", remedy="Begin again.")


@dataclass(frozen=True, slots=True)
class Offered:
    """What a consent leads to. ``other``: another company than the connection had; it cannot be confirmed then."""

    connection: ConnectionInfo
    state: str
    company: dict[str, Any]
    other: bool


@dataclass(frozen=True, slots=True)
class _Begun:
    session_id: int
    group_id: int
    connection: str
    consent: Any = field(repr=False)
    at: datetime
    tokens: Tokens | None = field(default=None, repr=False)
    offered: Offered | None = None


@dataclass
class Consents:
    """Every consent under way in this process."""

    store: Store
    authorizer: Callable[[str], Authorizer]
    connect: Connect
    clock: Clock
    _begun: dict[str, _Begun] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, actor: Actor, group_id: int, name: str, session_id: int, redirect_uri: str) -> str:
        """Begin a consent for a connection; returns the address to open."""
        require(actor, Verb.INTEGRATIONS)
        connection = find(self.store, group_id, name)
        with self._asking(connection) as authorizer:
            consent: BegunConsent = authorizer.begin(redirect_uri)
        begun = _Begun(session_id, group_id, connection.name, consent, self.clock())
        with self._lock:
            self._forget_old()
            self._begun[consent.state] = begun
        return consent.url

    def brought_back(self, actor: Actor, session_id: int, address: str) -> Offered:
        """Exchange what a person came back with, and look whose company it is; looked at again, it is the same.

        Nothing is stored yet. Raises ``ConsentForgottenError``, and what the identity server or accounting say.
        """
        require(actor, Verb.INTEGRATIONS)
        state = parse_qs(urlsplit(address).query).get("state", [""])[0]
        begun = self._take(state, session_id)
        if begun.offered is None:
            begun = self._exchanged(state, begun, address)
        with self._lock:
            self._begun[state] = begun
        assert begun.offered is not None  # noqa: S101 - exchanged
        return begun.offered

    def _exchanged(self, state: str, begun: _Begun, address: str) -> _Begun:
        connection = find(self.store, begun.group_id, begun.connection)
        with self._asking(connection) as authorizer:
            held = HeldTokens(authorizer.finish(begun.consent, address))
        with closing(self.connect(connection, held)) as connector:
            company = connector.company()
        other = bool(connection.company) and differs(connection.company, company)
        return replace(begun, tokens=held.tokens, offered=Offered(connection, state, stored(company), other))

    def confirm(self, actor: Actor, session_id: int, state: str) -> ConnectionInfo:
        """Store the consent of a company that was shown. Raises ``WrongCompanyError``, ``ConsentForgottenError``."""
        begun = self._take(state, session_id)
        if begun.tokens is None:
            raise ConsentForgottenError
        connection = find(self.store, begun.group_id, begun.connection)
        return authorize(self.store, actor, connection, begun.tokens, self.connect)

    def _asking(self, connection: ConnectionInfo) -> AbstractContextManager[Authorizer]:
        return closing(self.authorizer(connection.system))

    def _take(self, state: str, session_id: int) -> _Begun:
        """A consent of this session, taken out: an answer that is sent twice at once is exchanged once."""
        with self._lock:
            self._forget_old()
            begun = self._begun.get(state)
            if begun is None or begun.session_id != session_id:
                raise ConsentForgottenError
            return self._begun.pop(state)

    def _forget_old(self) -> None:
        since = self.clock() - PATIENCE
        kept = [(state, one) for state, one in self._begun.items() if one.at > since]
        self._begun = dict(kept[-(MOST - 1) :])
