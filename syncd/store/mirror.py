"""The mirror: what accounting last showed us, stored page by page, and the documents that carry *our reference*."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select, update

from syncd.engine.state import Noted
from syncd.ports.records import StoredDocument
from syncd.store.dialect import CHUNK, append, chunks, insert
from syncd.store.tables import Document, Mirror, Touched
from syncd.values.equality import identity_key, is_empty
from syncd.values.fingerprint import fingerprint, raw_mark
from syncd.values.records import Listed, RemoteDocument, RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

_KEYS = ["connection_id", "remote_id"]
_DOCUMENT_KEYS = ["connection_id", "feed", "remote_id"]


class Mirrors:
    """Reads and writes the mirror of any connection."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_be_read(self, connection_id: int, rows: Sequence[Listed], *, afresh: bool) -> list[Listed]:
        """Those of a page whose text is not known yet; with ``afresh`` all but those of erased customers."""
        known = self._marks(connection_id, [row.remote_id for row in rows if row.remote_id is not None])
        return [row for row in rows if _is_fresh(row, known.get(row.remote_id or "", _UNKNOWN), afresh=afresh)]

    def store_page(self, connection_id: int, records: Sequence[RemoteRecord], counter: int, *, afresh: bool) -> int:
        """Store records that run ``counter`` read; returns how many meant something new.

        One whose text is unchanged, or whose customer was erased, is left as it is; ``afresh`` stores every record anew
        (the mapping changed). What moved is put on the work list in the same transaction.
        """
        known = self._marks(connection_id, [record.remote_id for record in records])
        fresh = [r for r in records if _is_fresh(r, known.get(r.remote_id, _UNKNOWN), afresh=afresh)]
        rows = [_row(connection_id, record, counter) for record in fresh]
        moved = [row["remote_id"] for row in rows if known.get(row["remote_id"], _UNKNOWN).mark != row["fingerprint"]]
        self._upsert(Mirror, rows, _KEYS)
        self._touch(connection_id, "remote", moved)
        return len(moved)

    def put(self, connection_id: int, records: Sequence[RemoteRecord], counter: int) -> None:
        """Store records that we just wrote or read. Nothing is put on the work list."""
        self._upsert(Mirror, [_row(connection_id, record, counter) for record in records], _KEYS)

    def load(self, connection_id: int, remote_ids: Iterable[str]) -> dict[str, RemoteRecord]:
        """The records as last seen, without those that are gone and without their raw text: it is read anew."""
        found: dict[str, RemoteRecord] = {}
        for part in chunks(remote_ids):
            columns = (Mirror.remote_id, Mirror.fields, Mirror.version, Mirror.unfit, Mirror.fingerprint)
            statement = select(*columns).where(
                Mirror.connection_id == connection_id, Mirror.remote_id.in_(part), ~Mirror.gone, ~Mirror.erased
            )
            for remote_id, fields, version, unfit, mark in self._session.execute(statement):
                found[remote_id] = RemoteRecord(remote_id, dict(fields), "", version, dict(unfit), mark)
        return found

    def with_number(self, connection_id: int, numbers: Iterable[str]) -> frozenset[str]:
        """The remote ids that hold one of these numbers."""
        found: set[str] = set()
        for part in chunks(numbers):
            statement = select(Mirror.remote_id).where(
                Mirror.connection_id == connection_id, Mirror.number.in_(part), ~Mirror.gone
            )
            found.update(self._session.scalars(statement))
        return frozenset(found)

    def met(self, connection_id: int, remote_ids: Iterable[str], counter: int) -> frozenset[str]:
        """Those of these records that run ``counter`` or an earlier one had met."""
        found: set[str] = set()
        for part in chunks(remote_ids):
            statement = select(Mirror.remote_id).where(
                Mirror.connection_id == connection_id, Mirror.remote_id.in_(part), Mirror.first_seen_by <= counter
            )
            found.update(self._session.scalars(statement))
        return frozenset(found)

    def set_gone(self, connection_id: int, remote_ids: Iterable[str]) -> None:
        """Remember that the vendor no longer knows these records; they are put on the work list."""
        ids = list(remote_ids)
        for part in chunks(ids):
            statement = update(Mirror).where(Mirror.connection_id == connection_id, Mirror.remote_id.in_(part))
            self._session.execute(statement.values(gone=True, raw_mark="", fingerprint=""))
        self._touch(connection_id, "remote", ids)

    def ids(self, connection_id: int) -> Iterator[str]:
        """The remote customers that are known to exist, one after the other."""
        statement = select(Mirror.remote_id).where(Mirror.connection_id == connection_id, ~Mirror.gone)
        yield from self._session.scalars(statement.execution_options(yield_per=CHUNK))

    def count(self, connection_id: int) -> int:
        """How many remote customers are known to exist."""
        statement = select(func.count()).select_from(Mirror)
        return self._session.scalar(statement.where(Mirror.connection_id == connection_id, ~Mirror.gone)) or 0

    def crowded_stamp(self, connection_id: int, floor: str, limit: int) -> str | None:
        """The change stamp above which at most ``limit`` known records lie, if ``floor`` has more above it (S-58)."""
        statement = (
            select(Mirror.version)
            .where(Mirror.connection_id == connection_id, Mirror.version >= floor, ~Mirror.gone)
            .order_by(Mirror.version.desc())
            .offset(limit)
            .limit(1)
        )
        return self._session.scalar(statement)

    def store_documents(self, connection_id: int, documents: Sequence[RemoteDocument], counter: int) -> None:
        """Store a page of documents, but those of erased customers; what is new or moved is put on the work list."""
        erased = self._erased(connection_id, (d.customer_id for d in documents))
        documents = [d for d in documents if d.customer_id not in erased]
        known = self._documents(connection_id, documents)
        moved = [d for d in documents if known.get((d.feed, d.remote_id)) != _shape(d)]
        keep = [d for d in moved if d.is_open or (d.feed, d.remote_id) in known]
        self._upsert(Document, [_document_row(connection_id, d, counter) for d in keep], _DOCUMENT_KEYS)
        for document in documents:
            self._see_document(connection_id, document, counter)
        self._touch(connection_id, "reference", {d.customer_id for d in keep if d.is_open})

    def close_unseen_documents(self, connection_id: int, feed: str, counter: int) -> None:
        """A draft that a whole listing no longer shows was sent or deleted."""
        statement = update(Document).where(
            Document.connection_id == connection_id, Document.feed == feed, Document.seen_by < counter
        )
        self._session.execute(statement.values(is_open=False))

    def open_documents(self, connection_id: int, customers: Iterable[str] | None) -> tuple[StoredDocument, ...]:
        """Open documents, of these remote customers or (None) of all."""
        statement = select(Document).where(Document.connection_id == connection_id, Document.is_open)
        statement = statement.order_by(Document.feed, Document.remote_id)
        if customers is None:
            return tuple(_stored(row) for row in self._session.scalars(statement))
        rows: list[Document] = []
        for part in chunks(sorted(customers)):
            rows += self._session.scalars(statement.where(Document.remote_customer_id.in_(part)))
        return tuple(_stored(row) for row in rows)

    def documents(self, connection_id: int, keys: Iterable[tuple[str, str]]) -> tuple[StoredDocument, ...]:
        """These documents, by feed and id, open or not."""
        wanted = set(keys)
        found: list[StoredDocument] = []
        for part in chunks(sorted({remote_id for _, remote_id in wanted})):
            statement = select(Document).where(Document.connection_id == connection_id, Document.remote_id.in_(part))
            rows = self._session.scalars(statement.order_by(Document.feed, Document.remote_id))
            found += [_stored(row) for row in rows if (row.feed, row.remote_id) in wanted]
        return tuple(found)

    def put_documents(self, connection_id: int, noted: Sequence[tuple[RemoteDocument, Noted]]) -> None:
        """Store documents, each with what is to be remembered of it."""
        rows = [{**_document_row(connection_id, document, 0), **asdict(memory)} for document, memory in noted]
        self._upsert(Document, rows, _DOCUMENT_KEYS, kept="seen_by")

    def _marks(self, connection_id: int, ids: list[str]) -> dict[str, _Marks]:
        marks: dict[str, _Marks] = {}
        for part in chunks(ids):
            statement = select(Mirror.remote_id, Mirror.raw_mark, Mirror.fingerprint, Mirror.erased).where(
                Mirror.connection_id == connection_id, Mirror.remote_id.in_(part)
            )
            marks.update((row[0], _Marks(row[1], row[2], row[3])) for row in self._session.execute(statement))
        return marks

    def _erased(self, connection_id: int, ids: Iterable[str]) -> frozenset[str]:
        """Those of these remote customers that were erased."""
        marks = self._marks(connection_id, sorted(set(ids)))
        return frozenset(remote_id for remote_id, one in marks.items() if one.erased)

    def _documents(
        self, connection_id: int, documents: Sequence[RemoteDocument]
    ) -> dict[tuple[str, str], tuple[str, str | None, bool]]:
        known = {}
        for part in chunks({d.remote_id for d in documents}):
            statement = select(Document).where(Document.connection_id == connection_id, Document.remote_id.in_(part))
            for row in self._session.scalars(statement):
                known[(row.feed, row.remote_id)] = (row.remote_customer_id, row.reference, row.is_open)
        return known

    def _see_document(self, connection_id: int, document: RemoteDocument, counter: int) -> None:
        statement = update(Document).where(
            Document.connection_id == connection_id,
            Document.feed == document.feed,
            Document.remote_id == document.remote_id,
        )
        self._session.execute(statement.values(seen_by=counter))

    def _upsert(
        self,
        table: type[Mirror | Document],
        rows: list[dict[str, Any]],
        keys: list[str],
        *,
        kept: str = "first_seen_by",
    ) -> None:
        """Insert, or replace all of a known row but what is kept."""
        if not rows:
            return
        statement = insert(self._session, table.__table__)
        columns = {name: statement.excluded[name] for name in rows[0] if name not in {*keys, kept}}
        self._session.connection().execute(statement.on_conflict_do_update(index_elements=keys, set_=columns), rows)

    def _touch(self, connection_id: int, kind: str, refs: Iterable[str]) -> None:
        rows = [{"connection_id": connection_id, "kind": kind, "ref": ref} for ref in sorted(refs)]
        append(self._session, Touched, rows)


