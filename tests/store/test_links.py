from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.engine.state import Agreed, Ended
from syncd.store.database import DatabaseFaultError
from syncd.values.records import RemoteRecord
from tests.store.marks import fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.engine.state import Link
    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author, Half
    from syncd.register.fields import Value
    from syncd.store.uow import Store, UnitOfWork


@pytest.fixture
def connection(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def a_record(number: str, **fields: Value) -> RemoteRecord:
    return RemoteRecord(f"r{number}", {"number": number, "name": f"Kund {number}", **fields}, f"{number} {fields}")


class Pairs:
    """Pairs of one customer each, on both sides."""

    def __init__(self, work: UnitOfWork, connection: int, group: GroupInfo, by: Author) -> None:
        self.work, self.connection, self.group, self.by = work, connection, group, by

    def here(self, number: str, **fields: Value) -> int:
        known: dict[str, Value] = {"name": f"Kund {number}", **fields}
        return self.work.customers.insert(self.group.id, known, [], self.by, number).id

    def there(self, number: str, **fields: Value) -> str:
        self.work.mirrors.put(self.connection, [a_record(number, **fields)], 1)
        return f"r{number}"

    def link(self, number: str) -> Link:
        """A pair in step."""
        customer, remote = self.here(number), self.there(number)
        mark = fingerprints(self.work, self.connection, [remote])[remote]
        return self.work.links.create(self.connection, customer, remote, {}, (1, mark))

    def stale(self) -> set[str]:
        return {link.remote_id for link in self.work.links.stale(self.connection)}

    def free(self) -> tuple[list[str], list[str]]:
        ours, theirs = self.work.links.free(self.connection, self.group.id)
        return numbers(ours), numbers(theirs)


@pytest.fixture
def pairs(store: Store, connection: int, group: GroupInfo, by: Author) -> Iterable[Pairs]:
    with store.work() as work:
        yield Pairs(work, connection, group, by)


def numbers(halves: Iterable[Half]) -> list[str]:
    return [half.number or "" for half in halves]


def test_a_link_keeps_what_both_sides_agreed_on(pairs: Pairs) -> None:
    """One value where both agree, two where accounting altered it, and nothing where nothing was known (S-25)."""
    base = {"name": Agreed("Åke", "Åke"), "phone": Agreed("08-1", "08 1"), "email": Agreed(None, None)}
    link = pairs.work.links.create(pairs.connection, pairs.here("1"), pairs.there("1"), base, (1, ""))
    assert pairs.work.links.get(link.id) == link
    assert dict(link.base) == base
    changed = {**base, "phone": Agreed(None, "08 1")}
    pairs.work.links.settle(link.id, changed, (2, "mark"))
    again = pairs.work.links.of_customer(pairs.connection, link.customer_id)
    assert again is not None
    assert dict(again.base) == changed


def test_only_pairs_where_a_side_moved_or_is_missing_are_compared(pairs: Pairs) -> None:
    """A full run compares what moved since the pair was last in step, and nothing else."""
    links = {number: pairs.link(number) for number in ("1", "2", "3", "4", "5", "6")}
    assert pairs.stale() == set()
    pairs.work.customers.write(links["1"].customer_id, None, {"phone": "08-1"}, pairs.by)
    pairs.there("2", phone="08-2")
    pairs.work.customers.delete(links["3"].customer_id, pairs.by)
    pairs.work.mirrors.set_gone(pairs.connection, ["r4"])
    pairs.work.customers.write(links["5"].customer_id, None, {"phone": ""}, pairs.by)
    assert pairs.stale() == {"r1", "r2", "r3", "r4"}
    pairs.work.links.end(links["4"].id, "unlinked", "anna")
    assert pairs.stale() == {"r1", "r2", "r3"}
    mark = fingerprints(pairs.work, pairs.connection, ["r2"])["r2"]
    pairs.work.links.settle(links["2"].id, {}, (1, mark))
    pairs.work.links.settle(links["1"].id, {}, (2, fingerprints(pairs.work, pairs.connection, ["r1"])["r1"]))
    assert pairs.stale() == {"r3"}
    assert len(pairs.work.links.all(pairs.connection)) == pairs.work.links.count(pairs.connection) == 5


def test_a_linked_record_that_a_whole_listing_misses_is_named(pairs: Pairs) -> None:
    """Deleted, or not shown: both are asked for one by one before they count (S-61)."""
    for number in ("1", "2", "3"):
        pairs.link(number)
    pairs.there("4")
    pairs.work.mirrors.set_gone(pairs.connection, ["r1"])
    assert pairs.work.links.vanished(pairs.connection, ["r3", "r4"]) == {"r1", "r3"}


def test_free_records_are_those_that_were_never_paired(pairs: Pairs) -> None:
    """Neither linked ones nor those that a person took apart are matched again (S-16)."""
    linked, ended = pairs.link("1"), pairs.link("2")
    pairs.work.links.end(ended.id, "unlinked", "anna")
    pairs.here("3")
    pairs.there("4")
    pairs.there("5")
    pairs.work.links.keep_apart(pairs.connection, pairs.here("6"), pairs.there("6"), "anna")
    pairs.work.mirrors.set_gone(pairs.connection, ["r5"])
    assert pairs.free() == (["3"], ["4"])
    assert pairs.work.links.get(ended.id) is None
    assert pairs.work.links.of_remotes(pairs.connection, ["r1", "r2"]) == {"r1": linked}
    assert pairs.work.links.of_customers(pairs.connection, [linked.customer_id]) == {linked.customer_id: linked}


def test_free_records_are_found_by_id_number_and_organisation_number(pairs: Pairs) -> None:
    """A run of one customer looks at whoever shares a number with it, and at nobody else."""
    org = "556036-0793"
    mine, other = pairs.here("1", organisation_number=org), pairs.here("2")
    pairs.there("9", organisation_number="16556036-0793")
    pairs.there("2")
    pairs.link("3")
    links, where = pairs.work.links, (pairs.connection, pairs.group.id)
    ours, theirs = links.free_by_id(*where, [mine, other, 10_000], ["r9", "r3", "nobody"])
    assert (numbers(ours), numbers(theirs)) == (["1", "2"], ["9"])
    assert ours[0].organisation_key == theirs[0].organisation_key is not None
    ours, theirs = links.free_halves(*where, "organisation_key", [ours[0].organisation_key])
    assert (numbers(ours), numbers(theirs)) == (["1"], ["9"])
    ours, theirs = links.free_halves(*where, "number", ["2", "3", "4"])
    assert (numbers(ours), numbers(theirs)) == (["2"], ["2"])
    assert links.free_by_id(*where, [], []) == ([], [])


def test_another_group_and_another_connection_see_nothing_of_it(pairs: Pairs, store: Store) -> None:
    """A customer linked in one accounting system is free for the next; another group's is nobody's business."""
    pairs.link("1")
    other = pairs.work.connections.add(pairs.group.id, "other", "visma_eaccounting").id
    strangers = pairs.work.groups.create("En annan firma")
    ours, theirs = pairs.work.links.free(other, pairs.group.id)
    assert (numbers(ours), numbers(theirs)) == (["1"], [])
    assert pairs.work.links.free(other, strangers.id) == ([], [])
    assert store.database.url is not None


@pytest.mark.parametrize("side", ["customer", "remote"])
def test_a_record_has_one_live_link_however_many_ended_ones(
    store: Store, connection: int, group: GroupInfo, by: Author, side: str
) -> None:
    """The database itself refuses a second live link of either side; ended ones may be many."""
    with store.work() as work:
        pairs = Pairs(work, connection, group, by)
        one, other = pairs.link("1"), pairs.link("2")
        for _ in range(2):
            work.links.end(work.links.create(connection, 10_000, "r10000", {}, (0, "")).id, "unlinked", "anna")
        work.commit()
    customer = one.customer_id if side == "customer" else 20_000
    remote = other.remote_id if side == "remote" else "r20000"
    with pytest.raises(DatabaseFaultError), store.work() as work:
        work.links.create(connection, customer, remote, {}, (0, ""))


def test_many_pairs_are_linked_at_once(pairs: Pairs) -> None:
    """A first import of a thousand links them in one step, in step from the start."""
    page = [a_record(str(number)) for number in range(1000)]
    pairs.work.mirrors.store_page(pairs.connection, page, 1, afresh=False)
    marks = fingerprints(pairs.work, pairs.connection, [record.remote_id for record in page])
    rows: list[tuple[dict[str, Value], frozenset[str]]] = [
        ({"number": record.number, "name": "Kund"}, frozenset()) for record in page
    ]
    made = pairs.work.customers.insert_many(pairs.group.id, rows, pairs.by)
    base = {"name": Agreed("Kund", "Kund")}
    pairs.work.links.create_many(
        pairs.connection,
        [(one.id, r.remote_id, base, (1, marks[r.remote_id])) for one, r in zip(made, page, strict=True)],
    )
    pairs.work.links.create_many(pairs.connection, [])
    assert pairs.work.links.count(pairs.connection) == 1000
    assert pairs.stale() == set()
    assert pairs.free() == ([], [])
    found = pairs.work.links.of_remotes(pairs.connection, marks)
    assert len(found) == 1000
    assert dict(found["r7"].base) == base


def test_numbers_held_twice_are_found(pairs: Pairs) -> None:
    """Two customers in accounting with one number are both left alone (S-14); a deleted one does not count."""
    for remote, number in (("a", "1"), ("b", "1"), ("c", "2"), ("d", "3"), ("e", "3")):
        pairs.work.mirrors.put(pairs.connection, [RemoteRecord(remote, {"number": number}, remote)], 1)
    pairs.work.mirrors.put(pairs.connection, [RemoteRecord("f", {"number": None}, "f")], 1)
    pairs.work.mirrors.put(pairs.connection, [RemoteRecord("g", {"number": None}, "g")], 1)
    pairs.work.mirrors.set_gone(pairs.connection, ["e"])
    assert pairs.work.links.doubled_numbers(pairs.connection, None) == {"1"}
    assert pairs.work.links.doubled_numbers(pairs.connection, ["2", "3"]) == frozenset()
    assert pairs.work.links.doubled_numbers(pairs.connection, ["1", "2"]) == {"1"}
    assert pairs.work.links.numbers_in_accounting(pairs.connection, ["1", "3", "9"]) == {"1", "3"}


def failing(pairs: Pairs, run: int) -> frozenset[int]:
    return pairs.work.links.failing(pairs.connection, run, [*range(100)])


def test_a_customer_that_keeps_failing_waits_longer_each_time(pairs: Pairs) -> None:
    """The first three times it is tried again at once, then ever more rarely, but never less than every 32 runs."""
    link = pairs.link("1")
    waits = []
    for _ in range(10):
        pairs.work.links.postpone(link.id, run=100)
        waits.append(next((n for n in range(40) if not failing(pairs, 100 + n)), None))
    assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 32, 32]
    assert failing(pairs, 100) == {link.customer_id}
    pairs.work.links.settle(link.id, {}, (1, ""))
    assert failing(pairs, 100) == frozenset()
    pairs.work.links.postpone(link.id, run=100)
    assert failing(pairs, 100) == frozenset()


