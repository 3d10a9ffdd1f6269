"""One answer to many conflicts: first how many and which, then exactly those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import ChangedMeanwhileError
from syncd.ports.queue import Order
from syncd.register.access import Verb
from syncd.services.conflict_lists import answer_all, preview
from syncd.services.conflict_words import ANSWERS
from syncd.services.conflicts import Reply
from syncd.services.ordering import order_run
from syncd.web.pages import conflict_words
from syncd.web.pages.conflicts import as_row, filters_of
from syncd.web.pages.faults import Fault, NothingHereError, told

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

_SHOWN = 100


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [door.shows("/conflicts/all", look), door.takes("/conflicts/all", answer)]


def look(visit: Visit) -> Response:
    """What one answer to everything found would do."""
    return _preview(visit)


def _preview(visit: Visit, fault: Fault | None = None) -> Response:
    word, filters = visit.asked("answer"), filters_of(visit)
    if word not in ANSWERS:
        raise NothingHereError
    found = preview(visit.store, visit.actor, visit.group_id, filters, word)
    return visit.page(
        "conflicts_all.html",
        status=fault.status if fault is not None else 200,
        fault=fault,
        word=word,
        answer=ANSWERS[word].to(visit.words.language),
        does=conflict_words.DOES[word],
        rows=[as_row(one, visit.words) for one in found.takes[:_SHOWN]],
        count=len(found.takes),
        others=len(found.others),
        seen=found.mark,
        filters=filters,
    )


def answer(visit: Visit) -> Response:
    """Answer exactly what was shown; where there is anything else now, that is shown first (409)."""
    visit.require(Verb.RESOLVE)
    reply, filters = Reply(visit.asked("answer"), why=visit.asked("why") or None), filters_of(visit)
    holds, seen = visit.house.holds, {visit.asked("seen")}
    try:
        done, left = answer_all(visit.store, visit.actor, visit.group_id, filters, reply, holds, seen=seen)
    except ChangedMeanwhileError as error:
        return _preview(visit, told(error, visit.words))
    if visit.asked("then") == "sync":
        _sync(visit, done)
    return visit.page("conflicts_answered.html", done=len(done), left=left, synced=visit.asked("then") == "sync")


def _sync(visit: Visit, done: list[int]) -> None:
    """Put a run in line for each connection that something was answered for."""
    with visit.store.reading() as work:
        found = {one.connection for number in done if (one := work.conflicts.get(number)) is not None}
    for name in sorted(found):
        order_run(visit.store, visit.house.queue, visit.actor, visit.group_id, name, Order(visit.actor.login))
    visit.house.wake()
