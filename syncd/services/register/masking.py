"""Personal identity numbers: masked when shown, refused when a mask comes back, unmasked on record (R-07)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from syncd.register.access import Verb, require
from syncd.register.contacts import CONTACT_COLUMNS
from syncd.register.fields import FIELDS
from syncd.register.identity import mask, refuse_mask
from syncd.services.register.finding import author

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.fields import Value

UNMASKED = "unmasked"
"""The event in the history of a customer whose numbers somebody saw whole."""

_NEVER_PERSONAL = frozenset({"number", "type", "flag", "phone", "code", "country", "percent"})
"""Kinds that hold no identity number: a phone number that reads like one is still to be called."""

_MASKED = re.compile(r"[0-9]{6}[^0-9A-Za-z*]{0,3}\*{4}")


def masked(name: str | None, value: Any) -> Any:
    """Return a field's value with every personal identity number in it hidden."""
    if isinstance(value, str):
        return mask(value) if _may_be_personal(name) else value
    if isinstance(value, dict):
        return {key: masked(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(name, inner) for inner in value]
    return value


def masked_fields(fields: Mapping[str, Value]) -> dict[str, Value]:
    """Return fields with every personal identity number hidden."""
    return {name: masked(name, value) for name, value in fields.items()}


def refuse_masks(fields: Mapping[str, Value]) -> None:
    """Refuse a value that was copied from where personal numbers are masked."""
    for name, value in fields.items():
        if isinstance(value, str) and _MASKED.search(value):
            refuse_mask(name, value)


def reveal(work: RegisterWork, actor: Actor, customer_ids: Iterable[int]) -> None:
    """Let an administrator see whole numbers, and write down that it was done."""
    require(actor, Verb.UNMASK)
    work.customers.note(customer_ids, UNMASKED, author(actor))
    work.commit()


def _may_be_personal(name: str | None) -> bool:
    known = FIELDS.get(name or "") or CONTACT_COLUMNS.get(name or "")
    return known is None or known.kind not in _NEVER_PERSONAL
