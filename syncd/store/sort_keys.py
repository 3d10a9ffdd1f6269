"""What lists are sorted by: keys that sort byte by byte as people expect, which neither database does by itself.

A key is made of what a list shows: of a personal identity number only what its mask leaves (R-07).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import Text

from syncd.register.identity import mask
from syncd.store.customer_rows import number_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.register.fields import Value

ByteOrder = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared byte by byte: the keys below are made for it, and it is read faster."""

LAST = "\U0010ffff"
"""The key of what has no value: after every other, in both databases."""

_SWEDISH_ORDER = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y", "ß": "ss", "ð": "d"})
_NOT_ALNUM = re.compile(r"[\W_]+")
_ABROAD = re.compile(r"^(?:00|\+)46[^0-9]*0?")


def sort_key(text: str) -> str:
    """Return a key that sorts byte by byte as Swedish does: å, ä and ö after z, accents aside."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_SWEDISH_ORDER)
    if plain.isascii():
        return plain
    return "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))


def number_key(number: str) -> str:
    """Return a key that sorts numeric numbers by their value, then all others as text."""
    value = number_value(number)
    return f"1{sort_key(number)}" if value is None else f"0{value:019d}{number}"


def compact(text: str) -> str:
    """Numbers are typed with and without spaces, dashes and Sweden's own country code."""
    return _NOT_ALNUM.sub("", _ABROAD.sub("0", text.strip())).casefold()


def shown_key(text: str) -> str:
    """Return the key of a text that is shown with its personal identity numbers masked."""
    return sort_key(mask(text))


def _masked_number(number: str) -> str:
    return compact(mask(number))


_KEYS: Mapping[str, Callable[[str], str]] = {
    "number": number_key,
    "name": shown_key,
    "type": sort_key,
    "organisation_number": _masked_number,
    "invoice_city": shown_key,
    "phone": compact,
    "email": shown_key,
}


def customer_keys(fields: Mapping[str, Value]) -> dict[str, str]:
    """Return the key of every heading that a customer's own fields fill."""
    keys = {heading: make(str(fields[heading])) if fields.get(heading) else LAST for heading, make in _KEYS.items()}
    return {**keys, "active": "0" if fields.get("active") else "1"}
