"""From what a person typed to what the register stores: each field checked once, at the door.

Nothing is cut, rounded or padded; what does not fit is refused with field, reason and remedy.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from syncd.register.fields import FIELDS
from syncd.register.forms import CHECKS, FLAGS
from syncd.register.numbers import has_unprintable
from syncd.register.problems import InvalidFieldsError, InvalidValueError, UnknownFieldError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.register.fields import Field, Value
    from syncd.register.problems import Problem

_LINE_BREAKS = str.maketrans("", "", "\n\t")


def clean(
    name: str,
    raw: Value,
    *,
    country: str | None = None,
    known: Mapping[str, Field] = FIELDS,
) -> Value:
    """Return the value of one field as it is stored; empty text becomes None.

    ``country`` decides whether an identity number is checked as a Swedish one (None: it is).
    ``known`` names the fields there are. Raises ``InvalidValueError``.
    """
    field = known.get(name)
    if field is None:
        raise UnknownFieldError(name, closest(name, known))
    return _flag(field, raw) if field.kind == "flag" else _text(field, raw, country)


def clean_all(
    fields: Mapping[str, Value],
    *,
    country: str | None = None,
    known: Mapping[str, Field] = FIELDS,
) -> dict[str, Value]:
    """Return all fields as they are stored, or raise one error that lists every problem.

    A customer whose invoice country is among the fields is judged by that country.
    """
    cleaned: dict[str, Value] = {}
    problems: list[Problem] = []
    country = _country(fields) or country
    for name, raw in fields.items():
        try:
            cleaned[name] = clean(name, raw, country=country, known=known)
        except InvalidValueError as error:
            problems.append(error.problem)
    if problems:
        raise InvalidFieldsError(problems)
    return cleaned


def closest(name: str, known: Mapping[str, Field] = FIELDS) -> str | None:
    """Return the known field name that looks most like ``name``, None where none does."""
    return next(iter(get_close_matches(name.strip().casefold(), known)), None)


def _country(fields: Mapping[str, Value]) -> str | None:
    """A wrong country is reported for its own field, not for every field that depends on it."""
    try:
        country = clean("invoice_country", fields.get("invoice_country"))
    except InvalidValueError:
        return None
    return country if isinstance(country, str) else None


def _flag(field: Field, raw: Value) -> Value:
    if isinstance(raw, bool):
        return raw
    text = (raw or "").strip().casefold()
    if not text:
        _emptied(field)
        return None
    if text not in FLAGS:
        raise InvalidValueError(field.name, "is neither yes nor no", "Write yes or no.")
    return FLAGS[text]


def _text(field: Field, raw: Value, country: str | None) -> Value:
    if isinstance(raw, bool):
        raise InvalidValueError(field.name, "is a text, not yes or no", "Write a text.")
    text = (raw or "").strip()
    if not text:
        _emptied(field)
        return None
    text = text.replace("\r\n", "\n")
    if has_unprintable(text.translate(_LINE_BREAKS) if field.lines else text):
        raise InvalidValueError(field.name, "holds a line break or unprintable character", "Type it by hand.")
    return _within_limit(field, CHECKS[field.kind](field, text, country))


def _within_limit(field: Field, text: str) -> str:
    if len(text) > field.limit:
        raise InvalidValueError(
            field.name,
            f"has {len(text)} characters, at most {field.limit} are allowed",
            "Shorten it; nothing was cut.",
        )
    return text


def _emptied(field: Field) -> None:
    if field.required:
        raise InvalidValueError(field.name, "cannot be empty", "Give it a value.")
