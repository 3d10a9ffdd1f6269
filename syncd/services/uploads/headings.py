"""Headings as people write them: our field names, or the labels in Swedish or English, in any case and order."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.labels import LABELS
from syncd.register.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NOISE = re.compile(r"[\W_]+")

MORE_LABELS: dict[str, Text] = {
    "cost_center": Text("Cost center", "Kostnadsställe"),
    "customer_order_number": Text("Customer's order number", "Kundens ordernummer"),
    "discount_letters": Text("Discount letters", "Rabattbrev"),
    "role": Text("Role", "Roll"),
    "send_service_protocol": Text("Send service protocol", "Skicka serviceprotokoll"),
    "send_work_orders": Text("Send work orders", "Skicka arbetsorder"),
    "accounting": Text("Accounting contact", "Bokföringens kontakt"),
    "code": Text("Code", "Kod"),
    "description": Text("Description", "Beskrivning"),
    "percentage": Text("Percentage", "Procent"),
    "text": Text("Text", "Benämning"),
    "unit": Text("Unit", "Enhet"),
    "price": Text("Price", "Pris"),
}


class WrongHeadingsError(RefusedError):
    """The first row does not say what the columns hold."""

    code = "wrong_headings"


def fields_of(headings: Sequence[str], known: Iterable[str], labels: Mapping[str, str], key: str) -> list[str | None]:
    """Return the field of each column; None for an unnamed, empty one. ``labels``: own names of fields, by field.

    Raises ``WrongHeadingsError`` for a heading that is none, one that stands twice, and a missing ``key``.
    """
    names = _names(known, labels)
    found: list[str | None] = []
    for place, heading in enumerate(headings, 1):
        name = names.get(_plain(heading)) if heading else None
        if heading and name is None:
            raise _unknown(place, heading, names)
        if name is not None and name in found:
            raise WrongHeadingsError(f"Column {place} names {name} once more.", remedy="Keep one of the two columns.")
        found.append(name)
    if key not in found:
        raise WrongHeadingsError(
            f"There is no column {key}.", remedy="Begin with the template: syncd register template KIND FILE"
        )
    return found


def _names(known: Iterable[str], labels: Mapping[str, str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for field in known:
        text = LABELS.get(field) or MORE_LABELS.get(field)
        for name in (field, labels.get(field, ""), *((text.en, text.sv) if text else ())):
            names.setdefault(_plain(name), field)
    names.pop("", None)
    return names


def _unknown(place: int, heading: str, names: Mapping[str, str]) -> WrongHeadingsError:
    closest = get_close_matches(_plain(heading), names, n=1)
    remedy = f"Did you mean {names[closest[0]]}?" if closest else "Take the column away, or name it as in the template."
    return WrongHeadingsError(f"Column {place} has a heading that is no field.", remedy=remedy)


def _plain(heading: str) -> str:
    return _NOISE.sub("", heading).casefold()
