"""Conflicts: found, sorted, looked at, answered one by one, and taken away as files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from syncd.engine.questions import CHOICES
from syncd.errors import ChangedMeanwhileError, RefusedError, UsageError
from syncd.ports.queue import Order
from syncd.register.access import Verb
from syncd.register.labels import label
from syncd.services import conflicts as service
from syncd.services.conflict_lists import Query, find
from syncd.services.conflict_shape import conflict as shape_of
from syncd.services.conflict_sides import sides
from syncd.services.conflict_trail import trail
from syncd.services.conflict_words import ANSWERS, KINDS, STATUSES
from syncd.services.connections import list_connections
from syncd.services.exports.conflicts import Asked, conflict_sheet
from syncd.services.exports.formats import FORMATS, write
from syncd.values.equality import same
from syncd.values.units import UNITS
from syncd.web.pages import conflict_words, customer_links
from syncd.web.pages.downloads import made
from syncd.web.pages.faults import Fault, NothingHereError, told
from syncd.web.pages.ordering import put_in_line
from syncd.web.pages.pieces import SIZE, page_number, piece
from syncd.web.pages.values import shown

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.records import ConflictInfo
    from syncd.services.conflict_sides import Side
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.words import Words

SORTS = ("seen", "number", "name", "kind", "field")
EVERYTHING = "all"
"""The status that means every one."""


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/conflicts", index),
        door.shows("/conflicts/export", export),
        door.shows("/conflicts/{id:int}", show),
        door.takes("/conflicts/{id:int}", answer),
    ]


# ----- many


def filters_of(visit: Visit) -> dict[str, str]:
    """The filters that the address names, without the status that means every one."""
    given = {name: visit.asked(name) for name in service.FILTERS}
    return {name: value for name, value in given.items() if value and (name, value) != ("status", EVERYTHING)}


def index(visit: Visit) -> Response:
    """The conflicts that the filters find: open ones, unless asked for others."""
    filters, everything = filters_of(visit), visit.asked("status") == EVERYTHING
    start = (page_number(visit) - 1) * SIZE
    query = Query(filters, everything=everything, sort=visit.asked("sort") or "seen", limit=SIZE, offset=start)
    found = find(visit.store, visit.actor, visit.group_id, query)
    language = visit.words.language
    with visit.reading() as work:
        customers = customer_links.seen(visit, work, (one.customer_id for one in found.rows))
    return visit.page(
        "conflicts.html",
        customers=customers,
        rows=piece([as_row(one, visit.words) for one in found.rows], visit, start=start, total=found.total),
        tally=[(kind, KINDS[kind].to(language), number) for kind, number in sorted(found.tally.items())],
        answers=_common_answers(found.tally, visit.words) if visit.asked("status") in {"", "open"} else [],
        choices=_choices(visit),
        filters=filters,
        sort=query.sort,
        words_of=conflict_words,
    )


def _common_answers(tally: Mapping[str, int], words: Words) -> list[tuple[str, str]]:
    """The answers that some of the conflicts found take, without those that need a value each."""
    taken = dict.fromkeys(word for kind in tally for word in CHOICES[kind])
    return [(word, ANSWERS[word].to(words.language)) for word in taken if word not in service.WITH_VALUE]


def _choices(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    language = visit.words.language
    return {
        "connection": [(one.name, one.name) for one in list_connections(visit.store, visit.group_id)],
        "kind": [(kind, text.to(language)) for kind, text in KINDS.items()],
        "field": [(name, label(name, language)) for name in UNITS],
        "status": [*((status, text.to(language)) for status, text in STATUSES.items())],
    }


@dataclass(frozen=True, slots=True)
class Row:
    """A conflict in a list; of a group only what differs."""

    id: int
    customer: int | None
    number: str
    name: str
    kind: str
    field: str
    register: str
    accounting: str
    since: str
    status: str
    status_words: str


def as_row(info: ConflictInfo, words: Words) -> Row:
    """A conflict as a row of a list."""
    one, language = shape_of(info), words.language
    answer = ANSWERS[one["resolution"]].to(language) if one["resolution"] in ANSWERS else ""
    status = STATUSES[info.status].to(language)
    return Row(
        id=info.id,
        customer=info.customer_id,
        number=one["customer_number"] or "",
        name=one["customer_name"] or "",
        kind=KINDS[info.kind].to(language),
        field=label(info.field, language) if info.field is not None else "",
        register=shown(info.field, differing(one, "register"), words),
        accounting=shown(info.field, differing(one, "accounting"), words),
        since=info.first_seen,
        status=info.status,
        status_words=f"{status}: {answer}" if answer else status,
    )


def differing(one: Mapping[str, Any], side: str) -> Any:  # noqa: ANN401 - any value of a field
    """A side's value; of a group only the parts that the other side has otherwise."""
    here, there = one[side], one["accounting" if side == "register" else "register"]
    if not isinstance(here, Mapping) or not isinstance(there, Mapping):
        return here
    return {name: value for name, value in here.items() if not same(name, value, there.get(name))}


