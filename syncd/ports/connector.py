"""The wall's doors: what services ask of accounting systems. Protocols only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from syncd.register.fields import Value
    from syncd.values.capabilities import Capabilities
    from syncd.values.records import Company, DocumentPage, Listed, Page, Reject, RemoteDocument, RemoteRecord
    from syncd.values.tokens import Tokens


class Connector(Protocol):
    """One company in one accounting system.

    Reads retry by themselves and raise ``TryLaterError`` when that does not help. Writes are sent once; they raise
    ``UnknownOutcomeError`` when nobody knows what became of them and ``CustomerError`` when the vendor refused.
    Every method may raise ``NeedsConsentError``, ``NeedsAttentionError`` or ``TryLaterError``.
    """

    @property
    def requests(self) -> int:
        """How many requests were sent to the API so far (token requests apart)."""
        ...

    def company(self) -> Company:
        """Read who we are talking to: one request, at the start of each run."""
        ...

    def capabilities(self) -> Capabilities:
        """What this company can hold, code lists included (read once, when first needed)."""
        ...

    def customers(self, since: str | None = None) -> Iterator[Page]:
        """Stream all customers, or those changed at or after the vendor's stamp ``since``."""
        ...

    def read(self, listed: Listed) -> RemoteRecord | Reject:
        """Read a customer that was listed. No request."""
        ...

    def customer(self, remote_id: str) -> RemoteRecord:
        """Read one customer now. Raises ``GoneError``."""
        ...

    def find(self, number: str) -> tuple[RemoteRecord, ...]:
        """Read the customers that hold this number now."""
        ...

    def create(self, fields: Mapping[str, Value]) -> RemoteRecord:
        """Create a customer, once. Raises ``DuplicateError``, ``RejectedError``."""
        ...

    def update(self, seen: RemoteRecord, changes: Mapping[str, Value]) -> RemoteRecord:
        """Change these fields of the record as just read, everything else sent back untouched.

        Raises ``ChangedMeanwhileError`` when the write had to wait and somebody saved the record by then.
        """
        ...

    def delete(self, remote_id: str) -> None:
        """Delete a customer. Raises ``RejectedError`` where the vendor forbids it, ``GoneError``."""
        ...

    def documents(self, feed: str, since: str | None = None) -> Iterator[DocumentPage]:
        """Stream a document feed, or what changed in it at or after ``since``."""
        ...

    def document(self, feed: str, remote_id: str) -> RemoteDocument:
        """Read one document now. Raises ``GoneError``."""
        ...

    def write_reference(self, seen: RemoteDocument, text: str | None) -> RemoteDocument:
        """Write *our reference* on a document as just read, everything else sent back untouched."""
        ...

    def guard(self, check: Callable[[], None]) -> None:
        """Call ``check`` right before each write is sent; what it raises comes out, and nothing is sent."""
        ...

    def before_waits(self, act: Callable[[], None]) -> None:
        """Call ``act`` before a wait of a second or more, while nothing is on its way."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


class TokenStore(Protocol):
    """Where a connection's tokens live, encrypted. A refresh is stored before the new token is used (S-46)."""

    def load(self) -> Tokens | None:
        """The newest stored tokens, whoever stored them."""
        ...

    def ready(self) -> None:
        """Return when tokens can be stored now: nothing is asked for that would be lost. Raises ``TryLaterError``."""
        ...

    def renew(self, spent: str, tokens: Tokens) -> bool:
        """Store durably what the refresh token ``spent`` gave; returns only when it is.

        False, and nothing is stored, where that is not the stored one any more: somebody consented anew, or renewed.
        """
        ...

    def lock(self) -> AbstractContextManager[None]:
        """One refresh at a time for this connection, across processes."""
        ...
