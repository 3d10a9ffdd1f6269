"""Conflict kinds, their choices and words (S-80 to S-82, cli.md)."""

from __future__ import annotations

from typing import get_args

import pytest

from syncd.engine.questions import CHOICES, EXPLAINED, Kind, Question

CONTRACT = {
    "identity": ("same", "different"),
    "possible_duplicate": ("link", "create"),
    "missing_in_accounting": ("create_again", "deactivate", "unlink"),
    "number_taken": ("revert", "unlink"),
    "cannot_renumber": ("revert", "unlink"),
    "unknown_reference": ("skip",),
    "field": ("register", "accounting", "value"),
}


def test_every_kind_has_its_choices_and_every_choice_its_words() -> None:
    """An administrator reads what each answer does."""
    assert CHOICES.keys() == set(get_args(Kind))
    assert {choice for choices in CHOICES.values() for choice in choices} == EXPLAINED.keys()


@pytest.mark.parametrize(("kind", "choices"), CONTRACT.items())
def test_the_choices_are_the_contracts(kind: str, choices: tuple[str, ...]) -> None:
    """The answers are those that the command line promises (cli.md)."""
    assert CHOICES[kind] == choices
    assert "accounting_only" in CHOICES["does_not_fit"]


def test_a_question_offers_its_kinds_choices_unless_told_otherwise() -> None:
    """A question may offer less where a choice would lead nowhere."""
    assert Question("identity", "s", "1", "n", "m").offered == ("same", "different")
    assert Question("number_taken", "s", "1", "n", "m", choices=()).offered == ()


def test_a_question_is_known_by_customer_kind_and_field() -> None:
    """The same matter is one conflict, another field another (S-80)."""
    assert Question("field", "customer:1", "1", "n", "m", "phone").key == ("customer:1", "field", "phone")
    assert Question("identity", "customer:1", "1", "n", "m").key == ("customer:1", "identity", "")
