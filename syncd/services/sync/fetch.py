"""Fetch and mirror: pages streamed from accounting into the database; cursors move only after all was stored (S-51)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from syncd.engine.guard import KNOWN_MINIMUM, KNOWN_PERCENT
from syncd.engine.lines import Line
from syncd.errors import GoneError, NotNowError, RefusedError
from syncd.services.sync.slices import NEWS, RECORDS, ROWS, each_slice
from syncd.values.records import Reject, RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.values.records import Listed, RemoteDocument

OVERLAP = timedelta(seconds=120)
"""How far behind the vendor's clock a cursor looks: transactions there may commit late."""

CROWD = 500
"""The overlap shrinks rather than read more known records than this again (S-58)."""

CUSTOMERS = "customers"


def fetch(ctx: RunContext) -> None:
    """Bring the mirror up to date with what accounting shows now."""
    cursors = dict(ctx.connection.cursors)
    since = _since(ctx, cursors[CUSTOMERS]) if CUSTOMERS in cursors and not ctx.full else None
    if ctx.order.customer is not None and ctx.undoing is None:
        _fetch_one(ctx, ctx.order.customer)
        _fetch_for_the_sought(ctx, since)
        return
    rejects, cursors[CUSTOMERS] = _fetch_customers(ctx, since)
    if ctx.full:
        _find_missing(ctx)
    if ctx.reads_documents:
        for feed in ctx.connector.capabilities().feeds:
            stamp = cursors.get(feed.name) if feed.stamped and not ctx.everything else None
            cursors[feed.name] = _fetch_documents(ctx, feed.name, _behind(stamp), rejects)
    _report_rejects(ctx, rejects)
    if not ctx.order.dry_run and not rejects:
        with ctx.store.work() as work:
            work.connections.save(ctx.id, cursors=cursors)
            work.commit()


def _fetch_customers(ctx: RunContext, since: str | None) -> tuple[list[Reject], str]:
    """Stream the listing into the mirror; returns rejects and the vendor's time."""
    rejects: list[Reject] = []
    cursor, listed, total = "", 0, 0
    for page in ctx.connector.customers(since):
        cursor, listed, total = cursor or page.server_time, listed + len(page.rows), page.total
        rejects += _take_in(ctx, page.rows)
        ctx.progress("read", listed, total)
        ctx.check_stop()
    ctx.listed = listed
    ctx.rejected_ids = frozenset(reject.remote_id for reject in rejects if reject.remote_id)
    ctx.complete = ctx.listed >= total and all(reject.remote_id for reject in rejects)
    ctx.listed_total = total if ctx.listed < total else None
    return rejects, cursor


def _take_in(ctx: RunContext, rows: Sequence[Listed]) -> list[Reject]:
    """Read and store what a page tells that is new; a page that tells nothing new costs one look. Returns rejects."""
    if ctx.full:
        ctx.shown.note(row.remote_id for row in rows if row.remote_id is not None)
    with ctx.store.reading() as work:
        new = work.mirrors.to_be_read(ctx.id, rows, afresh=ctx.everything)
    read = [ctx.connector.read(row) for row in new]

    def store(work: Work, some: Sequence[RemoteRecord]) -> None:
        work.mirrors.store_page(ctx.id, some, ctx.counter, afresh=ctx.everything)

    each_slice(ctx, [one for one in read if isinstance(one, RemoteRecord)], NEWS, store)
    return [one for one in read if isinstance(one, Reject)]


def _since(ctx: RunContext, cursor: str) -> str:
    """The lower bound of an incremental read: an overlap behind the cursor, but not a crowd of known records."""
    floor = _behind(cursor) or cursor
    with ctx.store.reading() as work:
        crowded = work.mirrors.crowded_stamp(ctx.id, floor, CROWD)
    if crowded is None:
        return floor
    return min(cursor, max(floor, _after(crowded)))


def _behind(cursor: str | None) -> str | None:
    moment = _moment(cursor) if cursor else None
    return _text(moment - OVERLAP) if moment is not None else None


def _after(stamp: str) -> str:
    moment = _moment(stamp)
    return _text(moment + timedelta(seconds=1)) if moment is not None else stamp


