"""Visma eAccounting's customer in our words: what a GET answered becomes a record (FACTS §5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact
from typing import TYPE_CHECKING, assert_never

from syncd.mapping.visma_eaccounting.fields import PLACES
from syncd.mapping.visma_eaccounting.reading import Reader, identifier
from syncd.values.records import Reject, RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from syncd.mapping.overlay import JsonValue
    from syncd.mapping.visma_eaccounting.fields import Place
    from syncd.register.fields import Value

APARTMENT, PROPERTY = 1, 2
"""PropertyType (spec)."""

_FINEST = Decimal("0.0001")
_EXACT = Context(prec=20, traps=[Inexact])
_HUNDRED = Decimal(100)

_UNSTORABLE = "holds characters that cannot be stored"
_NOT_A_SHARE = "is not between 0 and 100 per cent"
_TOO_FINE = "has more than two decimals in per cent"


def remote_id(value: JsonValue) -> str | None:
    """The id of a customer that is not read yet; None where it has none that could be used."""
    return identifier(value, "Id")


def to_record(
    raw: str, value: JsonValue, term_name: Callable[[str], str | None], places: Iterable[Place] = PLACES
) -> RemoteRecord | Reject:
    """Read one customer. ``term_name`` finds the name of terms of payment by id; ``places``: where our fields stand.

    A missing key stays missing from the fields; a value of the wrong type sets the whole record aside, naming the
    key and never the value. A value that we cannot hold goes to ``unfit``.
    """
    reading = _Reading(Reader.of(value), term_name)
    own_id = reading.reader.identifier("Id")
    stamp = reading.reader.text("ChangedUtc")
    values, fields = reading.reader.values, reading.fields
    for place in places:
        if place.key not in values:
            continue
        if place.form == "text" and values[place.key] is None:
            fields[place.name] = None  # most of a customer is empty
        else:
            reading.take(place)
    if reading.reader.problems or own_id is None:
        number = reading.fields.get("number")
        return Reject(own_id, number if isinstance(number, str) else None, tuple(reading.reader.problems))
    return RemoteRecord(own_id, reading.fields, raw, stamp, reading.unfit)


@dataclass(slots=True)
class _Reading:
    """One customer while it is being read."""

    reader: Reader
    term_name: Callable[[str], str | None]
    fields: dict[str, Value] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)

    def take(self, place: Place) -> None:
        """Read one field by its form."""
        match place.form:
            case "text":
                self._text(place, self.reader.text(place.key))
            case "number":
                text = self.reader.text(place.key)
                self._set(place.name, None if text is None else text.strip())
            case "flag":
                self._set(place.name, self.reader.flag(place.key))
            case "type":
                self._set(place.name, "private" if self.reader.flag(place.key) else "company")
            case "percent":
                self._percent(place)
            case "terms":
                self._terms(place)
            case "property":
                self._property(place)
            case _:
                assert_never(place.form)

    def _set(self, name: str, value: Value) -> None:
        if isinstance(value, str) and not _is_storable(value):
            self.unfit[name] = _UNSTORABLE
        else:
            self.fields[name] = value

    def _text(self, place: Place, text: str | None) -> None:
        """What stands in a chosen place may be longer than our field, or have lines where it has one."""
        if text is not None and place.holds is not None and len(text) > place.holds:
            self.unfit[place.name] = f"holds {len(text)} characters there, the register takes {place.holds}"
        elif text is not None and not place.lines and len(text.splitlines()) > 1:
            self.unfit[place.name] = "has several lines there, the register takes one"
        else:
            self._set(place.name, text)

    def _percent(self, place: Place) -> None:
        """A share of 0 to 1 as per cent; no discount is nothing."""
        value = self.reader.values[place.key]
        if value is None:
            self.fields[place.name] = None
        elif isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.reader.wrong(place.key, "is not a number")
        elif not 0 <= value <= 1:
            self.unfit[place.name] = _NOT_A_SHARE
        else:
            self._share(place, Decimal(value))

    def _share(self, place: Place, share: Decimal) -> None:
        try:
            exact = share.quantize(_FINEST, context=_EXACT)
        except Inexact:
            self.unfit[place.name] = _TOO_FINE
            return
        self.fields[place.name] = format((exact * _HUNDRED).normalize(), "f") if exact else None

    def _terms(self, place: Place) -> None:
        """By name. An id that nobody can name is unknown, not empty."""
        term_id = self.reader.text(place.key)
        name = None if term_id is None else self._nested_name(term_id) or self.term_name(term_id)
        if term_id is None or name is not None:
            self._set(place.name, name)

    def _nested_name(self, term_id: str) -> str | None:
        """The name in the customer's own copy of its terms, which saves reading the list."""
        nested = self.reader.values.get("TermsOfPayment")
        if not isinstance(nested, dict) or nested.get("Id") != term_id:
            return None
        name = nested.get("Name") or nested.get("NameEnglish")
        return name.strip() or None if isinstance(name, str) else None

    def _property(self, place: Place) -> None:
        """One reference, of which PropertyType says whether it is an apartment or a property.

        A reference without a type, or an answer without the type, tells nothing about either.
        """
        reference = self.reader.text(place.key)
        kind = self.reader.integer("PropertyType")
        if kind not in (None, APARTMENT, PROPERTY):
            self.reader.wrong("PropertyType", "is an unknown kind of property")
        elif "PropertyType" in self.reader.values and (kind is not None or reference is None):
            ours = APARTMENT if place.name == "apartment_number" else PROPERTY
            self._set(place.name, reference if kind == ours else None)


def _is_storable(text: str) -> bool:
    """Whether a database takes the text: no NUL, no half of a character."""
    return text.isprintable() or not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)