class _Marks(NamedTuple):
    """What is known of a stored record without reading it."""

    raw: str
    mark: str
    erased: bool


_UNKNOWN = _Marks("", "", erased=False)


def _is_fresh(record: Listed | RemoteRecord, known: _Marks, *, afresh: bool) -> bool:
    """Whether a record is to be read, or stored: it, or the way it is read, may have changed."""
    return not known.erased and (afresh or known.raw != raw_mark(record.raw))


def _row(connection_id: int, record: RemoteRecord, counter: int) -> dict[str, Any]:
    organisation = record.fields.get("organisation_number")
    return {
        "connection_id": connection_id,
        "remote_id": record.remote_id,
        "number": record.number,
        "organisation_key": None if is_empty(organisation) else identity_key(str(organisation)),
        "version": record.version,
        "fields": dict(record.fields),
        "unfit": dict(record.unfit),
        "raw": record.raw,
        "raw_mark": raw_mark(record.raw),
        "fingerprint": fingerprint(record),
        "first_seen_by": counter,
        "gone": False,
    }


def _document_row(connection_id: int, document: RemoteDocument, counter: int) -> dict[str, Any]:
    return {
        "connection_id": connection_id,
        "feed": document.feed,
        "remote_id": document.remote_id,
        "remote_customer_id": document.customer_id,
        "number": document.number,
        "reference": document.reference,
        "version": document.version,
        "is_open": document.is_open,
        "seen_by": counter,
    }


def _shape(document: RemoteDocument) -> tuple[str, str | None, bool]:
    return (document.customer_id, document.reference, document.is_open)


def _stored(row: Document) -> StoredDocument:
    """The raw text is not kept: a document is read anew before it is written (S-33)."""
    document = RemoteDocument(
        row.feed, row.remote_id, row.remote_customer_id, row.reference, row.is_open, "", row.version, row.number
    )
    return StoredDocument(document, Noted(row.written, row.earlier, row.judged))
