"""Conflicts as a bookkeeper reads them in a file (S-85)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from syncd.register.access import Verb, require
from syncd.register.labels import label
from syncd.register.language import Text
from syncd.services.conflict_shape import conflict
from syncd.services.conflict_words import ANSWERS, KINDS, STATUSES
from syncd.services.conflicts import each_conflict
from syncd.services.exports.sheet import Column, Sheet, moment
from syncd.services.register.masking import reveal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from syncd.ports.records import ConflictInfo
    from syncd.ports.work import Store
    from syncd.register.access import Actor
    from syncd.register.language import Language
    from syncd.services.exports.sheet import Document

_TITLE = Text("Conflicts", "Konflikter")
_YES, _NO = Text("yes", "ja"), Text("no", "nej")
_SIDES = {
    "base": Text("Last agreed", "Senast överens"),
    "register": Text("Register", "Registret"),
    "accounting": Text("Accounting", "Bokföringen"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which conflicts, and whether personal identity numbers are shown whole."""

    filters: Mapping[str, str] = field(default_factory=dict)
    everything: bool = False
    personal: bool = False


@contextmanager
def conflict_sheet(store: Store, actor: Actor, group_id: int, asked: Asked, *, made: datetime) -> Iterator[Sheet]:
    """Open a sheet of conflicts, streamed from one moment of the database.

    Personal identity numbers are shown whole to administrators who ask for it; the history says so before the first
    one is shown.
    """
    require(actor, Verb.RESOLVE)
    with store.reading() as work:

        def found() -> Iterator[ConflictInfo]:
            return each_conflict(work, actor, group_id, asked.filters, everything=asked.everything)

        language = work.groups.settings(group_id).language
        streamed = found()
        if asked.personal:
            _reveal(store, actor, found())
        documents = (conflict(one, personal=asked.personal) for one in streamed)
        yield Sheet(_TITLE.to(language), columns(language), documents, made, language, _remark(asked))


def _reveal(store: Store, actor: Actor, found: Iterator[ConflictInfo]) -> None:
    ids = {one.customer_id for one in found if one.customer_id is not None}
    with store.work() as work:
        reveal(work, actor, sorted(ids))


def _remark(asked: Asked) -> str:
    return ", ".join(f"{name}: {value}" for name, value in asked.filters.items())


def columns(language: Language) -> tuple[Column, ...]:
    """Return the columns of a conflict, headings and words in one language."""

    def plain(name: str) -> Callable[[Document], Any]:
        return lambda one: one[name]

    def time(name: str) -> Callable[[Document], datetime | None]:
        return lambda one: moment(one[name])

    def word(name: str, words: Mapping[str, Text]) -> Callable[[Document], str | None]:
        return lambda one: words[one[name]].to(language) if one[name] in words else one[name]

    def side(name: str) -> Callable[[Document], str]:
        return lambda one: _value(one, name, language)

    def named(one: Document) -> str | None:
        return label(one["field"], language) if one["field"] else None

    shown: tuple[tuple[Text, Callable[[Document], Any], int], ...] = (
        (Text("Conflict", "Konflikt"), plain("id"), 9),
        (Text("Customer number", "Kundnummer"), plain("customer_number"), 15),
        (Text("Customer", "Kund"), plain("customer_name"), 30),
        (Text("Connection", "Anslutning"), plain("connection"), 12),
        (Text("Question", "Fråga"), word("kind", KINDS), 26),
        (Text("Field", "Fält"), named, 20),
        *((text, side(name), 30) for name, text in _SIDES.items()),
        (Text("Explanation", "Förklaring (engelska)"), plain("message"), 50),
        (Text("Status", "Status"), word("status", STATUSES), 12),
        (Text("Answer", "Svar"), word("resolution", ANSWERS), 22),
        (Text("Answered by", "Besvarad av"), plain("resolved_by"), 14),
        (Text("First seen (UTC)", "Först sedd (UTC)"), time("first_seen"), 17),
        (Text("Last seen (UTC)", "Senast sedd (UTC)"), time("last_seen"), 17),
        (Text("Times seen", "Antal gånger"), plain("times_seen"), 12),
    )
    return tuple(Column(heading.to(language), cell, width) for heading, cell, width in shown)


def _value(one: Document, side: str, language: Language) -> str:
    """One side's value; of a group the fields in which the sides differ, or what the only side holds."""
    value = one[side]
    if not isinstance(value, Mapping):
        return _shown(value, language)
    others = [one[name] for name in _SIDES if name != side and isinstance(one[name], Mapping)] or [{}]
    told = (name for name in value if any(other.get(name) != value[name] for other in others))
    return "; ".join(f"{label(name, language)}: {_shown(value[name], language)}" for name in told)


def _shown(value: Any, language: Language) -> str:
    match value:
        case None:
            return ""
        case bool():
            return (_YES if value else _NO).to(language)
        case _:
            return str(value)
