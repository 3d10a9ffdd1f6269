"""A vendor's JSON as text: found by key, changed in place, every other byte left as it came.

Where a PUT replaces the whole record, what we did not understand must go back exactly as it was: ``0.10`` stays
``0.10``, an unknown key stays where it stood. Parsing and writing anew cannot promise that; working on the text can.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

JsonValue: TypeAlias = "str | int | Decimal | bool | list[JsonValue] | dict[str, JsonValue] | None"
"""A JSON value; a number with a point or an exponent is a Decimal, which keeps its digits."""

JsonObject: TypeAlias = "dict[str, JsonValue]"

_Read: TypeAlias = "Callable[[str, int], tuple[JsonValue, int]]"
"""Reads the value that begins at a place; gives it, and where it ends."""

_SPACE = " \t\n\r"


class MalformedJsonError(ValueError):
    """The text is not the JSON that was expected. The message names no content."""


class Ambiguous(dict[str, "JsonValue"]):
    """An object in which a key stands twice: nobody knows which of the two is meant."""


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Ambiguous(pairs)


def _no_constant(_name: str) -> NoReturn:
    raise MalformedJsonError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_object)


def parse(text: str) -> JsonValue:
    """Read one JSON document, numbers exactly."""
    value, end = _value(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise MalformedJsonError("text after the end of the document")
    return value


def parse_object(text: str) -> JsonObject:
    """Read one JSON object. Raises ``MalformedJsonError`` for anything else."""
    value = parse(text)
    if not isinstance(value, dict):
        raise MalformedJsonError("not an object")
    return value


def overlay(raw: str, changes: Mapping[str, JsonValue]) -> str:
    """Replace or add top-level keys of the object ``raw``; leave every other byte as it is.

    An added key goes last. An object in which a key stands twice is refused.
    """
    members, end = _members(raw)
    edits = [(members[key].start, members[key].end, dump(value)) for key, value in changes.items() if key in members]
    added = [f"{dump(key)}:{dump(value)}" for key, value in changes.items() if key not in members]
    last = max((member.end for member in members.values()), default=end)
    if added:
        edits.append((last, last, ("," if members else "") + ",".join(added)))
    text = raw
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def split_page(text: str) -> tuple[JsonObject, list[tuple[str, JsonValue]]]:
    """Split ``{"Meta": {...}, "Data": [...]}`` into Meta and each element with its own exact text.

    A missing Meta is an empty one; a missing Data is malformed.
    """
    rows: list[tuple[str, JsonValue]] = []
    members, _ = _members(text, {"Data": lambda text, at: (None, _elements(text, at, rows))})
    if "Data" not in members:
        raise MalformedJsonError("Data is missing")
    meta = members["Meta"].value if "Meta" in members else {}
    if not isinstance(meta, dict):
        raise MalformedJsonError("Meta is not an object")
    return meta, rows


def dump(value: JsonValue) -> str:
    """Write a value as JSON; a Decimal as its plain digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


class _Member(NamedTuple):
    """A top-level value, and where it begins and ends."""

    value: JsonValue
    start: int
    end: int


def _members(text: str, readers: Mapping[str, _Read] | None = None) -> tuple[dict[str, _Member], int]:
    """The value of each top-level key, and where the closing brace stands; ``readers`` read the values they name."""
    members: dict[str, _Member] = {}
    at = _after(text, _skip(text, 0), "{")
    while text[at : at + 1] != "}":
        key, at = _key(text, at)
        if key in members:
            raise MalformedJsonError("a key stands twice")
        value, end = (readers or {}).get(key, _value)(text, at)
        members[key] = _Member(value, at, end)
        at = _next(text, end, "}")
    if _skip(text, at + 1) != len(text):
        raise MalformedJsonError("text after the end of the document")
    return members, at


def _elements(text: str, at: int, rows: list[tuple[str, JsonValue]]) -> int:
    """Append each element of a list with its own text; returns where the list ends."""
    at = _after(text, at, "[")
    while text[at : at + 1] != "]":
        value, end = _value(text, at)
        rows.append((text[at:end], value))
        at = _next(text, end, "]")
    return at + 1


def _key(text: str, at: int) -> tuple[str, int]:
    """A key, and where its value begins."""
    key, end = _value(text, at)
    if not isinstance(key, str):
        raise MalformedJsonError("a key is not a text")
    return key, _after(text, _skip(text, end), ":")


def _value(text: str, at: int) -> tuple[JsonValue, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except MalformedJsonError:
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise MalformedJsonError("not JSON") from error


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _after(text: str, at: int, mark: str) -> int:
    """Where the text goes on after ``mark``."""
    if text[at : at + 1] != mark:
        raise MalformedJsonError(f"{mark} expected")
    return _skip(text, at + 1)


def _next(text: str, at: int, close: str) -> int:
    """Where the next member begins, or the closing bracket stands."""
    at = _skip(text, at)
    if text[at : at + 1] == close:
        return at
    at = _after(text, at, ",")
    if text[at : at + 1] == close:
        raise MalformedJsonError("a comma before the end")
    return at
