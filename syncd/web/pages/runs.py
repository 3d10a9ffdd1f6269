"""Runs: what they did or would do, why one is held and how it is approved, and how one is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.register.labels import label
from syncd.services import runs as service
from syncd.services.connections import list_connections
from syncd.services.ordering import approve as order_approved
from syncd.services.sync.attempts import attempt_of
from syncd.services.sync.names import whose
from syncd.services.undo import undo_run
from syncd.web.pages import customer_links, run_words
from syncd.web.pages.faults import in_words
from syncd.web.pages.ordering import put_in_line, to_ticket
from syncd.web.pages.pieces import pieces
from syncd.web.pages.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.engine.lines import Line
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.words import Words

_LATEST = 500
_QUESTIONS = frozenset({"open_conflict", "close_conflict"})
"""Actions that change no value."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a report, as it is read."""

    customer: int | None
    number: str
    name: str
    what: str
    field: str
    before: str
    after: str
    outcome: str
    state: str
    message: str


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/runs", index),
        door.shows("/runs/{id:int}", show),
        door.takes("/runs/{id:int}/approve", approve),
        door.takes("/runs/{id:int}/undo", undo),
    ]


def index(visit: Visit) -> Response:
    """The latest runs."""
    connection = visit.asked("connection") or None
    found = service.list_runs(visit.store, visit.actor, visit.group_id, connection, _LATEST)
    known = [one.name for one in list_connections(visit.store, visit.group_id)]
    rows = pieces(found, visit)
    did = {run.id: run_words.told(run, visit.words) for run in rows.items}
    return visit.page(
        "runs.html", rows=rows, did=did, known_pairs=[(name, name) for name in known], run_words=run_words
    )


def show(visit: Visit) -> Response:
    """One run: how it ended and why, and every line of its report."""
    run, lines = service.show(visit.store, visit.actor, visit.group_id, visit.number())
    attempt = attempt_of(visit.store, visit.actor, run)
    error = run.error or {}
    codes = error.get("codes") or [error.get("code")]
    told = pieces(list(zip(lines, attempt.document["actions"], attempt.names, strict=True)), visit)
    with visit.reading() as work:
        ids = whose(work, run.connection_id, [line for line, _action, _name in told.items])
        customers = customer_links.seen(visit, work, ids)
    return visit.page(
        "run.html",
        refresh=2 if run.status == "running" and visit.asked("still") != "yes" else None,
        run=run,
        fault=in_words(error["code"], error["message"], error.get("remedy"), visit.words) if error else None,
        why=[run_words.BRAKES[code] for code in codes if code in run_words.BRAKES],
        counted=list(run_words.counted(run.counts, visit.words)),
        rows=told,
        told=list(_rows(told.items, ids, visit.words)),
        customers=customers,
        run_words=run_words,
        only=service.only_customer(run, lines) or "",
        may_undo=run.status in {"succeeded", "partial", "failed", "interrupted"},
    )


def _rows(
    told: Iterable[tuple[Line, Mapping[str, Any], str | None]], ids: Iterable[int | None], words: Words
) -> Iterator[Row]:
    for (_line, action, name), customer in zip(told, ids, strict=True):
        yield _row(action, name, customer, words)


def _row(action: Mapping[str, Any], name: str | None, customer: int | None, words: Words) -> Row:
    outcome, field = str(action["outcome"]), action["field"]
    moves = field is not None and action["kind"] not in _QUESTIONS
    return Row(
        customer=customer,
        number=action["customer_number"] or "",
        name=name or "",
        what=words.say(run_words.ACTIONS.get(action["kind"], action["kind"])),
        field=label(field, words.language) if field is not None else "",
        before=shown(field, action["before"], words) if moves else "",
        after=shown(field, action["after"], words) if moves else "",
        outcome=words.say(run_words.OUTCOMES.get(outcome, outcome)),
        state=run_words.OUTCOME_STATES.get(outcome, ""),
        message=action["message"] or "",
    )


def approve(visit: Visit) -> Response:
    """Carry out exactly the plan that was shown."""
    house = visit.house
    return to_ticket(visit, order_approved(house.store, house.queue, visit.actor, visit.group_id, visit.number()))


def undo(visit: Visit) -> Response:
    """Take back what a run wrote, all or one customer's; as a dry run first, where that is asked for."""
    customer, dry_run = visit.asked("customer") or None, visit.asked("how") == "dry_run"
    connection, order = undo_run(visit.store, visit.actor, visit.group_id, visit.number(), customer, dry_run=dry_run)
    return put_in_line(visit, connection.name, order)
