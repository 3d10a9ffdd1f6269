"""Where a create whose answer was lost may be, when no record holds its number: judged by what was sent (S-42)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.engine.identity import doubt, name_likeness
from syncd.values.equality import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.engine.rules import Rules
    from syncd.register.fields import Value
    from syncd.values.records import RemoteRecord

_TELLING = ("organisation_number", "vat_number", "email", "phone", "mobile", "website", "invoice_line1")
"""What two customers seldom share."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The record that a create made, or those that may be it, the likeliest first; neither: it never arrived."""

    ours: RemoteRecord | None = None
    alike: tuple[RemoteRecord, ...] = ()


def whereabouts(sent: Mapping[str, Value], new: Iterable[RemoteRecord], rules: Rules) -> Whereabouts:
    """Judge records that are new in accounting and nobody's since ``sent`` was sent there.

    Exactly one that holds all that was sent, but for its number, is ours. Whatever else reminds of it is for a person.
    """
    records = list(new)
    named = [record for record in records if _holds_number(sent, record)]
    if named:
        ours = [record for record in named if doubt(sent, record.fields, likeness=rules.name_likeness) is None]
        return Whereabouts(ours[0]) if len(ours) == 1 else Whereabouts(alike=tuple(ours))
    alike = [record for record in records if _reminds(sent, record, rules)]
    exact = [record for record in alike if agrees(sent, record, rules)]
    if len(exact) == 1:
        return Whereabouts(exact[0])
    return Whereabouts(alike=(*exact, *(record for record in alike if record not in exact)))


def agrees(sent: Mapping[str, Value], record: RemoteRecord, rules: Rules) -> bool:
    """Whether a record holds everything that was sent, whatever its number. What was erased agrees with nobody."""
    return not is_empty(sent.get("name")) and all(
        name in record.fields and rules.same(name, value, record.fields[name])
        for name, value in sent.items()
        if name != "number"
    )


def _holds_number(sent: Mapping[str, Value], record: RemoteRecord) -> bool:
    return record.number is not None and record.number == str(sent.get("number")).strip()


def _reminds(sent: Mapping[str, Value], record: RemoteRecord, rules: Rules) -> bool:
    """Whether anything that tells customers apart is as it was sent."""
    shared = (
        name
        for name in _TELLING
        if not is_empty(sent.get(name)) and rules.same(name, sent[name], record.fields.get(name))
    )
    if any(shared):
        return True
    names = (str(sent.get("name") or ""), str(record.fields.get("name") or ""))
    return name_likeness(*names) >= rules.name_likeness
