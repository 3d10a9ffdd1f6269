from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.ports.records import Intended

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.ports.groups import GroupInfo
    from syncd.ports.work import Work
    from syncd.store.uow import Store


@pytest.fixture
def connection(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def test_a_write_is_noted_before_it_is_sent(store: Store, connection: int) -> None:
    """After a power cut the journal knows what was on its way, with the values that were sent."""
    sent = {"accounting": {"phone": "08-1", "active": False, "email": None}, "register": {"phone": "08-1"}}
    with store.work() as work:
        work.journal.intend(connection, 7, [Intended("create", sent, customer_id=1, number="1001")])
        work.journal.intend(connection, 7, [Intended("update", {}, remote_id="r2", number="1002")])
        work.commit()
    with store.reading() as work:
        first, second = work.journal.open(connection)
        assert work.journal.open(connection + 1) == ()
    assert (first.run_id, first.kind, first.customer_id, first.remote_id, first.number) == (
        7,
        "create",
        1,
        None,
        "1001",
    )
    assert dict(first.sent) == sent
    assert (second.kind, second.remote_id, second.customer_id) == ("update", "r2", None)


@pytest.mark.parametrize("outcome", ["done", "not_done", "refused"])
def test_a_settled_write_is_not_looked_up_again(store: Store, connection: int, outcome: str) -> None:
    """Once its outcome is known, no run asks for it."""
    with store.work() as work:
        (intent,) = work.journal.intend(connection, 7, [Intended("create", {}, customer_id=1, number="1001")])
        (other,) = work.journal.intend(connection, 7, [Intended("update", {}, remote_id="r2")])
        work.journal.settle([intent], outcome)
        assert [open_one.id for open_one in work.journal.open(connection)] == [other]


def test_a_create_that_is_not_found_is_sought_until_it_is_sent_again(store: Store, connection: int) -> None:
    """It waits apart from the open ones, is lost once it is sent again, and sought again when accounting knows it."""
    with store.work() as work:
        (first,) = work.journal.intend(connection, 7, [Intended("create", {}, customer_id=1, number="1001")])
        work.journal.seek(first)
        assert (work.journal.open(connection), [one.id for one in work.journal.sought(connection)]) == ((), [first])
        (second,) = work.journal.intend(connection, 8, [Intended("create", {}, customer_id=1, number="1001")])
        assert [one.id for one in work.journal.open(connection)] == [second]
        assert (work.journal.sought(connection), [one.id for one in work.journal.lost(connection)]) == ((), [first])
        assert not work.journal.seek_again(connection, 2)
        assert work.journal.seek_again(connection, 1)
        assert [one.id for one in work.journal.sought(connection)] == [first]
        work.journal.settle([first], "done")
        assert not work.journal.seek_again(connection, 1)


def a_create(work: Work, connection: int, customer: int, sent: Mapping[str, Any] | None = None) -> int:
    write = Intended("create", sent or {}, customer_id=customer, number=str(customer))
    (intent,) = work.journal.intend(connection, 7, [write])
    return intent


def a_lost_create(work: Work, connection: int, customer: int, sent: Mapping[str, Any] | None = None) -> int:
    """It was not found, and sent again."""
    lost = a_create(work, connection, customer, sent)
    work.journal.seek(lost)
    work.journal.settle([a_create(work, connection, customer)], "done")
    return lost


def test_of_several_lost_creates_the_latest_is_sought_again(store: Store, connection: int) -> None:
    """It is the likeliest to have arrived after all."""
    with store.work() as work:
        first, second = (a_lost_create(work, connection, 1) for _ in range(2))
        assert [one.id for one in work.journal.lost(connection)] == [first, second]
        assert work.journal.seek_again(connection, 1)
        assert [one.id for one in work.journal.sought(connection)] == [second]


def test_a_sought_create_is_lost_by_another_create_of_its_customer_alone(store: Store, connection: int) -> None:
    """Not by a change of that customer, and not by somebody else's create."""
    with store.work() as work:
        first = a_create(work, connection, 1)
        work.journal.seek(first)
        a_create(work, connection, 2)
        work.journal.intend(connection, 8, [Intended("update", {}, customer_id=1, remote_id="r1")])
        assert [one.id for one in work.journal.sought(connection)] == [first]


def test_what_was_sent_is_forgotten_once_it_was_settled_long_ago(store: Store, connection: int) -> None:
    """Values of customers are kept no longer than reports, but as long as somebody may still have to look for them."""
    sent = {"accounting": {"phone": "08-1"}}
    with store.work() as work:
        work.journal.settle([a_create(work, connection, 1, sent)], "done")
        a_lost_create(work, connection, 2, sent)
        a_lost_create(work, connection, 3, sent)
        assert work.journal.seek_again(connection, 3)
        a_create(work, connection, 4, sent)
        assert not work.journal.forget("2020-01-01T00:00:00Z", 10)
        assert [work.journal.forget("2100-01-01T00:00:00Z", 1) for _ in range(3)] == [True, True, False]
        work.commit()
    with store.reading() as work:
        assert [dict(one.sent) for one in work.journal.lost(connection)] == [{}]
        assert [dict(one.sent) for one in work.journal.sought(connection)] == [sent]
        assert [dict(one.sent) for one in work.journal.open(connection)] == [sent]
