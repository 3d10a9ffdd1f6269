"""Visma eAccounting as the engine's door ``Connector``: one company, seen and written through its API v2."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from syncd.connectors.retry import never
from syncd.connectors.visma_eaccounting import lists
from syncd.connectors.visma_eaccounting.api import Api, QueryRefusedError, Target
from syncd.connectors.visma_eaccounting.company import CompanyBook
from syncd.connectors.visma_eaccounting.records import Fresh, Whole, read_one, understood, whole
from syncd.errors import GoneError, RejectedError
from syncd.mapping import visma_eaccounting as visma
from syncd.mapping.overlay import overlay, parse
from syncd.values.fingerprint import fingerprint
from syncd.values.records import DocumentPage, Listed, Page, Reject, RemoteDocument, RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from syncd.connectors.http import Reply
    from syncd.connectors.pacing import Pacing
    from syncd.connectors.retry import Stop
    from syncd.connectors.session import TokenSession
    from syncd.connectors.visma_eaccounting.settings import VismaSettings
    from syncd.mapping.overlay import JsonValue
    from syncd.register.fields import Value
    from syncd.values.capabilities import Capabilities
    from syncd.values.records import Company

CUSTOMERS = "customers"
_MISSING = "the customer refers to something that accounting does not have (any more)"


class VismaEAccounting:
    """One company. Safe to share between threads."""

    def __init__(
        self,
        settings: VismaSettings,
        tokens: TokenSession,
        pacing: Pacing,
        *,
        terms_of_payment: str | None = None,
        targets: Mapping[str, str] | None = None,
        stop: Stop | None = None,
    ) -> None:
        self._api = Api(settings, tokens, pacing, stop or never())
        self._book = CompanyBook(self._api, terms_of_payment, targets or {})
        self._places = {place.name: place for place in visma.places(targets or {})}
        self._whole = Whole()

    @property
    def requests(self) -> int:
        """How many requests were sent to the API so far (token requests apart)."""
        return self._api.requests

    def company(self) -> Company:
        """Read who we are talking to. Raises ``NeedsAttentionError`` for a closed company."""
        return self._book.company()

    def capabilities(self) -> Capabilities:
        """What this company can hold; its list of terms of payment is read when somebody looks into it."""
        return self._book.capabilities()

    def customers(self, since: str | None = None) -> Iterator[Page]:
        """Stream all customers, or those changed at or after ``since``."""
        for page in self._changed(CUSTOMERS, "ChangedUtc", since, order="CustomerNumber"):
            rows = tuple(Listed(visma.remote_id(value), raw, value) for raw, value in page.rows)
            yield Page(rows, page.server_time, page.total)

    def read(self, listed: Listed) -> RemoteRecord | Reject:
        """Read a customer that was listed; its list of terms of payment may have to be read first."""
        return self._record(listed.raw, cast("JsonValue", listed.value))

    def customer(self, remote_id: str) -> RemoteRecord:
        """Read one customer now, whole enough to be sent back. Raises ``GoneError``, ``NotNowError``."""
        target = Target(CUSTOMERS, remote_id)
        return self._whole.read(lambda: read_one(self._api, target, self._answered))

    def find(self, number: str) -> tuple[RemoteRecord, ...]:
        """Read the customers that hold this number now, also where the vendor takes no such filter."""
        number = number.strip()
        try:
            return tuple(self._with_number(number, lists.equals("CustomerNumber", number)))
        except QueryRefusedError:
            return tuple(self._with_number(number, None))

    def create(self, fields: Mapping[str, Value]) -> RemoteRecord:
        """Create a customer, once."""
        chosen = fields.get("terms_of_payment")
        body = visma.create_body(
            fields,
            self._book.terms(),
            {} if chosen else {"TermsOfPaymentId": self._book.default_terms()},
            self._places,
        )
        try:
            return self._write("POST", Target(CUSTOMERS), lambda: body)
        except GoneError as error:
            raise RejectedError(_MISSING) from error

    def update(self, seen: RemoteRecord, changes: Mapping[str, Value]) -> RemoteRecord:
        """Change these fields of the record as just read; everything else goes back byte for byte.

        Raises ``ChangedMeanwhileError`` when it could not be sent at once and was edited by then.
        """
        terms = self._book.terms() if changes.get("terms_of_payment") else visma.Terms()
        wire = visma.changes_to_wire(changes, seen.fields, terms, self._places)
        if not wire:
            return seen
        fresh = Fresh(seen, lambda: self.customer(seen.remote_id), fingerprint)
        try:
            return self._write("PUT", Target(CUSTOMERS, seen.remote_id), lambda: whole(overlay(fresh.now().raw, wire)))
        except GoneError as error:
            self.customer(seen.remote_id)  # raises GoneError when it is the customer that is gone
            raise RejectedError(_MISSING) from error

    def delete(self, remote_id: str) -> None:
        """Delete a customer. Raises ``RejectedError`` for one in use, ``GoneError``."""
        self._api.write("DELETE", Target(CUSTOMERS, remote_id), lambda _: None)

    def documents(self, feed: str, since: str | None = None) -> Iterator[DocumentPage]:
        """Stream a document feed; invoice drafts, which have no change stamp, always whole."""
        shape = visma.SHAPES[feed]
        for page in self._changed(shape.path, shape.stamp, since):
            read = [visma.to_document(feed, raw, value) for raw, value in page.rows]
            documents = tuple(one for one in read if isinstance(one, RemoteDocument))
            rejects = tuple(one for one in read if isinstance(one, Reject))
            yield DocumentPage(documents, rejects, page.server_time, page.total)

    def document(self, feed: str, remote_id: str) -> RemoteDocument:
        """Read one document now. Raises ``GoneError``, ``NotNowError``."""
        return read_one(self._api, Target(visma.SHAPES[feed].path, remote_id), partial(_document, feed))

    def write_reference(self, seen: RemoteDocument, text: str | None) -> RemoteDocument:
        """Write *our reference* on a document as just read; a closed one is never touched (S-31).

        Raises ``ChangedMeanwhileError`` when it could not be sent at once and was edited by then.
        """
        if not seen.is_open:
            raise RejectedError("the document is closed", code="closed")
        shape = visma.SHAPES[seen.feed]
        target = Target(shape.path, seen.remote_id)
        fresh = Fresh(seen, lambda: self.document(seen.feed, seen.remote_id), _open_reference)
        return self._api.write(
            "PUT",
            target,
            lambda reply: understood(_document(seen.feed, reply)),
            lambda: overlay(fresh.now().raw, {shape.reference: text}),
        )

    def guard(self, check: Callable[[], None]) -> None:
        """Call ``check`` right before each write is sent; what it raises comes out, and nothing is sent."""
        self._api.before_write = check

    def before_waits(self, act: Callable[[], None]) -> None:
        """Call ``act`` before a wait of a second or more, while nothing is on its way."""
        self._api.before_waits(act)

    def close(self) -> None:
        """Give connections back."""
        self._api.close()

    def _changed(
        self, resource: str, stamp: str | None, moment: str | None, *, order: str | None = None
    ) -> Iterator[lists.RawPage]:
        """What changed; the whole list where the vendor cannot be asked for changes, which no cursor follows."""
        if stamp is None:
            yield from lists.listing(self._api, resource, order=order)
            return
        if moment is not None:
            try:
                yield from lists.feed(self._api, resource, where=lists.since(stamp, moment))
            except QueryRefusedError:
                pass
            else:
                return
        yield from lists.feed(self._api, resource, order=order)

    def _with_number(self, number: str, where: str | None) -> Iterator[RemoteRecord]:
        """Look for ourselves, too: a server may ignore the filter."""
        for page in lists.listing(self._api, CUSTOMERS, where=where):
            for raw, value in page.rows:
                record = self._record(raw, value)
                if isinstance(record, RemoteRecord) and record.number == number:
                    yield record

    def _write(self, method: str, target: Target, body: Callable[[], str]) -> RemoteRecord:
        return self._api.write(method, target, lambda reply: understood(self._answered(reply)), body)

    def _answered(self, reply: Reply) -> RemoteRecord | Reject:
        return self._record(reply.text, parse(reply.text))

    def _record(self, raw: str, value: JsonValue) -> RemoteRecord | Reject:
        return visma.to_record(raw, value, self._book.term_name, self._places.values())


def _open_reference(document: RemoteDocument) -> tuple[bool, str]:
    return document.is_open, document.reference or ""


def _document(feed: str, reply: Reply) -> RemoteDocument | Reject:
    return visma.to_document(feed, reply.text, parse(reply.text))
