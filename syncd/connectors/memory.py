"""The reference implementation of the port: an accounting system in a dictionary, with a clock of its own.

Records are kept as JSON text in our own words (plus whatever else a test puts there), so that an update can be seen
to leave every other byte alone. ``hook`` is called before and after each call is carried out and may raise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Literal, TypeVar

from syncd.errors import DuplicateError, GoneError, RejectedError
from syncd.mapping.overlay import dump, overlay, parse_object
from syncd.register.fields import FIELDS, Value
from syncd.values.capabilities import Capabilities, Feed, FieldRule
from syncd.values.records import Company, DocumentPage, Listed, Page, RemoteDocument, RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from typing_extensions import TypeIs

    from syncd.mapping.overlay import JsonObject, JsonValue

T = TypeVar("T")

Moment = Literal["before", "after"]
Hook = Callable[[str, Moment], None]
"""Called with the name of the method and whether it has been carried out."""

FEEDS = (Feed("orders"), Feed("drafts", stamped=False))
EVERYTHING = Capabilities(
    system="memory",
    fields={name: FieldRule(required=known.required) for name, known in FIELDS.items()},
    reference="documents",
    feeds=FEEDS,
)
COMPANY = Company("memory-1", "Minnet AB", "556036-0793", "SE", "SEK", "Kontoret")


WRITES = frozenset({"create", "update", "delete", "write_reference"})


def nothing_happens(_method: str, _moment: Moment) -> None:
    """The hook that does nothing."""


def nobody_minds() -> None:
    """The guard that lets every write go."""


@dataclass
class MemoryConnector:
    """One company in memory."""

    can: Capabilities = EVERYTHING
    who: Company = COMPANY
    hook: Hook = nothing_happens
    page_size: int = 100
    requests: int = 0
    before_write: Callable[[], None] = nobody_minds
    records: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By remote id: text and change stamp."""
    papers: dict[str, RemoteDocument] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))
    _ticks: int = 0

    # What a person does in the accounting system.

    def add(self, fields: Mapping[str, JsonValue]) -> str:
        """Enter a customer, keys of its own included; returns its id."""
        remote_id = f"c{next(self._ids)}"
        self._store(remote_id, overlay("{}", {"id": remote_id, **fields}))
        return remote_id

    def edit(self, remote_id: str, **fields: JsonValue) -> None:
        """Change some fields of a customer."""
        self._store(remote_id, overlay(self.records[remote_id][0], fields))

    def drop(self, remote_id: str) -> None:
        """Remove a customer without a trace."""
        del self.records[remote_id]

    def add_document(self, feed: str, customer_id: str, *, reference: str | None = None, is_open: bool = True) -> str:
        """Enter a document; returns its id."""
        remote_id = f"d{next(self._ids)}"
        raw = dump({"id": remote_id, "customer": customer_id, "reference": reference})
        self.papers[remote_id] = RemoteDocument(feed, remote_id, customer_id, reference, is_open, raw, self._tick())
        return remote_id

    # What the program does: the port.

    def company(self) -> Company:
        """The company."""
        return self._carried_out("company", lambda: self.who)

    def capabilities(self) -> Capabilities:
        """What it can hold."""
        return self.can

    def customers(self, since: str | None = None) -> Iterator[Page]:
        """All customers, or those changed at or after ``since``, in pages."""
        now = self._carried_out("customers", self._now)
        found = [self._record(one) for one, (_, stamp) in self.records.items() if since is None or stamp >= since]
        for start in range(0, max(len(found), 1), self.page_size):
            yield Page(tuple(map(_listed, found[start : start + self.page_size])), now, len(found))

    def read(self, listed: Listed) -> RemoteRecord:
        """A customer that was listed."""
        record = listed.value
        assert isinstance(record, RemoteRecord)  # noqa: S101 - as listed by us
        return record

    def customer(self, remote_id: str) -> RemoteRecord:
        """One customer."""
        return self._carried_out("customer", lambda: self._record(remote_id))

    def find(self, number: str) -> tuple[RemoteRecord, ...]:
        """The customers with this number."""
        return self._carried_out("find", lambda: self._with_number(number))

    def create(self, fields: Mapping[str, Value]) -> RemoteRecord:
        """A new customer."""
        return self._carried_out("create", lambda: self._create(fields))

    def update(self, seen: RemoteRecord, changes: Mapping[str, Value]) -> RemoteRecord:
        """The record as seen with these changes replaces what is there."""
        return self._carried_out("update", lambda: self._replace(seen, changes))

    def delete(self, remote_id: str) -> None:
        """No more customer, unless documents refer to it."""
        self._carried_out("delete", lambda: self._delete(remote_id))

    def documents(self, feed: str, since: str | None = None) -> Iterator[DocumentPage]:
        """The documents of a feed."""
        now = self._carried_out("documents", self._now)
        of_feed = [one for one in self.papers.values() if one.feed == feed]
        found = tuple(one for one in of_feed if since is None or (one.version or "") >= since)
        yield DocumentPage(found, (), now, len(found))

    def document(self, feed: str, remote_id: str) -> RemoteDocument:
        """One document."""
        return self._carried_out("document", lambda: self._paper(feed, remote_id))

    def write_reference(self, seen: RemoteDocument, text: str | None) -> RemoteDocument:
        """Another reference on a document."""
        return self._carried_out("write_reference", lambda: self._refer(seen, text))

    def guard(self, check: Callable[[], None]) -> None:
        """Called before each write."""
        self.before_write = check

    def before_waits(self, act: Callable[[], None]) -> None:
        """Nothing here ever waits."""

    def close(self) -> None:
        """Nothing to give back."""

    def _carried_out(self, method: str, act: Callable[[], T]) -> T:
        if method in WRITES:
            self.before_write()
        self.requests += 1
        self.hook(method, "before")
        result = act()
        self.hook(method, "after")
        return result

    def _tick(self) -> str:
        self._ticks += 1
        return self._now()

    def _now(self) -> str:
        return f"{self._ticks:012d}"

    def _store(self, remote_id: str, raw: str) -> None:
        self.records[remote_id] = (raw, self._tick())

    def _record(self, remote_id: str) -> RemoteRecord:
        if remote_id not in self.records:
            raise GoneError("no such customer")
        raw, stamp = self.records[remote_id]
        return RemoteRecord(remote_id, _fields(parse_object(raw), self.can), raw, stamp)

    def _with_number(self, number: str) -> tuple[RemoteRecord, ...]:
        return tuple(one for one in map(self._record, self.records) if one.number == number.strip())

    def _create(self, fields: Mapping[str, Value]) -> RemoteRecord:
        self._check_free(str(fields.get("number") or ""), None)
        return self._record(self.add(dict(fields)))

    def _replace(self, seen: RemoteRecord, changes: Mapping[str, Value]) -> RemoteRecord:
        self._record(seen.remote_id)
        self._check_free(str(changes.get("number") or ""), seen.remote_id)
        self._store(seen.remote_id, overlay(seen.raw, changes))
        return self._record(seen.remote_id)

    def _check_free(self, number: str, own: str | None) -> None:
        if any(one.remote_id != own for one in self._with_number(number)):
            raise DuplicateError("the number is taken")

    def _delete(self, remote_id: str) -> None:
        self._record(remote_id)
        if any(one.customer_id == remote_id for one in self.papers.values()):
            raise RejectedError("the customer is in use", code="cannot_delete")
        self.drop(remote_id)

    def _paper(self, feed: str, remote_id: str) -> RemoteDocument:
        found = self.papers.get(remote_id)
        if found is None or found.feed != feed:
            raise GoneError("no such document")
        return found

    def _refer(self, seen: RemoteDocument, text: str | None) -> RemoteDocument:
        self._paper(seen.feed, seen.remote_id)
        if not seen.is_open:
            raise RejectedError("the document is closed", code="closed")
        raw = overlay(seen.raw, {"reference": text})
        self.papers[seen.remote_id] = replace(seen, reference=text, raw=raw, version=self._tick())
        return self.papers[seen.remote_id]


def _listed(record: RemoteRecord) -> Listed:
    return Listed(record.remote_id, record.raw, record)


def _fields(values: JsonObject, can: Capabilities) -> dict[str, Value]:
    """Our fields among the record's keys; an empty text is nothing."""
    ours = {name: value for name, value in values.items() if can.supports(name)}
    return {
        name: value or None if isinstance(value, str) else value for name, value in ours.items() if _is_value(value)
    }


def _is_value(value: JsonValue) -> TypeIs[Value]:
    return value is None or isinstance(value, str | bool)
