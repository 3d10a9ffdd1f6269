"""The work list: what may have moved since it was last judged (S-51)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.ports.people import NewUser

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author, Touches
    from syncd.store.uow import Store, UnitOfWork


@pytest.fixture
def connection(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def judged(work: UnitOfWork, read: Touches) -> None:
    """Strike everything that was read, as a run does at its end."""
    work.links.untouch(read.but(()))


def test_the_work_list_is_read_by_kind(store: Store, connection: int) -> None:
    """Customers, remote customers and documents' customers, each once however often they moved."""
    with store.work() as work:
        for kind, ref in (("customer", "7"), ("remote", "r7"), ("reference", "r8"), ("customer", "7")):
            work.links.touch(connection, kind, ref)
        work.commit()
        read = work.links.touches(connection)
    assert [set(refs) for refs in (read.customers, read.remotes, read.references)] == [{7}, {"r7"}, {"r8"}]
    with store.reading() as work:
        assert work.links.touches(connection).entries == read.entries
        assert not work.links.touches(connection + 1).entries


def test_what_moves_while_a_run_judges_is_left_for_the_next(store: Store, connection: int) -> None:
    """A customer saved again during the run is looked at again by the next."""
    with store.work() as work:
        for ref in ("1", "2"):
            work.links.touch(connection, "customer", ref)
        work.commit()
        read = work.links.touches(connection)
        work.links.touch(connection, "customer", "2")
        work.links.touch(connection, "customer", "3")
        work.commit()
        judged(work, read)
        assert work.links.touches(connection).customers == {2, 3}


def test_a_list_of_thousands_is_struck(store: Store, connection: int) -> None:
    """After a first import of thousands nothing is left on the list."""
    with store.work() as work:
        for ref in range(1200):
            work.links.touch(connection, "remote", f"r{ref}")
        work.commit()
        read = work.links.touches(connection)
        assert len(read.remotes) == 1200
        judged(work, read)
        assert not work.links.touches(connection).entries


def test_a_rolled_back_change_leaves_no_entry(store: Store, group: GroupInfo, connection: int, by: Author) -> None:
    """A change and its entry are one: neither is there without the other."""
    with store.work() as work:
        work.customers.insert(group.id, {"name": "Åkes Bygg AB"}, [], by)
    with store.reading() as work:
        assert not work.links.touches(connection).entries


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_change_that_commits_late_is_not_missed(store: Store, group: GroupInfo, connection: int, by: Author) -> None:
    """A slow save that began before a quick one, and ends after the run has read the list, is still on it."""
    with store.work() as slow, store.work() as run:
        late = slow.customers.insert(group.id, {"name": "Långsam AB"}, [], by, "1")
        with store.work() as quick:
            early = quick.customers.insert(group.id, {"name": "Snabb AB"}, [], by, "2")
            quick.commit()
        read = run.links.touches(connection)
        assert read.customers == {early.id}
        slow.commit()
        judged(run, read)
        run.commit()
    with store.reading() as work:
        assert work.links.touches(connection).customers == {late.id}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_saves_of_one_customer_never_pass_each_other(
    store: Store, group: GroupInfo, connection: int, by: Author
) -> None:
    """The entries of one customer come in the order of its saves: striking the first leaves the second."""
    with store.work() as work:
        customer = work.customers.insert(group.id, {"name": "Åkes Bygg AB"}, [], by)
        work.commit()
    with store.work() as first:
        first.customers.write(customer.id, None, {"phone": "08-1"}, by)
        first.commit()
    with store.work() as run, store.work() as second:
        second.customers.write(customer.id, None, {"phone": "08-2"}, by)
        read = run.links.touches(connection)
        second.commit()
        judged(run, read)
        run.commit()
    with store.reading() as work:
        assert work.links.touches(connection).customers == {customer.id}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_late_save_of_a_customer_that_the_run_looked_at_is_left_on_the_list(
    store: Store, group: GroupInfo, connection: int, by: Author
) -> None:
    """It was on the list already for another reason, with a newer entry than that of the save still going on."""
    with store.work() as work:
        customer = work.customers.insert(group.id, {"name": "Långsam AB"}, [], by)
        judged(work, work.links.touches(connection))
        work.commit()
    with store.work() as slow, store.work() as run:
        slow.customers.write(customer.id, None, {"phone": "08-1"}, by)
        with store.work() as quick:
            quick.links.touch(connection, "customer", str(customer.id))
            quick.commit()
        read = run.links.touches(connection)
        assert read.customers == {customer.id}
        slow.commit()
        judged(run, read)
        run.commit()
    with store.reading() as work:
        assert work.links.touches(connection).customers == {customer.id}


def test_a_customer_that_is_put_off_stays_on_the_list(store: Store, connection: int) -> None:
    """The others are struck."""
    with store.work() as work:
        for kind, ref in (("customer", "1"), ("customer", "2"), ("remote", "r1")):
            work.links.touch(connection, kind, ref)
        work.commit()
        work.links.untouch(work.links.touches(connection).but({2}))
        work.commit()
        left = work.links.touches(connection)
    assert left.customers == {2}
    assert not left.remotes


def test_a_renamed_technician_puts_their_customers_on_the_list(
    store: Store, group: GroupInfo, connection: int, by: Author
) -> None:
    """Open documents get the new name with the next run, not only at night."""
    with store.work() as work:
        technician = work.users.add(group.id, NewUser("tord", "Tord"))
        customer = work.customers.insert(group.id, {"name": "Alfa AB", "type": "company", "active": True}, [], by, "1")
        work.customers.assign(customer.id, [technician.id], by)
        judged(work, work.links.touches(connection))
        work.users.set(technician.id, active=False)
        assert work.links.touches(connection).customers == frozenset()
        work.users.set(technician.id, name="Tord Ek")
        assert work.links.touches(connection).customers == {customer.id}
