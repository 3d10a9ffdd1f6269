"""Which numbers a set of renumberings really gives up (S-63)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncd.engine.numbers import freed

NUMBERS = st.sampled_from("123456")


def test_a_chain_that_ends_at_a_free_number_frees_every_number_of_it() -> None:
    """Customers that move up one by one can all be renumbered in one run."""
    assert freed({"1": "2", "2": "3"}, {"2"}) == {"1", "2"}


def test_two_customers_that_swap_numbers_free_none() -> None:
    """Nobody can go first, so a person is asked and accounting is not tried in vain."""
    assert freed({"1": "2", "2": "1"}, {"1", "2"}) == frozenset()


def test_a_chain_that_leads_into_a_ring_frees_none() -> None:
    """Whoever waits for somebody who cannot move cannot move either."""
    assert freed({"1": "2", "2": "3", "3": "2"}, {"2", "3"}) == frozenset()


def test_a_chain_that_ends_at_a_taken_number_frees_none() -> None:
    """A customer who cannot be given its new number keeps the old one."""
    assert freed({"1": "2", "2": "9"}, {"2", "9"}) == frozenset()


@given(st.dictionaries(NUMBERS, NUMBERS, max_size=6).map(lambda m: {a: b for a, b in m.items() if a != b}))
def test_what_is_freed_can_be_carried_out_in_some_order(moves: dict[str, str]) -> None:
    """Every number that counts as freed is free once those before it have moved."""
    held = set(moves)
    left = set(freed(moves, held))
    while left:
        movable = {number for number in left if moves[number] not in held}
        assert movable
        held -= movable
        left -= movable
