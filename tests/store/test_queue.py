"""The waiting line of orders: joined once, claimed once, never lost (S-53)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from syncd.ports.queue import Order, Ticket
from syncd.store.queue import StoredQueue

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.store.database import Database
    from syncd.store.uow import Store
    from tests.conftest import TickingClock

CHANGES = Order("anna")
EVERYTHING = Order("anna", "full")


@pytest.fixture
def queue(database: Database, clock: TickingClock) -> StoredQueue:
    return StoredQueue(database, clock)


@pytest.fixture
def visma(store: Store, group: GroupInfo) -> int:
    return add(store, group, "visma")


def add(store: Store, group: GroupInfo, name: str) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, name, "visma_eaccounting")
        work.commit()
    return made.id


def test_ten_triggers_wait_once(queue: StoredQueue, visma: int) -> None:
    """Who asks for what waits already gets the same place."""
    tickets = {queue.join(visma, Order(who)).id for who in "abcdefghij"}
    assert len(tickets) == 1
    assert [ticket.id for ticket in queue.pending()] == list(tickets)


def test_ten_triggers_at_the_same_moment_wait_once(queue: StoredQueue, visma: int) -> None:
    """Nobody fails, nobody stands there twice."""
    with ThreadPoolExecutor(10) as people:
        tickets = {one.id for one in people.map(lambda _: queue.join(visma, CHANGES), range(10))}
    assert len(tickets) == 1


@pytest.mark.parametrize(
    "other",
    [
        EVERYTHING,
        Order("anna", customer="1001"),
        Order("anna", customer="1002"),
        Order("anna", dry_run=True),
        Order("anna", approve=True, shown=1),
        Order("anna", approve=True, shown=2),
    ],
)
def test_another_wish_is_another_place(queue: StoredQueue, visma: int, other: Order) -> None:
    """A full comparison is not answered by a run that looks at changes, nor one plan by another."""
    first, second = queue.join(visma, CHANGES), queue.join(visma, other)
    assert [ticket.order for ticket in queue.pending()] == [first.order, second.order] == [CHANGES, other]


def test_the_same_wish_in_other_words_is_the_same_place(queue: StoredQueue, visma: int) -> None:
    """Without a kind, a run looks at what changed."""
    assert queue.join(visma, CHANGES).id == queue.join(visma, Order("bo", "incremental")).id


def test_connections_do_not_stand_in_each_others_way(
    queue: StoredQueue, visma: int, store: Store, group: GroupInfo
) -> None:
    """Each has a line of its own."""
    other = add(store, group, "other")
    first, second = queue.join(visma, CHANGES), queue.join(other, CHANGES)
    assert claim(queue, other) == Ticket(second.id, other, CHANGES, "running", None, second.asked_at, claims=1)
    assert queue.claim(visma, second.id) is None
    assert claim(queue, visma).id == first.id


def test_the_oldest_is_taken_first_and_only_once(queue: StoredQueue, visma: int) -> None:
    """What runs no longer waits: the next trigger stands in line behind it, once."""
    first, second = queue.join(visma, CHANGES), queue.join(visma, EVERYTHING)
    claimed = claim(queue, visma)
    assert (claimed.id, claimed.state) == (first.id, "running")
    behind = queue.join(visma, CHANGES)
    assert behind.id not in {first.id, second.id}
    queue.finish(claimed, 7)
    assert [ticket.id for ticket in queue.pending()] == [second.id, behind.id]
    done = queue.get(first.id)
    assert done is not None
    assert (done.state, done.run_id) == ("done", 7)


def test_everything_may_be_said_twice(queue: StoredQueue, visma: int) -> None:
    """Somebody who does not know whether the last word was heard says it again."""
    ticket = queue.join(visma, CHANGES)
    claimed = claim(queue, visma)
    queue.withdraw(ticket.id)
    assert state(queue, ticket.id) == "running"
    queue.finish(claimed, 7)
    queue.finish(claimed, 8)
    queue.withdraw(ticket.id)
    queue.release(claimed)
    found = queue.get(ticket.id)
    assert found is not None
    assert (found.state, found.run_id) == ("done", 7)
    assert queue.claim(visma) is None
    assert queue.get(ticket.id + 1) is None


def test_an_order_whose_process_died_is_carried_out_by_the_next(queue: StoredQueue, visma: int) -> None:
    """Whoever gets the connection's lock knows that nobody else is at work."""
    ticket = queue.join(visma, CHANGES)
    queue.claim(visma)
    assert claim(queue, visma).id == ticket.id


