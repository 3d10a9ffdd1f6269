from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, update

from syncd.engine.state import Noted
from syncd.store.tables import Document, Mirror, Touched
from syncd.values.fingerprint import fingerprint
from syncd.values.records import Listed, RemoteDocument, RemoteRecord
from tests.store.marks import fingerprints

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.register.fields import Value
    from syncd.store.uow import Store, UnitOfWork

PAGE = 1000


@pytest.fixture
def connection(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def a_record(remote_id: str, *, noise: str = "", version: str | None = None, **fields: Value) -> RemoteRecord:
    known: dict[str, Value] = {"number": remote_id.removeprefix("r"), "name": f"Kund {remote_id}", **fields}
    return RemoteRecord(remote_id, known, json.dumps({**known, "noise": noise, "at": version}), version)


def a_document(remote_id: str, *, feed: str = "orders", reference: str | None = None, **more: object) -> RemoteDocument:
    customer, is_open = str(more.get("customer", "r1")), bool(more.get("is_open", True))
    return RemoteDocument(feed, remote_id, customer, reference, is_open, "{}", "v", remote_id)


def work_list(work: UnitOfWork) -> list[tuple[str, str]]:
    rows = work.session.execute(select(Touched.kind, Touched.ref).order_by(Touched.id)).all()
    return [(row.kind, row.ref) for row in rows]


def clear(work: UnitOfWork) -> None:
    work.session.execute(delete(Touched))
    assert work_list(work) == []


def test_a_page_of_a_thousand_with_one_change_touches_just_that_one(store: Store, connection: int) -> None:
    """A run's work follows what changed, not how much there is."""
    page = [a_record(f"r{n}") for n in range(PAGE)]
    with store.work() as work:
        assert work.mirrors.store_page(connection, page, 1, afresh=False) == PAGE
        assert work.mirrors.count(connection) == PAGE
        assert len(work_list(work)) == PAGE
        clear(work)
        page[500] = a_record("r500", phone="08-1")
        assert work.mirrors.store_page(connection, page, 2, afresh=False) == 1
        assert work_list(work) == [("remote", "r500")]
        assert work.mirrors.load(connection, ["r500"])["r500"].fields["phone"] == "08-1"
        work.commit()


def test_an_unchanged_record_is_left_as_it_is(store: Store, connection: int) -> None:
    """Being listed again is no event."""
    with store.work() as work:
        work.mirrors.store_page(connection, [a_record("r1"), a_record("r2")], 1, afresh=False)
        clear(work)
        before = work.mirrors.load(connection, ["r1"])
        assert work.mirrors.store_page(connection, [a_record("r1")], 2, afresh=False) == 0
        assert work.mirrors.load(connection, ["r1"]) == before
        assert sorted(work.mirrors.ids(connection)) == ["r1", "r2"]
        assert work_list(work) == []


def test_only_what_is_not_known_word_for_word_is_read(store: Store, connection: int) -> None:
    """A listing without news costs a look; a new mapping reads everything again, but for the erased."""
    known, moved = a_record("r1"), a_record("r2", phone="08-1")
    rows = [Listed(one.remote_id, one.raw, None) for one in (known, moved)]
    nameless = Listed(None, "{}", None)
    with store.work() as work:
        work.mirrors.store_page(connection, [known, a_record("r2")], 1, afresh=False)
        assert work.mirrors.to_be_read(connection, [*rows, nameless], afresh=False) == [rows[1], nameless]
        assert work.mirrors.to_be_read(connection, rows, afresh=True) == rows
        work.session.execute(update(Mirror).where(Mirror.remote_id == "r2").values(erased=True))
        assert work.mirrors.to_be_read(connection, rows, afresh=True) == [rows[0]]


def test_noise_is_stored_and_is_no_work(store: Store, connection: int) -> None:
    """A new stamp, or a phone number written another way, makes nobody look at the customer."""
    with store.work() as work:
        work.mirrors.store_page(connection, [a_record("r1", version="1", phone="08-123 45 67")], 1, afresh=False)
        clear(work)
        again = a_record("r1", version="2", noise="x", phone="+46 8 123 45 67")
        assert work.mirrors.store_page(connection, [again], 2, afresh=False) == 0
        assert work_list(work) == []
        assert work.mirrors.load(connection, ["r1"])["r1"].version == "2"


def test_after_a_change_of_mapping_every_record_is_read_anew(store: Store, connection: int) -> None:
    """The same text that now means something else counts as moved; one that still means the same does not."""
    text = a_record("r1").raw
    with store.work() as work:
        work.mirrors.store_page(connection, [a_record("r1"), a_record("r2")], 1, afresh=False)
        clear(work)
        page = [RemoteRecord("r1", {"number": "1", "name": "Kund r1", "email": "a@example.com"}, text), a_record("r2")]
        assert work.mirrors.store_page(connection, page, 2, afresh=False) == 0
        assert work.mirrors.store_page(connection, page, 3, afresh=True) == 1
        assert work_list(work) == [("remote", "r1")]
        assert work.mirrors.load(connection, ["r1"])["r1"].fields["email"] == "a@example.com"


def test_a_record_that_is_gone_and_comes_back_is_looked_at_each_time(store: Store, connection: int) -> None:
    """Whoever deletes a customer in accounting and takes it back is followed both times."""
    with store.work() as work:
        work.mirrors.store_page(connection, [a_record("r1"), a_record("r2")], 1, afresh=False)
        clear(work)
        work.mirrors.set_gone(connection, ["r1"])
        assert work_list(work) == [("remote", "r1")]
        assert work.mirrors.count(connection) == 1
        assert work.mirrors.load(connection, ["r1", "r2"]).keys() == {"r2"}
        assert work.mirrors.with_number(connection, ["1", "2"]) == {"r2"}
        assert list(work.mirrors.ids(connection)) == ["r2"]
        clear(work)
        assert work.mirrors.store_page(connection, [a_record("r1")], 3, afresh=False) == 1
        assert work_list(work) == [("remote", "r1")]
        assert work.mirrors.count(connection) == 2


def test_what_we_wrote_ourselves_is_no_news(store: Store, connection: int) -> None:
    """The echo of our own write makes no work (S-26)."""
    written = a_record("r1", phone="08-1")
    with store.work() as work:
        work.mirrors.put(connection, [written], 1)
        assert fingerprints(work, connection, ["r1", "r2"]) == {"r1": fingerprint(written)}
        assert work.mirrors.store_page(connection, [written], 2, afresh=False) == 0
        assert work_list(work) == []


def test_unreadable_values_are_kept_beside_the_readable_ones(store: Store, connection: int) -> None:
    """A value in a form that the register cannot hold is remembered with its reason, and an absent one stays absent."""
    with store.work() as work:
        record = RemoteRecord("r1", {"number": "1", "email": None}, "{}", "7", {"phone": "phone is no text"})
        work.mirrors.put(connection, [record], 1)
        work.commit()
    with store.reading() as work:
        read = work.mirrors.load(connection, ["r1"])["r1"]
    assert (dict(read.fields), dict(read.unfit), read.version) == (
        {"number": "1", "email": None},
        {"phone": "phone is no text"},
        "7",
    )


def test_connections_have_mirrors_of_their_own(store: Store, group: GroupInfo, connection: int) -> None:
    """The same id in another accounting system is another customer."""
    with store.work() as work:
        other = work.connections.add(group.id, "other", "visma_eaccounting").id
        work.mirrors.store_page(connection, [a_record("r1")], 1, afresh=False)
        assert work.mirrors.store_page(other, [a_record("r1")], 1, afresh=False) == 1
        work.mirrors.set_gone(other, ["r1"])
        assert (work.mirrors.count(connection), work.mirrors.count(other)) == (1, 0)


@pytest.mark.parametrize(
    ("floor", "limit", "expected"),
    [("v010", 5, "v014"), ("v015", 5, None), ("v000", 19, "v000"), ("v000", 20, None), ("v000", 1, "v018")],
)
def test_the_overlap_ends_where_a_crowd_begins(
    store: Store, connection: int, floor: str, limit: int, expected: str | None
) -> None:
    """An import of thousands with like stamps is not read again at every run (S-58); gone records do not count."""
    with store.work() as work:
        page = [a_record(f"r{n}", version=f"v{n:03}") for n in range(22)]
        work.mirrors.store_page(connection, page, 1, afresh=False)
        work.mirrors.set_gone(connection, ["r20", "r21"])
        assert work.mirrors.crowded_stamp(connection, floor, limit) == expected


# ----- documents


def opened(work: UnitOfWork, connection: int) -> list[tuple[str, str | None]]:
    return [(d.document.remote_id, d.document.reference) for d in work.mirrors.open_documents(connection, None)]


def test_an_open_document_puts_its_customer_on_the_work_list(store: Store, connection: int) -> None:
    """New orders get our reference; one that was closed before we ever saw it is nobody's business."""
    with store.work() as work:
        page = [a_document("d1"), a_document("d2", customer="r2"), a_document("d3", customer="r3", is_open=False)]
        work.mirrors.store_documents(connection, page, 1)
        assert opened(work, connection) == [("d1", None), ("d2", None)]
        assert work_list(work) == [("reference", "r1"), ("reference", "r2")]
        clear(work)
        work.mirrors.store_documents(connection, page, 2)
        assert work_list(work) == []
        assert work.session.scalar(select(Document.remote_id).where(Document.remote_id == "d3")) is None
        assert [d.document.remote_id for d in work.mirrors.open_documents(connection, ["r2", "r9"])] == ["d2"]


def test_a_document_that_closes_is_left_alone_and_one_that_opens_again_is_not(store: Store, connection: int) -> None:
    """A shipped order is never touched; a reopened one is."""
    with store.work() as work:
        work.mirrors.store_documents(connection, [a_document("d1")], 1)
        clear(work)
        work.mirrors.store_documents(connection, [a_document("d1", is_open=False)], 2)
        assert opened(work, connection) == []
        assert work_list(work) == []
        work.mirrors.store_documents(connection, [a_document("d1")], 3)
        assert opened(work, connection) == [("d1", None)]
        assert work_list(work) == [("reference", "r1")]


def test_a_document_that_moves_to_another_customer_is_looked_at_there(store: Store, connection: int) -> None:
    """An order moved to another customer, or with another reference, is judged anew."""
    with store.work() as work:
        work.mirrors.store_documents(connection, [a_document("d1"), a_document("d2")], 1)
        clear(work)
        page = [a_document("d1", customer="r2"), a_document("d2", reference="Eva")]
        work.mirrors.store_documents(connection, page, 2)
        assert work_list(work) == [("reference", "r1"), ("reference", "r2")]
        assert opened(work, connection) == [("d1", None), ("d2", "Eva")]


def test_a_draft_that_a_whole_listing_no_longer_shows_is_closed(store: Store, connection: int) -> None:
    """A draft that was sent or deleted is not written any more; other feeds are not touched."""
    with store.work() as work:
        drafts = [a_document("d1", feed="drafts"), a_document("d2", feed="drafts")]
        work.mirrors.store_documents(connection, [*drafts, a_document("d3")], 1)
        work.mirrors.store_documents(connection, drafts[:1], 2)
        work.mirrors.close_unseen_documents(connection, "drafts", 2)
        assert opened(work, connection) == [("d1", None), ("d3", None)]
        work.mirrors.store_documents(connection, drafts, 3)
        assert opened(work, connection) == [("d1", None), ("d2", None), ("d3", None)]


def test_what_syncd_wrote_on_a_document_is_remembered(store: Store, connection: int) -> None:
    """A later listing of the document forgets neither the text nor how it was judged (S-32)."""
    with store.work() as work:
        work.mirrors.store_documents(connection, [a_document("d1")], 1)
        ours = a_document("d1", reference="Tove Tekniker")
        work.mirrors.put_documents(connection, [(ours, Noted("Tove Tekniker", "Kontoret", "mark"))])
        clear(work)
        work.mirrors.store_documents(connection, [ours], 2)
        assert work_list(work) == []
        (stored,) = work.mirrors.open_documents(connection, None)
        assert stored.noted == Noted("Tove Tekniker", "Kontoret", "mark")
        work.mirrors.store_documents(connection, [a_document("d1", reference="Eva")], 3)
        (stored,) = work.mirrors.open_documents(connection, ["r1"])
        assert (stored.document.reference, stored.noted.written) == ("Eva", "Tove Tekniker")


def test_documents_are_found_by_feed_and_id_also_when_closed(store: Store, connection: int) -> None:
    """An undo says why it leaves them (S-56)."""
    with store.work() as work:
        work.mirrors.store_documents(connection, [a_document("d1"), a_document("d2"), a_document("d3")], 1)
        work.mirrors.close_unseen_documents(connection, "orders", 2)
        keys = [("orders", "d1"), ("orders", "d3"), ("quotes", "d2"), ("orders", "d9")]
        found = work.mirrors.documents(connection, keys)
        assert [(one.document.remote_id, one.document.is_open) for one in found] == [("d1", False), ("d3", False)]
        assert work.mirrors.documents(connection, []) == ()
