"""Settling: intents left open by a lost answer or a killed process are settled by reading, never by sending.

See S-41 and S-42: a create is looked up by its number, an update by its record, before anything is sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.engine.identity import doubt
from syncd.engine.state import Agreed
from syncd.errors import GoneError, NotNowError
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from syncd.engine.rules import Rules
    from syncd.ports.records import IntentInfo
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord


def settle_all(ctx: RunContext, *, at_once: bool = False) -> int:
    """Settle every open intent of the connection; returns how many writes the vendor had carried out.

    ``at_once``, right after an answer was lost, a create that is not found stays open: it may still be on its way. The
    next run looks once more before anything is sent again.
    """
    with ctx.store.reading() as work:
        intents = work.journal.open(ctx.id)
    done = 0
    for index, intent in enumerate(intents):
        done += _settle(ctx, intent, at_once=at_once)
        ctx.progress("settle", index + 1, len(intents))
        ctx.check_stop()
    return done


def _settle(ctx: RunContext, intent: IntentInfo, *, at_once: bool) -> bool:
    """Read what became of one write and record it; returns whether the vendor had carried it out."""
    try:
        match intent.kind:
            case "create":
                return _settle_create(ctx, intent, at_once=at_once)
            case "update":
                return _settle_update(ctx, intent)
            case "reference":
                return _settle_reference(ctx, intent)
            case _:
                return _settle_delete(ctx, intent)
    except NotNowError:
        return False  # cannot be read now: stays open, and nothing is sent to a record that cannot be read


def _settle_create(ctx: RunContext, intent: IntentInfo, *, at_once: bool) -> bool:
    """A create is looked up by its customer number before anything else is tried."""
    found = ctx.connector.find(str(intent.number))
    if not found and at_once:
        return False
    ours = next((record for record in found if _is_ours(intent, record, ctx.rules)), None)
    with ctx.store.work() as work:
        for record in found:
            work.mirrors.store_page(ctx.id, [record], ctx.counter, afresh=False)
        if ours is not None and intent.customer_id is not None:
            _link_created(ctx, work, intent, ours)
        work.journal.settle(intent.id, "done" if ours is not None else "not_done")
        if intent.customer_id is not None:
            work.links.touch(ctx.id, "customer", str(intent.customer_id))
        work.commit()
    return ours is not None


def _is_ours(intent: IntentInfo, record: RemoteRecord, rules: Rules) -> bool:
    """Whether a record found by number is the one we sent: nothing speaks against it being that customer."""
    return doubt(intent.sent["accounting"], record.fields, likeness=rules.name_likeness) is None


def _link_created(ctx: RunContext, work: Work, intent: IntentInfo, record: RemoteRecord) -> None:
    """Remember the pair, also when the customer was deleted meanwhile: then the deletion is carried over (S-62)."""
    if intent.customer_id is None:
        return
    if work.links.of_remotes(ctx.id, [record.remote_id]) or not _free(ctx, work, intent.customer_id):
        return
    base = confirmed(intent, record, ctx.rules)
    work.links.create(ctx.id, intent.customer_id, record.remote_id, base, (0, ""))
    subject = f"customer:{intent.customer_id}"
    work.conflicts.rename(ctx.id, f"remote:{record.remote_id}", subject, intent.customer_id)


def _free(ctx: RunContext, work: Work, customer_id: int) -> bool:
    """Whether the customer has no link, or only one whose record is gone: that one ends (S-61, *create again*)."""
    link = work.links.of_customer(ctx.id, customer_id)
    if link is None:
        return True
    if work.mirrors.load(ctx.id, [link.remote_id]):
        return False
    work.links.end(link.id, "created_again", ctx.author.who)
    return True


def confirmed(intent: IntentInfo, record: RemoteRecord, rules: Rules) -> dict[str, Agreed]:
    """What both sides held when the write was carried out: the fields that accounting still shows as sent."""
    sent, register = intent.sent["accounting"], intent.sent["register"]
    return {
        name: Agreed(register.get(name), record.fields[name])
        for name, value in sent.items()
        if name in record.fields and rules.same(name, value, record.fields[name])
    }


def _settle_update(ctx: RunContext, intent: IntentInfo) -> bool:
    remote_id = str(intent.remote_id)
    try:
        record = ctx.connector.customer(remote_id)
    except GoneError:
        with ctx.store.work() as work:
            work.mirrors.set_gone(ctx.id, [remote_id])
            work.journal.settle(intent.id, "not_done")
            work.commit()
        return False
    agreed = confirmed(intent, record, ctx.rules)
    with ctx.store.work() as work:
        work.mirrors.store_page(ctx.id, [record], ctx.counter, afresh=False)
        link = work.links.of_remotes(ctx.id, [remote_id]).get(remote_id)
        if link is not None:
            work.links.settle(link.id, {**link.base, **agreed}, (0, fingerprint(record)))
            work.links.touch(ctx.id, "remote", remote_id)
        work.journal.settle(intent.id, "done" if agreed else "not_done")
        work.commit()
    return bool(agreed)


def _settle_reference(ctx: RunContext, intent: IntentInfo) -> bool:
    feed, after = str(intent.sent["feed"]), intent.sent["after"]
    try:
        document = ctx.connector.document(feed, str(intent.remote_id))
    except GoneError:
        document = None
    done = document is not None and (document.reference or None) == (after or None)
    with ctx.store.work() as work:
        if document is not None:
            work.mirrors.put_document(
                ctx.id, document, written=after if done else intent.sent.get("written"), judged=None
            )
            work.links.touch(ctx.id, "reference", document.customer_id)
        work.journal.settle(intent.id, "done" if done else "not_done")
        work.commit()
    return done


def _settle_delete(ctx: RunContext, intent: IntentInfo) -> bool:
    remote_id = str(intent.remote_id)
    try:
        ctx.connector.customer(remote_id)
        done = False
    except GoneError:
        done = True
    with ctx.store.work() as work:
        if done:
            work.mirrors.set_gone(ctx.id, [remote_id])
        work.links.touch(ctx.id, "remote", remote_id)
        work.journal.settle(intent.id, "done" if done else "not_done")
        work.commit()
    return done
