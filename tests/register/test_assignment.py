"""Technicians of a customer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncd.register.assignment import assign, difference, responsible, unassign

USERS = st.lists(st.integers(1, 6), unique=True).map(tuple)
NAMED = st.lists(st.integers(1, 6))


def test_the_first_assigned_stays_responsible_when_others_join() -> None:
    assert assign((), ["eva"]) == ("eva",)
    assert assign(("eva",), ["bo", "eva", "bo", "cia"]) == ("eva", "bo", "cia")
    assert responsible(("eva", "bo")) == "eva"


def test_the_next_one_is_responsible_when_the_first_leaves() -> None:
    assert responsible(unassign(("eva", "bo", "cia"), ["eva"])) == "bo"


def test_nobody_is_responsible_when_nobody_is_assigned() -> None:
    assert responsible(unassign(("eva",), ["eva", "bo"])) is None


def test_only_those_who_came_or_went_are_told() -> None:
    told = difference(("eva", "bo"), ("bo", "cia"))

    assert (told.assigned, told.unassigned) == (("cia",), ("eva",))


@given(USERS, NAMED)
def test_assigning_keeps_everybodys_place(current: tuple[int, ...], add: list[int]) -> None:
    after = assign(current, add)

    assert after[: len(current)] == current
    assert set(after) == set(current) | set(add)
    assert len(set(after)) == len(after)
    assert assign(after, add) == after


@given(USERS, NAMED)
def test_unassigning_keeps_the_order_of_the_rest(current: tuple[int, ...], remove: list[int]) -> None:
    after = unassign(current, remove)

    assert after == tuple(user for user in current if user not in remove)
    assert set(difference(current, after).unassigned) == set(current) & set(remove)
    assert difference(current, after).assigned == ()
