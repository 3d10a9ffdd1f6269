"""Entries of the registers beside the customers, as people type them."""

from __future__ import annotations

import pytest

from syncd.register.catalogues import (
    ARTICLES,
    DISCOUNT_LETTERS,
    FixedFieldError,
    changed_entry,
    clean_key,
    new_entry,
)
from syncd.register.problems import InvalidFieldsError, InvalidValueError


def test_an_entry_has_its_key_and_its_values() -> None:
    typed: dict[str, str | bool | None] = {"code": " A10 ", "description": "Avtal", "percentage": "12,50 %"}

    assert new_entry(DISCOUNT_LETTERS, typed) == ("A10", {"description": "Avtal", "percentage": "12.5"})
    assert DISCOUNT_LETTERS.key == "code"
    assert new_entry(ARTICLES, {"number": "RESA", "text": "Resa"}) == ("RESA", {"text": "Resa"})


def test_everything_wrong_with_an_entry_is_told_at_once() -> None:
    with pytest.raises(InvalidFieldsError, match="comma") as refused:
        new_entry(ARTICLES, {"number": "A,B", "price": "dyr"})
    assert [problem.field for problem in refused.value.problems] == ["number", "text", "price"]


def test_the_key_of_an_entry_stays() -> None:
    assert changed_entry(ARTICLES, {"price": "1 250,50"}) == {"price": "1250.5"}
    with pytest.raises(FixedFieldError, match="The number of an article stays"):
        changed_entry(ARTICLES, {"number": "B"})
    assert (clean_key(ARTICLES, " RESA "), clean_key(DISCOUNT_LETTERS, " A10 ")) == ("RESA", "A10")
    with pytest.raises(InvalidValueError):
        clean_key(ARTICLES, "")
