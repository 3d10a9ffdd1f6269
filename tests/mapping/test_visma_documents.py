"""Which documents *our reference* may be written on, and where it stands."""

from __future__ import annotations

import pytest

from syncd.mapping import visma_eaccounting as visma
from syncd.mapping.overlay import JsonValue, overlay, parse
from syncd.values.records import Reject, RemoteDocument


def read(feed: str, **values: JsonValue) -> RemoteDocument | Reject:
    raw = overlay("{}", {"Id": "d1", "CustomerId": "c1", **values})
    return visma.to_document(feed, raw, parse(raw))


@pytest.mark.parametrize(
    ("feed", "status", "is_open"),
    [
        *(("orders", 1, True), ("orders", 2, True), ("orders", 3, False), ("orders", 4, False), ("orders", 9, False)),
        *(("quotes", 0, True), ("quotes", 1, True), ("quotes", 2, False), ("quotes", 3, False), ("quotes", 4, False)),
        *(("quote_drafts", 2, True), ("invoice_drafts", 3, True)),
    ],
)
def test_only_open_documents_may_be_written(feed: str, status: int, is_open: bool) -> None:  # noqa: FBT001
    """A shipped order, an accepted quote and a status nobody knows are left alone."""
    document = read(feed, Status=status, OurReference=None, CompanyReference=None)
    assert isinstance(document, RemoteDocument)
    assert document.is_open is is_open


@pytest.mark.parametrize(
    ("feed", "reference"),
    [("orders", "Eva"), ("invoice_drafts", "Eva"), ("quotes", "Bo"), ("quote_drafts", "Bo")],
)
def test_the_reference_is_read_where_each_document_has_it(feed: str, reference: str) -> None:
    """Quotes call it CompanyReference, all others OurReference."""
    document = read(
        feed, Status=1, OurReference="Eva", CompanyReference="Bo", Number=17, ModifiedUtc="2026-01-01T00:00:00Z"
    )
    assert isinstance(document, RemoteDocument)
    assert (document.feed, document.remote_id, document.customer_id) == (feed, "d1", "c1")
    assert (document.reference, document.number) == (reference, "17")
    assert '"Number":17' in document.raw
    assert document.version == (None if feed == "invoice_drafts" else "2026-01-01T00:00:00Z")


def test_an_unnumbered_document_is_one() -> None:
    """Drafts have no number yet."""
    document = read("orders", Status=1, OurReference="", Number=None)
    assert isinstance(document, RemoteDocument)
    assert (document.number, document.reference) == (None, None)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"Status": 1}, "OurReference is missing"),
        ({"Status": 1, "OurReference": 7}, "OurReference is not a text"),
        ({"OurReference": None}, "Status is missing"),
        ({"Status": True, "OurReference": None}, "Status is not a whole number"),
        ({"Status": 1, "OurReference": None, "Number": "x"}, "Number is not a whole number"),
        ({"Status": 1, "OurReference": None, "CustomerId": None}, "CustomerId is missing"),
    ],
)
def test_a_document_that_cannot_be_read_is_set_aside(values: dict[str, JsonValue], reason: str) -> None:
    """It is reported by the name of what is wrong, and not written."""
    found = read("orders", **values)
    assert isinstance(found, Reject)
    assert reason in found.reasons
    assert (found.remote_id, found.number) == ("d1", None)


def test_a_set_aside_document_is_reported_under_its_number() -> None:
    """The administrator learns which order it is."""
    found = read("orders", Status="x", OurReference=None, Number=17)
    assert isinstance(found, Reject)
    assert (found.remote_id, found.number) == ("d1", "17")


def test_a_solo_company_has_invoice_drafts_alone() -> None:
    """Our reference does not ask a Solo company for orders that it cannot have."""
    assert [feed.name for feed in visma.feeds(4)] == ["invoice_drafts"]
    assert visma.feeds(1) == visma.feeds(None) == visma.FEEDS
    assert [feed.name for feed in visma.FEEDS if not feed.stamped] == ["invoice_drafts"]
