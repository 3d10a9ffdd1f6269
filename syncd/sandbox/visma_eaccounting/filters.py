"""The part of OData's ``$filter`` that the vendor documents (facts §3.2).

``gt lt ge le eq ne``, ``and``, ``or``, ``not``, brackets, ``startswith endswith contains``,
``length(P) gt 16`` and ``year(P) eq 2017`` (also month, day, hour); texts in single quotes
with ``'`` doubled, dates without quotes. Anything else is refused with 6000, a bad date
with 6001. Which properties may be named is an allow-list per resource.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from syncd.sandbox.visma_eaccounting.dates import NotADateError, stamp_of
from syncd.sandbox.visma_eaccounting.errors import DATE, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Row: TypeAlias = "tuple[Any, ...]"
Predicate: TypeAlias = "Callable[[Row], bool]"

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
TEXT_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}
DATE_PARTS = {"year": (0, 4), "month": (5, 7), "day": (8, 10), "hour": (11, 13)}
WORDS = {"true": True, "false": False, "null": None}
_TOKEN = re.compile(r"\s*([(),]|'(?:[^']|'')*'|[^\s(),']+)")
_INTEGER = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter ready to be asked, with what an index can make of it."""

    accepts: Predicate
    since: str | None = None
    """No row with an older change stamp can pass."""
    key: str | None = None
    """No row with another key can pass."""


def parse(text: str, places: Mapping[str, int], *, stamp: str | None, key: str) -> Filter:
    """Read a filter over rows whose columns are at `places`."""
    parser = _Parser(_tokens(text), places, stamp, key)
    found = parser.either()
    if parser.tokens:
        raise QueryError(f"Syntax error at '{parser.tokens[0]}' in $filter.")
    return found


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            raise QueryError(f"Syntax error at position {place} in $filter.")
        tokens.append(found[1])
        place = found.end()
    return tokens


class _Parser:
    """Recursive descent: or, and, not, comparison."""

    def __init__(self, tokens: list[str], places: Mapping[str, int], stamp: str | None, key: str) -> None:
        self.tokens = tokens
        self.places = places
        self.stamp = stamp
        self.key = key

    def either(self) -> Filter:
        found = self.both()
        while self.took("or"):
            left, right = found.accepts, self.both().accepts
            found = Filter(_or(left, right))
        return found

    def both(self) -> Filter:
        found = self.one()
        while self.took("and"):
            other = self.one()
            bounds = [one.since for one in (found, other) if one.since]
            found = Filter(
                _and(found.accepts, other.accepts),
                since=max(bounds, default=None),
                key=found.key if found.key is not None else other.key,
            )
        return found

    def one(self) -> Filter:
        if self.took("not"):
            accepts = self.one().accepts
            return Filter(lambda row: not accepts(row))
        if self.took("("):
            found = self.either()
            self.expect(")")
            return found
        word = self.next()
        if self.took("("):
            return self.function(word)
        return self.comparison(word)

    def function(self, name: str) -> Filter:
        if name in TEXT_FUNCTIONS:
            place = self.place(self.next())
            self.expect(",")
            text = self.text()
            self.expect(")")
            accepts = _text_test(TEXT_FUNCTIONS[name], place, text)
            return Filter(accepts) if not self.took("eq") else self.compared_to_word(accepts)
        if name not in DATE_PARTS and name != "length":
            raise QueryError(f"Unknown function '{name}' in $filter.")
        place = self.place(self.next())
        self.expect(")")
        test = self.operator()
        return Filter(_measured(name, place, test, self.integer()))

    def compared_to_word(self, accepts: Predicate) -> Filter:
        wanted = WORDS.get(self.next())
        return Filter(lambda row: accepts(row) is wanted)

    def comparison(self, name: str) -> Filter:
        place = self.place(name)
        word = self.tokens[0] if self.tokens else ""
        test = self.operator()
        value = self.literal(name)
        accepts = _comparison(test, place, value)
        if name == self.stamp and word in ("gt", "ge", "eq") and isinstance(value, str):
            return Filter(accepts, since=value)
        if name == self.key and word == "eq" and isinstance(value, str):
            return Filter(accepts, key=value)
        return Filter(accepts)

    def literal(self, name: str) -> Any:  # noqa: ANN401  text, number, truth or nothing
        token = self.next()
        if token in WORDS:
            return WORDS[token]
        if name.endswith(("Utc", "Date")):
            return _date(token)
        if token.startswith("'"):
            return _unquoted(token)
        if _INTEGER.fullmatch(token):
            return int(token)
        if name.endswith("Id"):
            return token.lower()
        raise QueryError(f"'{token}' is not a value in $filter.")

    def place(self, name: str) -> int:
        if name not in self.places:
            raise QueryError(f"Could not filter on property '{name}'.")
        return self.places[name]

    def operator(self) -> Callable[[Any, Any], bool]:
        word = self.next()
        if word not in OPERATORS:
            raise QueryError(f"Unknown operator '{word}' in $filter.")
        return OPERATORS[word]

    def text(self) -> str:
        token = self.next()
        if not token.startswith("'"):
            raise QueryError(f"'{token}' is not a text in $filter.")
        return _unquoted(token)

    def integer(self) -> int:
        token = self.next()
        if not _INTEGER.fullmatch(token):
            raise QueryError(f"'{token}' is not a number in $filter.")
        return int(token)

    def next(self) -> str:
        if not self.tokens:
            raise QueryError("Unexpected end of $filter.")
        return self.tokens.pop(0)

    def took(self, word: str) -> bool:
        if self.tokens and self.tokens[0] == word:
            self.tokens.pop(0)
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.took(word):
            raise QueryError(f"'{word}' expected in $filter.")


def _unquoted(token: str) -> str:
    return token[1:-1].replace("''", "'")


def _date(token: str) -> str:
    try:
        return stamp_of(token)
    except (NotADateError, OverflowError) as error:
        raise QueryError(f"'{token}' is not a valid date.", DATE) from error


def _or(left: Predicate, right: Predicate) -> Predicate:
    return lambda row: left(row) or right(row)


def _and(left: Predicate, right: Predicate) -> Predicate:
    return lambda row: left(row) and right(row)


def _text_test(test: Callable[[str, str], bool], place: int, text: str) -> Predicate:
    return lambda row: row[place] is not None and test(str(row[place]), text)


def _measured(name: str, place: int, test: Callable[[Any, Any], bool], number: int) -> Predicate:
    if name == "length":
        return lambda row: row[place] is not None and test(len(str(row[place])), number)
    start, end = DATE_PARTS[name]
    return lambda row: row[place] is not None and test(int(row[place][start:end]), number)


def _comparison(test: Callable[[Any, Any], bool], place: int, value: object) -> Predicate:
    if value is None or test in (operator.eq, operator.ne):
        return lambda row: test(row[place], value) if test in (operator.eq, operator.ne) else False
    kind = type(value)
    return lambda row: isinstance(row[place], kind) and test(row[place], value)
