"""A run that was taken over writes nothing more, whatever became of its lock (S-53)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from syncd.store.fence import TakenOverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.groups import GroupInfo
    from syncd.store.uow import Store


@pytest.fixture
def connection(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def counted(store: Store, connection: int) -> int:
    with store.work() as work:
        number = work.connections.count_run(connection)
        work.commit()
    return number


def touch(store: Store, connection: int) -> None:
    with store.work() as work:
        work.links.touch(connection, "remote", "r1")
        work.commit()


def test_the_latest_run_writes_and_the_one_before_does_not(store: Store, connection: int) -> None:
    """From the moment that a later run was counted, the earlier one can neither commit nor be let through."""
    first = store.fenced(connection, counted(store, connection))
    first.check()
    touch(first, connection)
    second = store.fenced(connection, counted(store, connection))
    acts: tuple[Callable[[], None], ...] = (first.check, lambda: touch(first, connection))
    for act in acts:
        with pytest.raises(TakenOverError) as caught:
            act()
        assert (caught.value.code, caught.value.exit_code) == ("taken_over", 69)
    second.check()
    touch(second, connection)
    with store.reading() as work:
        assert len(work.links.touches(connection).remotes) == 1


def test_a_unit_that_was_begun_before_is_rolled_back(store: Store, connection: int) -> None:
    """What a run had in hand when it was taken over is not written, either."""
    first = store.fenced(connection, counted(store, connection))
    with first.work() as work:
        known = work.links.touches(connection)
        assert not known.remotes
        work.session.rollback()  # an embedded database would keep everybody else waiting
        counted(store, connection)
        work.links.touch(connection, "remote", "r1")
        with pytest.raises(TakenOverError):
            work.commit()
    with store.reading() as work:
        assert not work.links.touches(connection).remotes


def test_a_connection_that_was_removed_lets_nobody_write(store: Store, connection: int) -> None:
    """Its runs have nothing left to work on."""
    fenced = store.fenced(connection, counted(store, connection))
    with store.work() as work:
        while work.connections.remove_part(connection, 100):
            work.commit()
        work.commit()
    with pytest.raises(TakenOverError):
        fenced.check()


def test_other_connections_runs_are_no_concern(store: Store, group: GroupInfo, connection: int) -> None:
    """Each connection has its own fence."""
    fenced = store.fenced(connection, counted(store, connection))
    with store.work() as work:
        other = work.connections.add(group.id, "another", "visma_eaccounting").id
        work.commit()
    counted(store, other)
    fenced.check()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_later_run_begins_only_after_what_is_being_committed(store: Store, connection: int) -> None:
    """On a server, too, the outcome of the last write is there before the next run looks."""
    number, begun = counted(store, connection), threading.Event()
    fence = store.fenced(connection, number)._fence
    assert fence is not None

    def next_run() -> None:
        counted(store, connection)
        begun.set()

    later = threading.Thread(target=next_run)
    with store.work() as work:
        fence.hold(work.session)
        later.start()
        assert not begun.wait(0.3)
        work.commit()
    assert begun.wait(10)
    later.join()
