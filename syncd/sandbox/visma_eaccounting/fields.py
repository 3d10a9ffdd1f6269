"""Which properties a resource has: name, type, length, who may write it.

A table is written as text, one property a line: ``Name type[?] [flags]``. A question mark
means nullable. Types: ``text`` with its maximum length, ``uuid``, ``date``, ``bool``,
``int`` (``1..2`` gives a range), ``number``, ``share`` (0 to 1, four decimals), ``list``,
``uuids`` and ``object``. Flags: ``ro`` read-only, ``required``, ``kept`` (an omitted value
keeps the stored one on PUT), ``customer`` (an empty value is filled from the customer).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

Fields: TypeAlias = dict[str, Any]
ZERO = Decimal("0.00")
_TYPE = re.compile(r"([a-z]+)(\d*)(\??)")
_EMPTY: Fields = {
    "text": "",
    "date": "0001-01-01T00:00:00Z",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "bool": False,
    "int": 0,
    "number": ZERO,
    "share": Decimal(0),
}


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a resource."""

    name: str
    type: str
    length: int | None = None
    nullable: bool = False
    read_only: bool = False
    required: bool = False
    kept: bool = False
    from_customer: bool = False
    low: int | None = None
    high: int | None = None

    def empty(self) -> Any:  # noqa: ANN401  a JSON value
        """What an omitted value becomes: null, or false, zero or empty where null cannot be."""
        if self.type in ("list", "uuids"):
            return []
        if self.type == "object":
            return {}
        return None if self.nullable else _EMPTY[self.type]


def table(text: str) -> tuple[Property, ...]:
    """Read a table of properties."""
    return tuple(_property(line.split()) for line in text.strip().splitlines())


def _property(words: list[str]) -> Property:
    name, kind, *flags = words
    found = _TYPE.fullmatch(kind)
    if found is None:
        raise ValueError(kind)
    limits = next((flag.split("..") for flag in flags if ".." in flag), (None, None))
    low, high = (None if limit is None else int(limit) for limit in limits)
    return Property(
        name=name,
        type=found[1],
        length=int(found[2]) if found[2] else None,
        nullable=bool(found[3]),
        read_only="ro" in flags,
        required="required" in flags,
        kept="kept" in flags,
        from_customer="customer" in flags,
        low=low,
        high=high,
    )
