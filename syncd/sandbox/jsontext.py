"""JSON whose numbers keep their text: ``0.1000`` is read and written as ``0.1000``.

A client that must send back what it did not understand can only be checked against a
server that does not rewrite numbers itself.
"""

from __future__ import annotations

import json
import re
import secrets
from decimal import Decimal
from typing import NoReturn

_MARK = "\ufdd0" + secrets.token_hex(6)  # a character no text may hold, and chance
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


class NotJsonError(ValueError):
    """The text is no JSON document."""


def _no_constant(name: str) -> NoReturn:
    raise NotJsonError(name)


def _mark(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value}"
    raise TypeError(type(value).__name__)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_mark)


def loads(text: str) -> object:
    """Read JSON; numbers with a decimal point become Decimal, which keeps its zeros."""
    try:
        value: object = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotJsonError(str(error)) from error
    return value


def dumps(value: object) -> str:
    """Write compact JSON; a Decimal is written as its own text."""
    text = _ENCODER.encode(value)
    return _MARKED.sub(r"\1", text) if _MARK in text else text
