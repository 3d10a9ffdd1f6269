"""Two who wait for each other on a real PostgreSQL: the server breaks one off, which then has its turn."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from syncd.errors import BrokenOffError
from syncd.ports.records import Author
from syncd.services.once import TRIES, at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.groups import GroupInfo
    from syncd.store.uow import Store

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def numbers(store: Store, group: GroupInfo) -> list[int]:
    with store.work() as work:
        made = [work.customers.insert(group.id, {"number": n, "name": n}, (), Author("anna")).id for n in ("1", "2")]
        work.commit()
    return made


def note(work: Any, customer: int, letter: str) -> None:  # noqa: ANN401  a unit of work on PostgreSQL
    values = {"letter": letter, "id": customer}
    work.session.execute(text("UPDATE customers SET name = name || :letter WHERE id = :id"), values)


def crosswise(numbers: list[int]) -> tuple[Callable[[Any], int], Callable[[Any], int]]:
    """Two transactions that lock the same customers in opposite order, and count how often they were tried."""
    both = threading.Barrier(2)

    def locking(order: list[int], letter: str) -> Callable[[Any], int]:
        tries = []

        def act(work: Any) -> int:  # noqa: ANN401  same
            tries.append(letter)
            note(work, order[0], letter)
            if len(tries) == 1:
                both.wait(30)
            note(work, order[1], letter)
            work.commit()
            return len(tries)

        return act

    return locking(numbers, "a"), locking(numbers[::-1], "b")


def test_of_two_that_wait_for_each_other_both_are_stored(store: Store, numbers: list[int]) -> None:
    """An import beside other people's work: nobody gets an error, and nothing is stored twice."""
    with ThreadPoolExecutor(2) as pool:
        tries = list(pool.map(lambda act: at_once(store, act), crosswise(numbers)))
    assert sum(tries) > len(tries), "one of them was broken off at least once"
    with store.reading() as work:
        names = [local.name for local in work.customers.load_many(numbers)]
    assert sorted(map(sorted, names)) == [["1", "a", "b"], ["2", "a", "b"]]


def test_without_another_try_one_of_them_is_told(store: Store, numbers: list[int]) -> None:
    """Nothing of it was stored, and the error says that the database can be asked again."""

    def once(act: Callable[[Any], int]) -> str:
        try:
            with store.work() as work:
                act(work)
        except BrokenOffError as error:
            return f"{error.code} {error.exit_code}"
        return "stored"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, crosswise(numbers))) == ["database_unreachable 69", "stored"]


def test_a_transaction_that_is_always_broken_off_ends(store: Store, numbers: list[int]) -> None:
    """A server set to SERIALIZABLE that refuses each try is not asked for ever."""
    tries = []

    def act(work: Any) -> None:  # noqa: ANN401  same
        tries.append(1)
        work.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        work.session.execute(text("SELECT count(*) FROM customers"))
        with store.work() as other:
            note(other, numbers[0], "x")
            other.commit()
        note(work, numbers[0], "y")

    with pytest.raises(BrokenOffError):
        at_once(store, act)
    assert len(tries) == TRIES
