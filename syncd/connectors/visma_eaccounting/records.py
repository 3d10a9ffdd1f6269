"""One customer or document at a time: read twice before it is called unreadable, complete before it is sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from syncd.errors import NotNowError
from syncd.mapping import visma_eaccounting as visma
from syncd.mapping.overlay import MalformedJsonError, parse_object
from syncd.values.records import Reject, RemoteDocument, RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.connectors.http import Reply
    from syncd.connectors.visma_eaccounting.api import Api, Target

T = TypeVar("T", RemoteRecord, RemoteDocument)


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


def check_whole(body: str) -> None:
    """Refuse to send a customer without the keys whose absence would change it (FACTS §5.2)."""
    missing = [key for key in visma.ALWAYS_SENT if parse_object(body).get(key) is None]
    if missing:
        raise NotNowError(
            f"not sent: accounting's own answer lacks {', '.join(missing)}, which would be lost", code="incomplete"
        )


def _missing(record: RemoteRecord) -> frozenset[str]:
    return visma.WRITABLE - parse_object(record.raw).keys()
