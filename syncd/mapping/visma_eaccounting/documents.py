"""Orders, invoice drafts, quotes and quote drafts: as much of them as *our reference* needs (FACTS §6, S-31)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.mapping.visma_eaccounting.reading import Reader
from syncd.values.capabilities import Feed
from syncd.values.records import Reject, RemoteDocument

if TYPE_CHECKING:
    from syncd.mapping.overlay import JsonValue

REFERENCE_LIMIT = 100
"""OurReference and CompanyReference alike (spec)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of document. ``open_statuses`` None: always open; ``stamp`` None: cannot be asked for changes."""

    feed: str
    path: str
    reference: str
    open_statuses: frozenset[int] | None = None
    stamp: str | None = "ModifiedUtc"


SHAPES = {
    shape.feed: shape
    for shape in (
        Shape("orders", "orders", "OurReference", frozenset({1, 2})),
        Shape("invoice_drafts", "customerinvoicedrafts", "OurReference", stamp=None),
        Shape("quotes", "quotes", "CompanyReference", frozenset({0, 1})),
        Shape("quote_drafts", "quotedrafts", "CompanyReference"),
    )
}
"""Orders are 1 draft, 2 ongoing, 3 shipped, 4 invoiced; quotes 0 draft, 1 ongoing, 2 approved ... (spec)."""

FEEDS = tuple(Feed(shape.feed, stamped=shape.stamp is not None) for shape in SHAPES.values())

_SOLO = 4
"""Companies of this variant have invoice drafts alone (FACTS §5.5)."""


def feeds(variant: JsonValue) -> tuple[Feed, ...]:
    """The document feeds that a company of this product variant has."""
    return tuple(feed for feed in FEEDS if feed.name == "invoice_drafts") if variant == _SOLO else FEEDS


def to_document(feed: str, raw: str, value: JsonValue) -> RemoteDocument | Reject:
    """Read one document; what cannot be read is set aside. An unknown status counts as closed."""
    shape, reader = SHAPES[feed], Reader.of(value)
    remote_id, customer = reader.identifier("Id"), reader.identifier("CustomerId")
    reference = reader.text(shape.reference, required=True)
    is_open = shape.open_statuses is None or reader.integer("Status", required=True) in shape.open_statuses
    number, stamp = reader.integer("Number"), reader.text(shape.stamp) if shape.stamp else None
    if reader.problems or remote_id is None or customer is None:
        return Reject(remote_id, None if number is None else str(number), tuple(reader.problems))
    return RemoteDocument(
        feed, remote_id, customer, reference, is_open, raw, stamp, None if number is None else str(number)
    )
