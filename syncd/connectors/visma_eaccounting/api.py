"""Requests to the API: authorised, paced, repeated where that is safe, and judged (S-43, S-44)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from syncd.connectors.http import LostError, NotSentError, Transport, TransportError, UnusableError
from syncd.connectors.pacing import Patience, told_wait
from syncd.connectors.retry import Telling, go_on
from syncd.connectors.visma_eaccounting.errors import VENDOR, Refusal, of_customer, stopping, unexpected
from syncd.errors import GoneError, NeedsConsentError, TryLaterError, UnknownOutcomeError
from syncd.mapping.overlay import MalformedJsonError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.connectors.http import Reply
    from syncd.connectors.pacing import Pacing
    from syncd.connectors.retry import Stop
    from syncd.connectors.session import TokenSession
    from syncd.connectors.visma_eaccounting.settings import VismaSettings

T = TypeVar("T")


class QueryRefusedError(TryLaterError):
    """The vendor does not take this filter, order or page (6000, 6001)."""


class _BrokenError(Exception):
    """A read that may be tried again: a server error, a lost or unreadable answer."""


@dataclass(frozen=True, slots=True)
class Target:
    """A resource, or one of its records."""

    resource: str
    id: str | None = None

    @property
    def path(self) -> str:
        """Below the API's address."""
        return self.resource if self.id is None else f"{self.resource}/{quote(self.id, safe='')}"

    @property
    def endpoint(self) -> str:
        """The path with the id left open."""
        return self.resource if self.id is None else f"{self.resource}/{{id}}"


class Api:
    """One company's API. Safe to share between threads."""

    def __init__(self, settings: VismaSettings, tokens: TokenSession, pacing: Pacing, stop: Stop) -> None:
        self._transport = Transport(
            settings.api_url,
            seconds=settings.timeout,
            max_bytes=settings.answer_bytes,
            stop=stop,
            network=settings.network,
        )
        self._retry = settings.retry
        self._tokens = tokens
        self._pacing = pacing
        self._stop = Telling(stop)
        self.before_write: Callable[[], None] = _nothing

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._transport.requests

    def read(self, target: Target, read: Callable[[Reply], T], params: Mapping[str, str] | None = None) -> T:
        """GET, again and again within limits; ``read`` takes the answer apart or raises ``MalformedJsonError``.

        Raises ``TryLaterError``, ``GoneError`` for a record, ``QueryRefusedError`` for a list.
        """
        try:
            return self._retry.run(
                lambda: self._read_once(target, read, params), (_BrokenError, TransportError), self._stop
            )
        except NotSentError as error:
            raise TryLaterError(f"{VENDOR} cannot be reached ({error})") from error
        except (_BrokenError, TransportError) as error:
            go_on(self._stop)
            message = f"{VENDOR} gives no usable answer for {target.endpoint} ({error})"
            raise TryLaterError(message, remedy=_LATER) from error

    def write(
        self, method: str, target: Target, read: Callable[[Reply], T], body: Callable[[], str] | None = None
    ) -> T:
        """Write once; again only when the request surely was not sent. ``body`` is made anew for each sending.

        Raises ``UnknownOutcomeError`` unless the vendor's answer says what became of it.
        """
        try:
            reply = self._retry.run(lambda: self._authorised(method, target, body=body), (NotSentError,), self._stop)
        except NotSentError as error:
            raise TryLaterError(f"{VENDOR} cannot be reached ({error})", remedy=_LATER) from error
        except (LostError, UnusableError) as error:
            raise UnknownOutcomeError(f"sent to {VENDOR}, but the answer was lost ({error})") from error
        return _written(reply, read)

    def before_waits(self, act: Callable[[], None]) -> None:
        """Call ``act`` before a wait of a second or more, while nothing is on its way."""
        self._stop.before = act

    def close(self) -> None:
        """Give connections back, the identity server's too."""
        self._transport.close()
        self._tokens.close()

    def _read_once(self, target: Target, read: Callable[[Reply], T], params: Mapping[str, str] | None) -> T:
        reply = self._authorised("GET", target, params=params)
        if not reply.is_success:
            raise _unread(Refusal.of(reply), target)
        if reply.is_html:
            raise _BrokenError("a page for people instead of an answer")
        try:
            return read(reply)
        except MalformedJsonError as error:
            raise _BrokenError(str(error)) from error

    def _authorised(
        self,
        method: str,
        target: Target,
        *,
        params: Mapping[str, str] | None = None,
        body: Callable[[], str] | None = None,
    ) -> Reply:
        """Send until the vendor neither sends us away (429) nor, the first time, refuses the token (401).

        Nothing is begun once the program is about to end (S-57).
        """
        patience, token, renewed = Patience(), self._tokens.access_token(), False
        while True:
            self._pacing.turn(target.endpoint, self._stop, patience)
            content = body() if body is not None else None
            go_on(self._stop)
            if method != "GET":
                self.before_write()
            reply = self._transport.request(
                method, target.path, headers=_headers(token, content), params=params, content=_bytes(content)
            )
            refusal = None if reply.is_success else Refusal.of(reply)
            if refusal is None or refusal.meaning not in ("unauthorized", "throttled"):
                return reply
            if refusal.meaning == "throttled":
                self._hold(target, reply, patience)
            elif renewed:
                raise NeedsConsentError(f"{VENDOR} refuses a token that is new", remedy=_AUTHORIZE)
            else:
                token, renewed = self._tokens.renewed(token), True

    def _hold(self, target: Target, reply: Reply, patience: Patience) -> None:
        seconds = told_wait(reply.headers, reply.text)
        patience.check(seconds)
        self._pacing.hold(target.endpoint, seconds)


def _nothing() -> None:
    """Nobody minds a write."""


_LATER = "A later run tries again. If it lasts, check the network, and api_url in the configuration."
_AUTHORIZE = "Authorize the connection again: syncd connection authorize NAME"


def _headers(token: str, content: str | None) -> dict[str, str]:
    kind = {} if content is None else {"Content-Type": "application/json"}
    return {"Authorization": f"Bearer {token}", **kind}


def _bytes(content: str | None) -> bytes | None:
    return None if content is None else content.encode()


def _unread(refusal: Refusal, target: Target) -> Exception:
    """The error for a refused read."""
    if refusal.meaning == "broken":
        return _BrokenError(refusal.label)
    if refusal.meaning == "query":
        return QueryRefusedError(refusal.label)
    if refusal.meaning == "gone" and target.id is not None:
        return GoneError(f"{VENDOR} does not know the record ({refusal.label})")
    return stopping(refusal) or unexpected(refusal, target.endpoint)


def _written(reply: Reply, read: Callable[[Reply], T]) -> T:
    if not reply.is_success:
        refusal = Refusal.of(reply)
        if refusal.meaning == "broken":
            raise UnknownOutcomeError(f"{VENDOR} broke while writing ({refusal.label})")
        raise stopping(refusal) or of_customer(refusal)
    try:
        return read(reply)
    except MalformedJsonError as error:
        raise UnknownOutcomeError(f"{VENDOR} took the write, but its answer cannot be read ({error})") from error
