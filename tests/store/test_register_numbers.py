from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from syncd.register.numbers import NumberNotAllowedError
from syncd.store.tables import Connection, Mirror

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author
    from syncd.store.uow import Store, UnitOfWork

NAME = {"name": "Åkes Bygg AB"}


def reserve(work: UnitOfWork, group: GroupInfo, numbers: list[str], *, gone: bool = False) -> None:
    connection = Connection(group_id=group.id, name="Visma", system="visma_eaccounting", created_at="2026-01-01")
    work.session.add(connection)
    work.session.flush()
    marks = {"fields": {}, "raw": "", "raw_mark": "", "fingerprint": "", "gone": gone}
    work.session.add_all(Mirror(connection_id=connection.id, remote_id=n, number=n, **marks) for n in numbers)


def add(store: Store, group: GroupInfo, by: Author, number: str | None = None) -> str:
    with store.work() as work:
        made = work.customers.insert(group.id, NAME, [], by, number)
        work.commit()
    return made.number


def test_the_next_number_is_above_the_highest_one(store: Store, group: GroupInfo, by: Author) -> None:
    """Letters do not count, and a number too long to count with is left aside."""
    assert add(store, group, by) == "1"
    for number in ("0041", "B-99", "9" * 30):
        add(store, group, by, number)
    assert add(store, group, by) == "42"


def test_the_next_number_has_the_groups_length(store: Store, group: GroupInfo, by: Author) -> None:
    """Padded to the shortest length; refused where the longest one is used up."""
    with store.work() as work:
        work.groups.set_settings(group.id, {"customer_number_min_length": "3", "customer_number_max_length": "3"})
        assert work.customers.insert(group.id, NAME, [], by).number == "001"
        work.customers.insert(group.id, NAME, [], by, "998")
        assert work.customers.insert(group.id, NAME, [], by).number == "999"
        with pytest.raises(NumberNotAllowedError, match="4 characters"):
            work.customers.insert(group.id, NAME, [], by)


def test_numbers_reserved_in_accounting_are_skipped(store: Store, group: GroupInfo, by: Author) -> None:
    """Also a whole block of them, and numbers that differ by leading zeros only."""
    with store.work() as work:
        reserve(work, group, [*(str(n) for n in range(1, 40)), "0041"])
        work.commit()
    assert [add(store, group, by) for _ in range(2)] == ["40", "42"]


def test_a_number_that_is_gone_from_accounting_is_free(store: Store, group: GroupInfo, by: Author) -> None:
    """Only what accounting still holds is reserved."""
    with store.work() as work:
        reserve(work, group, ["1"], gone=True)
        work.commit()
    assert add(store, group, by) == "1"


def test_two_people_adding_at_once_never_get_the_same_number(store: Store, group: GroupInfo, by: Author) -> None:
    """Eight at a time, each with a transaction of its own."""
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: add(store, group, by), range(40)))
    assert sorted(map(int, numbers)) == list(range(1, 41))


def test_a_number_typed_at_the_same_moment_does_not_hurt(store: Store, group: GroupInfo, by: Author) -> None:
    """Whoever asked for the next number gets another one."""
    with ThreadPoolExecutor(4) as pool:
        typed = [pool.submit(add, store, group, by, str(n)) for n in range(100, 110)]
        given = [pool.submit(add, store, group, by) for _ in range(10)]
        numbers = [one.result() for one in (*given, *typed) if one.exception() is None]
    assert len(numbers) == len(set(numbers))
    assert all(one.exception() is None for one in given)
