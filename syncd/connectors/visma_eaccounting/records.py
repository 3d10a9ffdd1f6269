"""One customer or document at a time: read twice before it is called unreadable, complete before it is sent back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

from syncd.errors import ChangedMeanwhileError, NotNowError
from syncd.mapping import visma_eaccounting as visma
from syncd.mapping.overlay import MalformedJsonError, parse_object
from syncd.values.records import Reject, RemoteDocument, RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.connectors.http import Reply
    from syncd.connectors.visma_eaccounting.api import Api, Target

T = TypeVar("T", RemoteRecord, RemoteDocument)
Seen = TypeVar("Seen")

FRESH_SECONDS = 1.0
"""How long ago a record may have been read that is sent back."""


def read_one(api: Api, target: Target, read: Callable[[Reply], T | Reject]) -> T:
    """Read one record. Raises ``NotNowError`` when it cannot be understood, ``GoneError``."""
    found = api.read(target, read)
    if isinstance(found, Reject):
        found = api.read(target, read)
    if isinstance(found, Reject):
        raise NotNowError(f"accounting's answer cannot be read: {', '.join(found.reasons)}", code="unreadable")
    if found.remote_id.casefold() != (target.id or "").casefold():
        raise NotNowError("accounting answered with another record", code="unreadable")
    return found


def understood(found: T | Reject) -> T:
    """The record in the answer to a write, or ``MalformedJsonError``."""
    if isinstance(found, Reject):
        raise MalformedJsonError(", ".join(found.reasons))
    return found


class Whole:
    """Reads customers that are about to be sent back.

    A PUT blanks what it does not carry (FACTS §5.3, measured), so a key that is missing from an answer by accident
    would be lost. An answer that lacks more than this server is known to leave out is asked for once more.
    """

    def __init__(self) -> None:
        self._left_out: frozenset[str] = frozenset()

    def read(self, once: Callable[[], RemoteRecord]) -> RemoteRecord:
        """The fuller of two answers; one, when nothing unusual is missing."""
        record = once()
        missing = _missing(record)
        if missing <= self._left_out:
            return record
        again = once()
        self._left_out |= missing & _missing(again)
        return again if len(_missing(again)) <= len(missing) else record


class Fresh(Generic[Seen]):
    """A record for a PUT, which replaces what is there: never one that was read long ago.

    A write that is refused for now (429, a spent token) or has to wait for its turn is sent later, and somebody may
    have saved by then. It is read again; what ``mark`` tells of it must still be the same.
    """

    def __init__(self, seen: Seen, read: Callable[[], Seen], mark: Callable[[Seen], object]) -> None:
        self._seen, self._read, self._mark = seen, read, mark
        self._until = time.monotonic() + FRESH_SECONDS

    def now(self) -> Seen:
        """The record as it is. Raises ``ChangedMeanwhileError``; taken once, it is read anew the next time."""
        if time.monotonic() < self._until:
            self._until = 0.0
            return self._seen
        now = self._read()
        if self._mark(now) != self._mark(self._seen):
            raise ChangedMeanwhileError("the record")
        return now


def whole(body: str) -> str:
    """Refuse to send a customer without the keys whose absence would change it (FACTS §5.2)."""
    missing = [key for key in visma.ALWAYS_SENT if parse_object(body).get(key) is None]
    if missing:
        raise NotNowError(
            f"not sent: accounting's own answer lacks {', '.join(missing)}, which would be lost", code="incomplete"
        )
    return body


def _missing(record: RemoteRecord) -> frozenset[str]:
    return visma.WRITABLE - parse_object(record.raw).keys()
