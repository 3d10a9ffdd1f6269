"""Which entry of a list a person means."""

from __future__ import annotations

import pytest

from syncd.register.picking import AmbiguousEntryError, NoSuchEntryError, pick

PEOPLE = [("Anna Ek", "anna@alfa.test"), ("Bo Lind", None), ("anna ek", None), ("2", None)]


def chosen(who: str) -> int:
    return pick("contact", PEOPLE, who, lambda person: person)


@pytest.mark.parametrize(("who", "at"), [(" bo LIND", 1), ("ANNA@alfa.test", 0), ("1", 0), ("3", 2), ("2", 3)])
def test_an_entry_is_meant_by_a_name_before_its_place(who: str, at: int) -> None:
    assert chosen(who) == at


@pytest.mark.parametrize("who", ["0", "5", "-1", "²", "", "Cia Dal"])
def test_nobody_is_guessed(who: str) -> None:
    with pytest.raises(NoSuchEntryError, match="There is no such contact") as refused:
        chosen(who)
    assert "Cia" not in refused.value.message
    assert "place" in str(refused.value.remedy)


@pytest.mark.parametrize(("place", "at"), [(1, 0), (2, 1), (4, 3)])
def test_a_place_that_is_told_as_such_is_no_name(place: int, at: int) -> None:
    """A program counts; somebody called 2 is not meant."""
    assert pick("contact", PEOPLE, place, lambda person: person) == at
    with pytest.raises(NoSuchEntryError, match="no such contact"):
        pick("contact", PEOPLE, place + 4, lambda person: person)


def test_two_of_one_name_are_told_apart_by_place() -> None:
    with pytest.raises(AmbiguousEntryError, match="More than one contact is meant: 1, 3") as refused:
        chosen("Anna Ek")
    assert "place" in str(refused.value.remedy)
