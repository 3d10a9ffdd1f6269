"""Seeking: a create that its number did not find is looked for among what is new in accounting (S-42).

Its record may have been renumbered there before anybody looked, or be listed late. Nothing is sent again before every
new record was read: exactly one that holds all that was sent is ours, one that reminds of it is asked about.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.engine.identity import doubt
from syncd.engine.whereabouts import whereabouts
from syncd.services.sync.settle import found_created, noted_lines

if TYPE_CHECKING:
    from syncd.ports.records import IntentInfo
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord

_UNREAD = "not every new record could be read: whether it arrived is looked up again by the next run"
_SHARED = "the new record that may be it may be another customer as well: that one is asked about first"


def seek_all(ctx: RunContext) -> None:
    """Say of every sought create whether it is found, doubtful, not to be told yet, or never arrived."""
    with ctx.store.reading() as work:
        sought = work.journal.sought(ctx.id)
    for intent in sought:
        ctx.check_stop()
        ctx.at_once(lambda work, intent=intent: _seek(ctx, work, intent))  # type: ignore[misc]  # same
    with ctx.store.reading() as work:
        ctx.lost = work.journal.lost(ctx.id)


def _seek(ctx: RunContext, work: Work, intent: IntentInfo) -> None:
    """A person who linked the customer meanwhile has answered."""
    if intent.customer_id is None or _paired(ctx, work, intent.customer_id):
        work.journal.settle([intent.id], "not_done")
        return
    place = whereabouts(intent.sent["accounting"], _new(ctx, work, intent), ctx.rules)
    if place.ours is not None:
        found_created(ctx, work, intent, place.ours)
        return
    if work.customers.load(intent.customer_id) is None:
        work.journal.settle([intent.id], "not_done")
        return
    work.links.touch(ctx.id, "customer", str(intent.customer_id))
    taken = {remote_id for customer, (remote_id, _) in ctx.doubts.items() if customer != intent.customer_id}
    free = [record for record in place.alike if record.remote_id not in taken]
    if free:
        ctx.doubts[intent.customer_id] = (free[0].remote_id, intent.run_id)
    elif place.alike:
        _wait(ctx, work, intent, intent.customer_id, _SHARED)
    elif ctx.rejected_ids or not ctx.complete:
        _wait(ctx, work, intent, intent.customer_id, _UNREAD)


def _paired(ctx: RunContext, work: Work, customer_id: int) -> bool:
    """Whether the customer has a record in accounting that is still there."""
    link = work.links.of_customer(ctx.id, customer_id)
    return link is not None and bool(work.mirrors.load(ctx.id, [link.remote_id]))


def _new(ctx: RunContext, work: Work, intent: IntentInfo) -> list[RemoteRecord]:
    """The records that accounting got since, by number, but for those that are another customer of the register."""
    ids = work.links.free_since(ctx.id, int(intent.sent.get("counter", 0)))
    found = sorted(work.mirrors.load(ctx.id, ids).values(), key=lambda one: (one.number or "", one.remote_id))
    return [record for record in found if not _of_another(ctx, work, intent, record)]


def _of_another(ctx: RunContext, work: Work, intent: IntentInfo, record: RemoteRecord) -> bool:
    other = work.customers.find(ctx.connection.group_id, record.number) if record.number else None
    if other is None or other.id == intent.customer_id:
        return False
    return doubt(other.fields, record.fields, likeness=ctx.rules.name_likeness) is None


def _wait(ctx: RunContext, work: Work, intent: IntentInfo, customer_id: int, why: str) -> None:
    """The customer is left out of this run, which says so."""
    ctx.unsought.add(customer_id)
    ctx.again.add(("customer", str(customer_id)))
    ctx.say(work, *(replace(line, outcome="unknown", message=why) for line in noted_lines(intent)))