def test_who_lost_the_connection_has_no_say_in_its_order_any_more(queue: StoredQueue, visma: int) -> None:
    """Its lock went without a word and somebody else took the order up: that run is the answer."""
    queue.join(visma, CHANGES)
    lost = claim(queue, visma)
    again = claim(queue, visma)
    queue.finish(lost, 7)
    queue.release(lost)
    assert state(queue, again.id) == "running"
    queue.finish(again, 8)
    found = queue.get(again.id)
    assert found is not None
    assert (found.state, found.run_id) == ("done", 8)


def test_an_order_that_was_cut_off_waits_again_but_not_twice(queue: StoredQueue, visma: int) -> None:
    """Where somebody asked for the same meanwhile, one of the two is left."""
    ticket = queue.join(visma, CHANGES)
    queue.release(claim(queue, visma))
    assert state(queue, ticket.id) == "waiting"
    claimed = claim(queue, visma)
    behind = queue.join(visma, CHANGES)
    queue.release(claimed)
    assert state(queue, ticket.id) == "withdrawn"
    assert [one.id for one in queue.pending()] == [behind.id]


def test_who_leaves_the_line_is_not_called_up(queue: StoredQueue, visma: int) -> None:
    """A later trigger stands there for itself."""
    ticket = queue.join(visma, CHANGES)
    queue.withdraw(ticket.id)
    assert queue.claim(visma) is None
    assert queue.join(visma, CHANGES).id != ticket.id


def test_who_gives_up_waiting_takes_the_place_from_nobody_else(queue: StoredQueue, visma: int) -> None:
    """An administrator asked on a page and left; whoever joined him at a terminal loses patience."""
    asked = queue.join(visma, CHANGES)
    queue.join(visma, Order("bo"))
    queue.withdraw(asked.id)
    assert claim(queue, visma).id == asked.id


def test_a_person_who_joins_the_schedule_gives_the_run_a_name(queue: StoredQueue, visma: int) -> None:
    """The report says who asked; a second person does not take it from the first."""
    queue.join(visma, Order("schedule", trigger="schedule"))
    assert queue.join(visma, Order("anna")).order.who == "anna"
    assert queue.join(visma, Order("bo")).order.who == "anna"
    assert queue.join(visma, Order("schedule", trigger="schedule")).order.who == "anna"
    (only,) = queue.pending()
    assert only.order == Order("anna")


def test_yesterdays_wishes_are_forgotten(queue: StoredQueue, visma: int, clock: TickingClock) -> None:
    """What nobody came back for does not pile up; what is being carried out stays, however long it takes."""
    running = queue.join(visma, EVERYTHING)
    queue.claim(visma)
    left, gone = queue.join(visma, CHANGES), queue.join(visma, Order("anna", dry_run=True))
    queue.withdraw(gone.id)
    clock.moment += timedelta(days=2)
    new = queue.join(visma, CHANGES)
    assert (queue.get(left.id), queue.get(gone.id)) == (None, None)
    assert [ticket.id for ticket in queue.pending()] == [running.id, new.id]


def test_a_removed_connection_has_no_line(queue: StoredQueue, visma: int, store: Store) -> None:
    """Nothing is left to wait for."""
    queue.join(visma, CHANGES)
    with store.work() as work:
        while work.connections.remove_part(visma, 100):
            work.commit()
        work.commit()
    assert queue.pending() == ()


def claim(queue: StoredQueue, connection_id: int) -> Ticket:
    ticket = queue.claim(connection_id)
    assert ticket is not None
    return ticket


def state(queue: StoredQueue, ticket_id: int) -> str:
    ticket = queue.get(ticket_id)
    assert ticket is not None
    return ticket.state
