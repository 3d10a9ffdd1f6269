"""The oracle's own table against sync.md §3, row by row: a wrong oracle would make every history worthless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.machine.model import End, Rules, agreed, asked, end, pushed, taken, undone
from tests.machine.vocabulary import TOO_LONG, meaning

if TYPE_CHECKING:
    from tests.machine.model import Base, Side

A, B, C = ("a",), ("b",), ("c",)
NOTHING = (None,)
AGREED = (("a", "a"),)
NEVER = (None,)


@pytest.mark.parametrize(
    ("base", "here", "there", "expected"),
    [
        (AGREED, B, B, pushed(B)),
        (AGREED, A, B, taken(B)),
        (AGREED, B, A, pushed(B)),
        (AGREED, B, C, asked(B, C)),
        (NEVER, A, NOTHING, pushed(A)),
        (NEVER, NOTHING, A, taken(A)),
        (NEVER, A, B, asked(A, B)),
        (AGREED, NOTHING, A, pushed(NOTHING)),
        (AGREED, A, NOTHING, taken(NOTHING)),
        ((("a", "b"),), A, B, End(A, B)),
        ((("a", "b"),), A, C, taken(C)),
        ((("a", "b"),), C, B, pushed(C)),
    ],
)
def test_the_table_of_the_contract(base: Base, here: Side, there: Side, expected: End) -> None:
    """Base, register, accounting, and where they end; a base per side rests until a side moves (S-25)."""
    assert end(base, here, there, Rules("phone")) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Rules("phone", way="to_accounting"), pushed(B)),
        (Rules("phone", way="from_accounting"), taken(C)),
        (Rules("phone", way="off"), End(B, C)),
        (Rules("phone", policy="register"), pushed(B)),
        (Rules("phone", policy="accounting"), taken(C)),
        (Rules("phone", policy="newest"), asked(B, C)),
    ],
)
def test_directions_and_policies(rules: Rules, expected: End) -> None:
    """Both sides moved: the direction decides, else the policy (S-20, S-22)."""
    assert end(AGREED, B, C, rules) == expected


@pytest.mark.parametrize(
    ("rules", "here", "there", "expected"),
    [
        (Rules("phone", first="register"), A, B, pushed(A)),
        (Rules("phone", first="accounting"), A, B, taken(B)),
        (Rules("phone", way="to_accounting"), NOTHING, B, End(NOTHING, B)),
        (Rules("phone", way="from_accounting"), A, NOTHING, End(A, NOTHING)),
        (Rules("type", untouched=True), ("company",), ("private",), taken(("private",))),
    ],
)
def test_the_first_meeting(rules: Rules, here: Side, there: Side, expected: End) -> None:
    """Without a base nothing empty is written over something filled; a mere default counts as empty (S-29)."""
    assert end(NEVER, here, there, rules) == expected


def test_a_side_that_never_held_a_value_erases_nothing() -> None:
    """Both were empty, accounting got a value, the register leads: it is kept (S-29)."""
    leads = Rules("phone", way="to_accounting")
    assert end(((None, None),), NOTHING, B, leads) == End(NOTHING, B)
    assert end((("a", "a"),), NOTHING, B, leads) == pushed(NOTHING)


def test_what_one_side_added_goes_over_where_both_gave_the_rest() -> None:
    """Both typed the same name, one an e-mail too: the policy's side has nothing to say about that (S-29)."""
    rules, never = Rules("contact", policy="accounting"), ((None, None), (None, None))
    assert end(never, ("Eva", "eva@a"), ("Eva", None), rules) == pushed(("Eva", "eva@a"))
    held = (("Eva", "Eva"), (None, "eva@a"))
    assert end(held, ("Bo", None), ("Bo", "eva@a"), Rules("contact", policy="register")) == End(
        ("Bo", None), ("Bo", "eva@a")
    )


def test_what_was_put_back_waits_until_it_is_in_step() -> None:
    """No policy judges it; it is in step where both sides stand as they last agreed (S-56)."""
    assert undone(AGREED, B, A) == asked(B, A)
    assert undone(AGREED, B, B) == End(B, B)
    assert undone((("a", "b"),), A, B) == End(A, B)
    assert undone(NEVER, A, B) == asked(A, B)


def test_an_address_moves_whole() -> None:
    """Street and city of one side never meet those of the other (S-27)."""
    rules = Rules("visiting_address")
    base = (("Hamngatan", "Hamngatan"), ("Luleå", "Luleå"))
    here, there = ("Älvgatan", "Luleå"), ("Hamngatan", "Piteå")
    assert end(base, here, there, rules) == asked(here, there)
    assert end(base, here, ("Hamngatan", "Luleå"), rules) == pushed(here)


def test_an_address_is_put_together_only_where_a_part_agrees() -> None:
    """A street here and a city there may be two addresses (S-29)."""
    rules, never = Rules("visiting_address"), (None, None)
    assert end(never, ("Älvgatan", None), (None, "Piteå"), rules) == asked(("Älvgatan", None), (None, "Piteå"))
    assert end(never, ("Älvgatan", "Piteå"), (None, "Piteå"), rules) == pushed(("Älvgatan", "Piteå"))


def test_what_a_side_cannot_hold_is_asked() -> None:
    """Too long, or required and emptied (S-23)."""
    name = Rules("name")
    assert end(AGREED, (TOO_LONG,), A, name) == asked((TOO_LONG,), A)
    assert end(AGREED, NOTHING, A, name) == asked(NOTHING, A)
    assert end(AGREED, A, NOTHING, name) == asked(A, NOTHING)


def test_the_base_moves_only_where_both_sides_agree() -> None:
    """S-25."""
    assert agreed((("a", "a"), None), End(("b", "c"), ("b", "d"))) == (("b", "b"), None)


def test_noise_means_the_same() -> None:
    """A phone number with its country code, a country that goes without saying, no and nothing."""
    assert meaning("+46 8 111 11 11") == meaning("08-111 11 11")
    assert meaning("SE") is meaning("") is meaning(None) is None
    assert meaning(False) == "no"  # noqa: FBT003 - the value of a field