def export(visit: Visit) -> Response:
    """The conflicts that the filters find, as a file."""
    form = visit.asked("format")
    if form not in FORMATS:
        raise NothingHereError
    asked = Asked(filters_of(visit), everything=visit.asked("status") == EVERYTHING)
    with conflict_sheet(visit.store, visit.actor, visit.group_id, asked, made=visit.now) as sheet:
        return made(f"conflicts-{visit.now:%Y-%m-%d}.{form}", partial(write, sheet, form))


# ----- one


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that a conflict takes: what it is called, what it does, and the value that both sides then have."""

    word: str
    name: str
    does: str
    result: str
    typed: bool


def show(visit: Visit) -> Response:
    """One conflict: both sides, what was last agreed, and what each answer does."""
    return _page(visit)


def _page(visit: Visit, fault: Fault | None = None) -> Response:
    visit.require(Verb.RESOLVE)
    info = service.show(visit.store, visit.actor, visit.group_id, visit.number())
    with visit.store.reading() as work:
        ids = [one.id for one in work.connections.list(visit.group_id)]
        before, after = work.conflicts.beside(info, ids)
        customers = customer_links.seen(visit, work, [info.customer_id])
    rows = sides(visit.store, info)
    language = visit.words.language
    answered = info.resolution or {}
    return visit.page(
        "conflict.html",
        status=fault.status if fault is not None else 200,
        fault=fault,
        conflict=shape_of(info),
        info=info,
        customers=customers,
        seen=service.version_of(info),
        kind=KINDS[info.kind].to(language),
        detail=conflict_words.detail(info.kind, shape_of(info)["message"]),
        status_words=STATUSES[info.status].to(language),
        answer=ANSWERS[answered["answer"]].to(language) if answered.get("answer") in ANSWERS else "",
        why=answered.get("why", ""),
        trail=trail(visit.store, info),
        differing=[_fieldset(row, visit.words) for row in rows if row.differs],
        equal=[_fieldset(row, visit.words) for row in rows if not row.differs],
        choices=[_choice(word, info, visit.words) for word in info.choices] if info.pending else [],
        members=[(row.field, label(row.field, language), _prefilled(visit, row)) for row in _in_order(info, rows)],
        chosen=visit.asked("answer"),
        before=before,
        after=after,
        words_of=conflict_words,
    )


def _in_order(info: ConflictInfo, rows: list[Side]) -> list[Side]:
    """The fields that a value can be typed for, in the order of the unit."""
    members = UNITS[info.field].members if info.field in UNITS else ()
    by_name = {row.field: row for row in rows}
    return [by_name[name] for name in members if name in by_name]


def _prefilled(visit: Visit, row: Side) -> str:
    """What stands in the field for another value: what was typed, else the register's value."""
    name = f"value.{row.field}"
    return visit.typed(name) if name in visit.form else _text(row.register)


def _text(value: Any) -> str:  # noqa: ANN401 - any value of a field
    return str(value) if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Fieldset:
    """One field on both sides, in words."""

    label: str
    base: str
    register: str
    accounting: str


def _fieldset(row: Side, words: Words) -> Fieldset:
    values = {side: shown(row.field, getattr(row, side), words) for side in ("base", "register", "accounting")}
    return Fieldset(label(row.field, words.language), **values)


def _choice(word: str, info: ConflictInfo, words: Words) -> Choice:
    one = shape_of(info)
    result = shown(info.field, differing(one, word), words) if word in {"register", "accounting"} and info.field else ""
    does = words.say(conflict_words.DOES[word])
    return Choice(word, ANSWERS[word].to(words.language), does, result, typed=word in service.WITH_VALUE)


def answer(visit: Visit) -> Response:
    """Record an answer. What cannot be carried out is shown again, and so is a conflict that moved meanwhile (409)."""
    house = visit.house
    info = service.show(visit.store, visit.actor, visit.group_id, visit.number())
    reply = service.Reply(visit.asked("answer"), _value(visit, info), visit.asked("why") or None)
    seen = {visit.asked("seen")}
    try:
        service.resolve(visit.store, visit.actor, visit.group_id, info.id, reply, house.holds, seen=seen)
    except (ChangedMeanwhileError, RefusedError, UsageError) as error:
        return _page(visit, told(error, visit.words))
    if visit.asked("then") == "sync":
        return put_in_line(visit, info.connection, Order(visit.actor.login))
    return visit.go("/conflicts", said="answered")


def _value(visit: Visit, info: ConflictInfo) -> str | None:
    """What was typed as another value; of a group only the parts that were changed, as the service takes them."""
    if visit.asked("answer") not in service.WITH_VALUE or info.field is None:
        return None
    members = UNITS[info.field].members
    typed = {name: visit.typed(f"value.{name}").strip() for name in members}
    if len(members) == 1:
        return typed[members[0]]
    before = shape_of(info)["register"] or {}
    return json.dumps({name: text or None for name, text in typed.items() if text != _text(before.get(name))})
