"""Accounting records as last seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from syncd.engine.state import Noted
    from syncd.ports.records import StoredDocument
    from syncd.values.records import RemoteDocument, RemoteRecord


class Mirrors(Protocol):
    """Reads and writes the mirror of any connection."""

    def store_page(self, connection_id: int, records: Sequence[RemoteRecord], counter: int, *, afresh: bool) -> int:
        """Store a page; returns how many records meant something new.

        A record whose text is unchanged is only marked as seen by run ``counter``; ``afresh`` reads every record
        anew (the mapping changed). What moved is put on the work list in the same transaction.
        """
        ...

    def put(self, connection_id: int, record: RemoteRecord, counter: int) -> str:
        """Store one record that we just wrote or read; returns its fingerprint. Nothing is put on the work list."""
        ...

    def load(self, connection_id: int, remote_ids: Iterable[str]) -> dict[str, RemoteRecord]:
        """The records as last seen, without those that are gone and without their raw text: it is read anew."""
        ...

    def with_number(self, connection_id: int, numbers: Iterable[str]) -> frozenset[str]:
        """The remote ids that hold one of these numbers."""
        ...

    def fingerprints(self, connection_id: int, remote_ids: Iterable[str]) -> dict[str, str]:
        """The stored fingerprints of these records."""
        ...

    def set_gone(self, connection_id: int, remote_ids: Iterable[str]) -> None:
        """Remember that the vendor no longer knows these records; they are put on the work list."""
        ...

    def unseen(self, connection_id: int, counter: int) -> tuple[str, ...]:
        """Records that run ``counter`` listed everything without meeting."""
        ...

    def count(self, connection_id: int) -> int:
        """How many remote customers are known to exist."""
        ...

    def crowded_stamp(self, connection_id: int, floor: str, limit: int) -> str | None:
        """The change stamp above which at most ``limit`` known records lie, if ``floor`` has more above it (S-58)."""
        ...

    def store_documents(self, connection_id: int, documents: Sequence[RemoteDocument], counter: int) -> None:
        """Store a page of documents; what is new or moved is put on the work list."""
        ...

    def close_unseen_documents(self, connection_id: int, feed: str, counter: int) -> None:
        """A draft that a whole listing no longer shows was sent or deleted."""
        ...

    def open_documents(self, connection_id: int, customers: Iterable[str] | None) -> tuple[StoredDocument, ...]:
        """Open documents, of these remote customers or (None) of all."""
        ...

    def documents(self, connection_id: int, keys: Iterable[tuple[str, str]]) -> tuple[StoredDocument, ...]:
        """These documents, by feed and id, open or not."""
        ...

    def put_document(self, connection_id: int, document: RemoteDocument, noted: Noted) -> None:
        """Store a document with what is to be remembered of it."""
        ...
