"""When two values mean the same. Equality only: what is written is always the value as the person wrote it.

Every kind of noise has a reason here; what is not listed is a difference that a person would want to see.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from syncd.register.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.register.fields import Kind, Value

_NOT_ALNUM = re.compile(r"[^0-9A-Za-z]")
_DIALLED = re.compile(r"[\s0-9+().\u2010-\u2015-]+")
_DECORATION = str.maketrans("", "", " -()")
_SWEDISH = re.compile(r"(?:0|\+46|0046)([1-9][0-9]{6,8})")
"""What most numbers look like without decoration: the library takes a hundred times as long to say the same."""
_DECIMAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_CENTURY = re.compile(r"^(?:16|18|19|20)(\d{10})$")


def _plain(text: str) -> str:
    """Accounting programs trim and fold white space on save."""
    return " ".join(text.split())


def _folded(text: str) -> str:
    """Mail addresses and web hosts do not care about case, and clients rewrite it."""
    return _plain(text).casefold()


def _upper(text: str) -> str:
    """Country, language and currency codes are one code in either case."""
    return _plain(text).upper()


def identity_key(text: str) -> str:
    """Swedish organisation and personal numbers are written with and without separators and century (S-29)."""
    digits = _NOT_ALNUM.sub("", text).upper()
    century = _CENTURY.match(digits)
    return century.group(1) if century else digits


def _alnum(text: str) -> str:
    """VAT numbers are written with and without spaces and dashes."""
    return _NOT_ALNUM.sub("", text).upper()


@lru_cache(maxsize=50_000)
def _phone(text: str) -> str:
    """A phone number is the same with or without country code, spaces, dashes and brackets; a word beside it counts."""
    if not _DIALLED.fullmatch(text):
        return _plain(text)
    usual = _SWEDISH.fullmatch(text.translate(_DECORATION))
    return f"+46 {usual[1]} " if usual else _parsed(text)


def _parsed(text: str) -> str:
    import phonenumbers  # noqa: PLC0415 - costly, and most numbers do without

    try:
        parsed = phonenumbers.parse(text, "SE")
    except phonenumbers.NumberParseException:
        return _plain(text)
    zeros = "0" * (parsed.number_of_leading_zeros or 1) if parsed.italian_leading_zero else ""
    return f"+{parsed.country_code} {zeros}{parsed.national_number} {parsed.extension or ''}"


def _decimal(text: str) -> str:
    """10, 10.0 and 10.00 are one number."""
    plain = _plain(text)
    if not _DECIMAL.fullmatch(plain):
        return plain
    whole, _, part = f"{Decimal(plain):f}".partition(".")
    digits = f"{whole}.{part}".rstrip("0").rstrip(".") if part else whole
    return "0" if digits == "-0" else digits


def _percent(text: str) -> str:
    """No discount is 0."""
    digits = _decimal(text)
    return "" if digits == "0" else digits


def _postal_code(text: str) -> str:
    """Swedish postal codes are written 903 25 and 90325."""
    return _plain(text).replace(" ", "").upper()


_KEYS: Mapping[Kind, Callable[[str], str]] = {
    "text": _plain,
    "number": str.strip,
    "type": _plain,
    "identity": identity_key,
    "vat": _alnum,
    "flag": _plain,
    "email": _folded,
    "phone": _phone,
    "url": _folded,
    "code": _upper,
    "country": _upper,
    "percent": _percent,
    "key": _plain,
    "decimal": _decimal,
    "date": _plain,
    "choice": _plain,
    "choices": _plain,
    "slug": _plain,
}


def key(name: str, value: Value, *, country: str | None = None) -> str:
    """Return the text by which two values of the field ``name`` are compared.

    ``country`` is the accounting company's own country: a missing country means that one (S-29).
    """
    if not value:
        return "" if value is not False else "no"
    if value is True:
        return "yes"
    text = _key_of(name)(value)
    if country and text == country.upper() and name in FIELDS and FIELDS[name].kind == "country":
        return ""
    return text


@cache
def _key_of(name: str) -> Callable[[str], str]:
    """What makes two texts of this field one."""
    if name.endswith("_postal_code"):
        return _postal_code
    return _KEYS[FIELDS[name].kind if name in FIELDS else "text"]  # else a group's own field


def is_empty(value: Value) -> bool:
    """Whether a value is nothing: no text, or only white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def same(name: str, one: Value, other: Value, *, country: str | None = None) -> bool:
    """Whether two values of the field ``name`` mean the same."""
    return one == other or key(name, one, country=country) == key(name, other, country=country)
