"""What is wrong with a form is told in the reader's language, whatever part of the register says it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import syncd
from syncd.register.problems import Problem
from syncd.web.pages.problem_words import FIXED, said, told_of
from syncd.web.pages.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = Path(syncd.__file__).parent
PROBLEMS = {"Problem", "InvalidValueError", "NumberNotAllowedError", "_wrong_length"}
ELSEWHERE = {"services/register/api_tokens.py"}
"""Tokens of the API have no page."""


def _files() -> Iterator[Path]:
    for room in ("register", "services/register"):
        for file in (PLACE / room).glob("*.py"):
            if str(file.relative_to(PLACE)) not in ELSEWHERE:
                yield file


def _texts() -> Iterator[str]:
    """Every text without places that stands where a problem is made, but for names of fields."""
    for file in _files():
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in PROBLEMS:
                yield from (
                    node.value
                    for argument in (*call.args, *(keyword.value for keyword in call.keywords))
                    for node in [argument]
                    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
                )


def test_every_problem_of_the_register_has_words_of_its_own() -> None:
    """A text that somebody adds to the register's checks is missed here before a reader of Swedish meets it."""
    found = set(_texts())
    assert len(found) > 50
    assert {text for text in found if said(text, Words("sv")) == text} == set()
    assert {text for text in FIXED if said(text, Words("sv")) == text} == set()


@pytest.mark.parametrize(
    ("reason", "remedy", "swedish"),
    [
        (
            "has 300 characters, at most 255 are allowed",
            "Shorten it; nothing was cut.",
            "Har 300 tecken, högst 255 är tillåtna. Förkorta det; inget kortades av.",
        ),
        (
            "names something that cannot be chosen",
            "One of: work, service.",
            "Är inget som kan väljas. En av: work, service.",
        ),
        ("is switched off", "Switch it on: syncd settings set show_cost_center=yes.", "Är avstängt."),
    ],
)
def test_numbers_and_names_stand_where_the_sentence_needs_them(reason: str, remedy: str, swedish: str) -> None:
    """And a remedy that is a command is of no use on a page."""
    assert told_of(Problem("x", reason, remedy), Words("sv")).text == swedish


def test_what_has_no_words_is_told_in_english_and_marked_so() -> None:
    """A screen reader then reads it as English."""
    told = told_of(Problem("x", "is odd in a new way", "Do this."), Words("sv"))
    assert (told.text, told.language) == ("Is odd in a new way. Do this.", "en")
