"""What every connector promises to the engine, whatever the vendor. A new one joins in ``worlds.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.errors import CustomerError, DuplicateError, GoneError, LockedError, RejectedError
from syncd.mapping.overlay import _members
from syncd.values.records import RemoteRecord
from tests.conformance.worlds import WORLDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports import Connector
    from syncd.register.fields import Value
    from tests.conformance.worlds import World

NEW: dict[str, Value] = {
    "number": "2001",
    "name": "Ny kund AB",
    "type": "company",
    "active": True,
    "phone": "08-123 45 67",
    "invoice_postal_code": "903 26",
    "invoice_city": "Umeå",
}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with WORLDS[request.param]() as opened:
        yield opened


@pytest.fixture
def connector(world: World) -> Connector:
    return world.connector


def listed(connector: Connector, since: str | None = None) -> dict[str, RemoteRecord]:
    read = (connector.read(row) for page in connector.customers(since) for row in page.rows)
    return {record.remote_id: record for record in read if isinstance(record, RemoteRecord)}


def cursor(connector: Connector) -> str:
    return next(iter(connector.customers())).server_time


def pieces(raw: str) -> dict[str, str]:
    return {key: raw[member.start : member.end] for key, member in _members(raw)[0].items()}


class TestConnectorContract:
    """Every connector passes all of it."""

    def test_the_company_says_who_it_is(self, connector: Connector) -> None:
        """A run can notice that it talks to another company."""
        assert connector.company().identity
        assert connector.company() == connector.company()

    def test_what_it_can_hold_is_said_beforehand(self, connector: Connector) -> None:
        """The engine knows fields and feeds without trying."""
        can = connector.capabilities()
        assert can.supports("name")
        assert can.supports("number")
        assert can.feeds

    def test_every_customer_is_listed(self, world: World, connector: Connector) -> None:
        """The first run sees all customers, and the total agrees."""
        ids = {world.add(str(number), f"Kund {number}") for number in range(1001, 1004)}
        pages = list(connector.customers())
        assert sorted(str(row.remote_id) for page in pages for row in page.rows) == sorted(ids)
        assert pages[0].total == len(ids)

    def test_an_empty_company_has_one_empty_page(self, connector: Connector) -> None:
        """Also an empty listing brings the vendor's time, for the cursor."""
        pages = list(connector.customers())
        assert [page.rows for page in pages] == [()]
        assert pages[0].server_time

    def test_a_customer_is_read_by_its_id(self, world: World, connector: Connector) -> None:
        """What is listed is what is read."""
        remote_id = world.add("1001", "Alfa AB")
        record = connector.customer(remote_id)
        assert record == listed(connector)[remote_id]
        assert (record.number, record.fields["name"], record.fields["active"]) == ("1001", "Alfa AB", True)

    def test_a_later_change_is_seen_from_the_cursor(self, world: World, connector: Connector) -> None:
        """An edit in accounting arrives with the next run, and only that edit."""
        changed, still = world.add("1001", "Alfa AB"), world.add("1002", "Beta AB")
        before = cursor(connector)
        world.edit_name(changed, "Alfa Nya AB")
        found = listed(connector, before)
        assert found[changed].fields["name"] == "Alfa Nya AB"
        assert still not in found or found[still].version == listed(connector)[still].version

    def test_the_cursor_is_a_closed_bound(self, world: World, connector: Connector) -> None:
        """A customer changed in the very moment of the cursor is not missed."""
        remote_id = world.add("1001", "Alfa AB")
        stamp = connector.customer(remote_id).version
        assert stamp is not None
        assert remote_id in listed(connector, stamp)

    def test_a_created_customer_is_read_back(self, connector: Connector) -> None:
        """What was created is what stands there."""
        created = connector.create(NEW)
        record = connector.customer(created.remote_id)
        assert {name: record.fields[name] for name in NEW} == NEW
        assert created.fields == record.fields

    def test_a_number_exists_once(self, world: World, connector: Connector) -> None:
        """A second customer with the same number is refused, and the first one stays as it was."""
        remote_id = world.add("2001", "Alfa AB")
        with pytest.raises(DuplicateError):
            connector.create(NEW)
        assert list(listed(connector)) == [remote_id]

    def test_an_update_touches_only_what_it_names(self, world: World, connector: Connector) -> None:
        """A new phone number changes the phone number; every other byte stays, unknown keys included."""
        seen = connector.customer(world.add("1001", "Alfa AB"))
        after = connector.update(seen, {"phone": "08-2"})
        assert after.fields == {**seen.fields, "phone": "08-2"}
        old, new = pieces(seen.raw), pieces(connector.customer(seen.remote_id).raw)
        differing = {key for key in old | new if old.get(key) != new.get(key)}
        assert differing <= {"phone", "Telephone", "ChangedUtc"}
        assert (new["FutureFee"], new["FutureShare"]) == ("1250.00", "0.10")

    def test_a_cleared_field_is_cleared(self, world: World, connector: Connector) -> None:
        """An erased phone number is empty there, too."""
        seen = connector.customer(world.add("1001", "Alfa AB"))
        assert connector.update(seen, {"phone": None}).fields["phone"] is None

    def test_a_customer_is_deactivated_and_back(self, world: World, connector: Connector) -> None:
        """The customer is hidden, not lost."""
        seen = connector.customer(world.add("1001", "Alfa AB"))
        hidden = connector.update(seen, {"active": False})
        assert hidden.fields == {**seen.fields, "active": False}
        assert connector.update(hidden, {"active": True}).fields == seen.fields

    def test_a_customer_is_renumbered(self, world: World, connector: Connector) -> None:
        """The same customer goes by its new number; a number that is taken is refused."""
        seen = connector.customer(world.add("1001", "Alfa AB"))
        world.add("1002", "Beta AB")
        with pytest.raises(DuplicateError):
            connector.update(seen, {"number": "1002"})
        assert connector.update(seen, {"number": "1009"}).number == "1009"
        assert [record.remote_id for record in connector.find("1009")] == [seen.remote_id]
        assert connector.find("1001") == ()

    def test_a_customer_is_found_by_its_exact_number(self, world: World, connector: Connector) -> None:
        """0042 and 42 are two numbers, and a quote in a number does no harm."""
        first, second = world.add("0042", "Alfa AB"), world.add("O'42", "Beta AB")
        assert [record.remote_id for record in connector.find("0042")] == [first]
        assert [record.remote_id for record in connector.find("O'42")] == [second]
        assert connector.find("42") == ()

    def test_a_customer_that_is_gone_is_gone(self, world: World, connector: Connector) -> None:
        """Reading, changing and deleting it all say so."""
        seen = connector.customer(world.add("1001", "Alfa AB"))
        world.drop(seen.remote_id)
        with pytest.raises(GoneError):
            connector.customer(seen.remote_id)
        with pytest.raises(GoneError):
            connector.update(seen, {"phone": "08-2"})
        with pytest.raises(GoneError):
            connector.delete(seen.remote_id)

    def test_a_customer_is_deleted_unless_it_is_in_use(self, world: World, connector: Connector) -> None:
        """A customer with documents stays, and the error says why."""
        free, used = world.add("1001", "Alfa AB"), world.add("1002", "Beta AB")
        world.add_document(used, None)
        connector.delete(free)
        with pytest.raises(RejectedError) as caught:
            connector.delete(used)
        assert caught.value.code == "cannot_delete"
        assert list(listed(connector)) == [used]

    def test_our_reference_is_written_on_a_document(self, world: World, connector: Connector) -> None:
        """The technician's name stands on the order, and nothing else of it changed."""
        feed, remote_id = world.add_document(world.add("1001", "Alfa AB"), None)
        (page,) = connector.documents(feed)
        assert [document.remote_id for document in page.documents] == [remote_id]
        seen = connector.document(feed, remote_id)
        assert (seen.reference, seen.is_open) == (None, True)
        after = connector.write_reference(seen, "Eva Tekniker")
        assert after.reference == connector.document(feed, remote_id).reference == "Eva Tekniker"
        old, new = pieces(seen.raw), pieces(after.raw)
        assert {key for key in old if old[key] != new[key]} <= {"OurReference", "reference", "ModifiedUtc"}
        assert connector.write_reference(after, None).reference is None

    def test_a_changed_document_is_seen_from_the_cursor(self, world: World, connector: Connector) -> None:
        """A new order is noticed by the next run."""
        customer = world.add("1001", "Alfa AB")
        feed, _ = world.add_document(customer, None)
        (page,) = connector.documents(feed)
        _, later = world.add_document(customer, "Bo")
        found = {
            document.remote_id for page in connector.documents(feed, page.server_time) for document in page.documents
        }
        assert later in found

    def test_a_document_that_is_gone_is_gone(self, world: World, connector: Connector) -> None:
        """A draft that became an invoice meanwhile is reported, not written."""
        feed, remote_id = world.add_document(world.add("1001", "Alfa AB"), None)
        with pytest.raises(CustomerError):
            connector.document(feed, remote_id[:-1] + ("0" if remote_id[-1] != "0" else "1"))

    def test_requests_are_counted(self, connector: Connector) -> None:
        """The report can say how many requests a run made."""
        before = connector.requests
        list(connector.customers())
        assert connector.requests == before + 1

    def test_a_write_that_is_guarded_is_not_sent(self, world: World, connector: Connector) -> None:
        """A run that lost its lock writes nothing more; reading goes on."""
        seen = connector.customer(world.add("1001", "Alfa AB"))
        document = connector.document(*world.add_document(world.add("1002", "Beta AB"), None))
        before = listed(connector)
        connector.guard(_refuse)
        for write in (
            lambda: connector.create(NEW),
            lambda: connector.update(seen, {"phone": "08-2"}),
            lambda: connector.delete(seen.remote_id),
            lambda: connector.write_reference(document, "Eva Tekniker"),
        ):
            with pytest.raises(LockedError):
                write()
        assert listed(connector) == before
        assert connector.document(document.feed, document.remote_id) == document


def _refuse() -> None:
    raise LockedError("taken over")