def _moment(stamp: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _find_missing(ctx: RunContext) -> None:
    """Linked records that a complete listing did not show are asked for one by one before they count (S-61).

    When most of them are missing, nobody is asked yet: the brake on vanished records holds the run, and only the run
    that an administrator approves asks.
    """
    if not ctx.complete:
        return
    with ctx.store.reading() as work:
        unseen = ctx.shown.missing(work.mirrors.ids(ctx.id)) - ctx.rejected_ids
        waiting = {c.remote_id for c in work.conflicts.pending(ctx.id) if c.kind == "missing_in_accounting"}
        doubtful = work.links.vanished(ctx.id, unseen) - ctx.rejected_ids - waiting
        known = work.links.count(ctx.id)
    suspicious = known >= KNOWN_MINIMUM and (known - len(doubtful)) * 100 < known * KNOWN_PERCENT
    found = set() if suspicious and not ctx.order.approve else {r for r in doubtful if _still_there(ctx, r)}
    each_slice(ctx, sorted(unseen - found), ROWS, lambda work, some: work.mirrors.set_gone(ctx.id, some))


def _still_there(ctx: RunContext, remote_id: str) -> bool:
    ctx.check_stop()
    try:
        record = ctx.connector.customer(remote_id)
    except GoneError:
        return False
    except NotNowError:
        return True  # there, though it cannot be read now: not taken as gone
    with ctx.store.work() as work:
        work.mirrors.store_page(ctx.id, [record], ctx.counter, afresh=False)
        work.commit()
    return True


def _fetch_documents(ctx: RunContext, feed: str, since: str | None, rejects: list[Reject]) -> str:
    cursor = ""

    def store(work: Work, some: Sequence[RemoteDocument]) -> None:
        work.mirrors.store_documents(ctx.id, some, ctx.counter)

    for page in ctx.connector.documents(feed, since):
        cursor = cursor or page.server_time
        each_slice(ctx, page.documents, RECORDS, store)
        rejects += page.rejects
        ctx.check_stop()
    if since is None and not rejects:
        with ctx.store.work() as work:
            work.mirrors.close_unseen_documents(ctx.id, feed, ctx.counter)
            work.commit()
    return cursor


def _fetch_one(ctx: RunContext, number: str) -> None:
    """Read one customer: by its link where it has one, else by its number."""
    with ctx.store.reading() as work:
        local = work.customers.find(ctx.connection.group_id, number)
        link = work.links.of_customer(ctx.id, local.id) if local is not None else None
    remotes = _with_doubles(ctx, link.remote_id) if link is not None else ctx.connector.find(number)
    if local is None and not remotes:
        raise RefusedError(f"no customer {number} in the register or in accounting", remedy="Check the number.")
    with ctx.store.work() as work:
        work.mirrors.store_page(ctx.id, remotes, ctx.counter, afresh=False)
        if link is not None and not remotes:
            work.mirrors.set_gone(ctx.id, [link.remote_id])
        work.commit()


def _fetch_for_the_sought(ctx: RunContext, since: str | None) -> None:
    """What is new, where a create is looked for that its number did not find. The cursor stays (S-42)."""
    with ctx.store.reading() as work:
        sought = work.journal.sought(ctx.id)
    if sought:
        _fetch_customers(ctx, since)


def _with_doubles(ctx: RunContext, remote_id: str) -> tuple[RemoteRecord, ...]:
    """A linked record, and whoever else holds its number: then none of them is touched (S-14)."""
    linked = _read_linked(ctx, remote_id)
    others = (other for one in linked if one.number for other in ctx.connector.find(one.number))
    return (*linked, *(other for other in others if other.remote_id != remote_id))


def _read_linked(ctx: RunContext, remote_id: str) -> tuple[RemoteRecord, ...]:
    try:
        return (ctx.connector.customer(remote_id),)
    except GoneError:
        return ()


def _report_rejects(ctx: RunContext, rejects: Sequence[Reject]) -> None:
    """Records that could not be read are set aside and said."""
    each_slice(ctx, rejects, ROWS, lambda work, some: ctx.say(work, *map(_set_aside, some)))


def _set_aside(reject: Reject) -> Line:
    message = "set aside: " + "; ".join(reject.reasons)
    return Line(
        "update_in_register", f"remote:{reject.remote_id}", reject.number, "register", outcome="failed", message=message
    )