def test_a_link_remembers_what_an_undo_put_back(store: Store, connection: int, group: GroupInfo, by: Author) -> None:
    """Storing a base leaves the marks alone unless it says otherwise (S-56)."""
    with store.work() as work:
        link = Pairs(work, connection, group, by).link("1")
        assert link.undone == {}
        work.links.settle(link.id, {}, (0, ""), {"phone": 7})
        work.links.settle(link.id, {"phone": Agreed("1", "1")}, (1, "x"))
        found = work.links.of_customer(connection, link.customer_id)
        assert found is not None
        assert (found.undone, found.base) == ({"phone": 7}, {"phone": Agreed("1", "1")})
        work.links.settle(link.id, {}, (1, "x"), {})
        assert work.links.of_remotes(connection, ["r1"])["r1"].undone == {}


def test_ended_links_tell_why_and_keep_their_base(store: Store, connection: int, group: GroupInfo, by: Author) -> None:
    """By either side, oldest first; a live link is not among them (S-16)."""
    with store.work() as work:
        pairs = Pairs(work, connection, group, by)
        first, second = pairs.link("1"), pairs.link("2")
        work.links.settle(first.id, {"phone": Agreed("1", "2")}, (0, ""))
        work.links.end(first.id, "undone", "sync:visma")
        again = work.links.create(connection, first.customer_id, "r9", {}, (0, ""))
        work.links.end(again.id, "unlinked", "anna")
        found = work.links.ended(connection, customers=[first.customer_id, second.customer_id], remotes=["r1"])
        assert found == (
            Ended("r1", first.customer_id, "undone", {"phone": Agreed("1", "2")}),
            Ended("r9", first.customer_id, "unlinked"),
        )
        assert work.links.ended(connection, customers=[], remotes=["r9"]) == found[1:]
        assert work.links.ended(connection, customers=[second.customer_id], remotes=["r2"]) == ()
