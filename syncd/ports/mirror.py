"""Accounting records as last seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from syncd.engine.state import Noted
    from syncd.ports.records import StoredDocument
    from syncd.values.records import Listed, RemoteDocument, RemoteRecord


class Mirrors(Protocol):
    """Reads and writes the mirror of any connection."""

    def to_be_read(self, connection_id: int, rows: Sequence[Listed], *, afresh: bool) -> list[Listed]:
        """Those of a page whose text is not known yet; with ``afresh`` all but those of erased customers."""
        ...

    def store_page(self, connection_id: int, records: Sequence[RemoteRecord], counter: int, *, afresh: bool) -> int:
        """Store records that run ``counter`` read; returns how many meant something new.

        One whose text is unchanged is left as it is; ``afresh`` stores every record anew (the mapping changed). What
        moved is put on the work list in the same transaction.
        """
        ...

    def put(self, connection_id: int, records: Sequence[RemoteRecord], counter: int) -> None:
        """Store records that we just wrote or read. Nothing is put on the work list."""
        ...

    def load(self, connection_id: int, remote_ids: Iterable[str]) -> dict[str, RemoteRecord]:
        """The records as last seen, without those that are gone and without their raw text: it is read anew."""
        ...

    def with_number(self, connection_id: int, numbers: Iterable[str]) -> frozenset[str]:
        """The remote ids that hold one of these numbers."""
        ...

    def met(self, connection_id: int, remote_ids: Iterable[str], counter: int) -> frozenset[str]:
        """Those of these records that run ``counter`` or an earlier one had met."""
        ...

    def set_gone(self, connection_id: int, remote_ids: Iterable[str]) -> None:
        """Remember that the vendor no longer knows these records; they are put on the work list."""
        ...

    def ids(self, connection_id: int) -> Iterator[str]:
        """The remote customers that are known to exist, one after the other."""
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

    def put_documents(self, connection_id: int, noted: Sequence[tuple[RemoteDocument, Noted]]) -> None:
        """Store documents, each with what is to be remembered of it."""
        ...
