"""Settling: intents left open by a lost answer or a killed process are settled by reading, never by sending.

See S-41 and S-42: a create is looked up by its number, an update by its record, before anything is sent again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from syncd.engine.identity import doubt
from syncd.engine.lines import Line, Trace
from syncd.engine.state import Agreed, Noted, Pair
from syncd.errors import GoneError, NotNowError
from syncd.services.sync.filling import fill_in
from syncd.values.fingerprint import fingerprint
from syncd.values.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from syncd.engine.rules import Rules
    from syncd.engine.state import Link
    from syncd.ports.records import IntentInfo
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord


Fate = Literal["done", "not_done", "open"]


def settle_all(ctx: RunContext) -> None:
    """Settle every intent that earlier runs left open."""
    with ctx.store.reading() as work:
        intents = work.journal.open(ctx.id)
    for index, intent in enumerate(intents):
        _settle(ctx, intent)
        ctx.progress("settle", index + 1, len(intents))
        ctx.check_stop()


def settle_at_once(ctx: RunContext, intent_id: int) -> Fate:
    """Settle a write of this run right after its answer was lost.

    A create that is not found stays open: it may still be on its way. The next run looks once more before anything is
    sent again.
    """
    with ctx.store.reading() as work:
        intent = next((one for one in work.journal.open(ctx.id) if one.id == intent_id), None)
    if intent is None:  # a later run has begun, and settled it: this one ends
        ctx.store.check()
        return "open"
    return _settle(ctx, intent)


def _settle(ctx: RunContext, intent: IntentInfo) -> Fate:
    """Read what became of one write, record it and, if the vendor carried it out, tell it."""
    try:
        match intent.kind:
            case "create":
                return _settle_create(ctx, intent)
            case "update":
                return _settle_update(ctx, intent)
            case "reference":
                return _settle_reference(ctx, intent)
            case _:
                return _settle_delete(ctx, intent)
    except NotNowError:
        return "open"  # cannot be read now, and nothing is sent to a record that cannot be read


def _close(ctx: RunContext, work: Work, intent: IntentInfo, fate: Fate, fields: Container[str] | None = None) -> Fate:
    """Settle the intent; what was carried out (of an update: ``fields``) is told by the run that found it."""
    work.journal.settle([intent.id], fate)
    if fate == "done":
        ctx.say(work, *_told(ctx, intent, fields))
    return fate


def _told(ctx: RunContext, intent: IntentInfo, fields: Container[str] | None) -> Iterator[Line]:
    earlier = f"sent by run {intent.run_id}" if intent.run_id != ctx.run_id else None
    for line in noted_lines(intent):
        if fields is None or line.field in fields:
            message = "; ".join(part for part in (line.message, earlier) if part) or None
            yield replace(line, outcome="done", message=message)


def noted_lines(intent: IntentInfo) -> Iterator[Line]:
    """What the report of the run that sent a write would have said of it."""
    return map(_noted_line, intent.sent.get("lines", ()))


def _noted_line(noted: Mapping[str, Any]) -> Line:
    trace = noted.get("trace")
    return Line(**{**noted, "trace": Trace(**trace) if trace is not None else None})


def _settle_create(ctx: RunContext, intent: IntentInfo) -> Fate:
    """A create is looked up by its customer number before anything else is tried; not found so, it is sought.

    A record that was there before it was sent is another one, which got this number since.
    """
    found = ctx.connector.find(str(intent.number))

    def stored(work: Work) -> Fate:
        older = work.mirrors.met(ctx.id, [record.remote_id for record in found], int(intent.sent.get("counter", 0)))
        fresh = (record for record in found if record.remote_id not in older)
        ours = next((record for record in fresh if _is_ours(intent, record, ctx.rules)), None)
        work.mirrors.store_page(ctx.id, found, ctx.counter, afresh=False)
        if ours is not None:
            return found_created(ctx, work, intent, ours)
        if intent.run_id != ctx.run_id:
            work.journal.seek(intent.id)
        return "open"

    return ctx.at_once(stored)


def found_created(ctx: RunContext, work: Work, intent: IntentInfo, record: RemoteRecord) -> Fate:
    """A create was carried out, and this is its record."""
    if intent.customer_id is not None:
        _link_created(ctx, work, intent, record)
        work.links.touch(ctx.id, "customer", str(intent.customer_id))
    return _close(ctx, work, intent, "done")


def _is_ours(intent: IntentInfo, record: RemoteRecord, rules: Rules) -> bool:
    """Whether a record found by number is the one we sent: nothing speaks against it being that customer."""
    return doubt(intent.sent["accounting"], record.fields, likeness=rules.name_likeness) is None


def _link_created(ctx: RunContext, work: Work, intent: IntentInfo, record: RemoteRecord) -> None:
    """Remember the pair, also when the customer was deleted meanwhile: then the deletion is carried over (S-62)."""
    if intent.customer_id is None:
        return
    if work.links.of_remotes(ctx.id, [record.remote_id]) or not _free(ctx, work, intent.customer_id):
        return
    base = {**_numbered(intent), **confirmed(intent, record, ctx.rules)}
    work.links.create(ctx.id, intent.customer_id, record.remote_id, base, (0, ""))
    subject = f"customer:{intent.customer_id}"
    work.conflicts.rename(ctx.id, f"remote:{record.remote_id}", subject, intent.customer_id)
    local = work.customers.load(intent.customer_id)
    if local is not None:
        fill_in(ctx, work, [Pair(local, record)])


def _numbered(intent: IntentInfo) -> dict[str, Agreed]:
    """The number that both sides held when the create was carried out: another one there is a renumbering (S-63)."""
    return {"number": Agreed(intent.sent["register"].get("number"), intent.sent["accounting"].get("number"))}


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


def _settle_update(ctx: RunContext, intent: IntentInfo) -> Fate:
    remote_id = str(intent.remote_id)
    try:
        record = ctx.connector.customer(remote_id)
    except GoneError:
        return ctx.at_once(lambda work: _close_gone(ctx, work, intent, remote_id))
    agreed = confirmed(intent, record, ctx.rules)

    def stored(work: Work) -> Fate:
        work.mirrors.store_page(ctx.id, [record], ctx.counter, afresh=False)
        link = work.links.of_remotes(ctx.id, [remote_id]).get(remote_id)
        if link is not None:
            _settle_link(ctx, work, intent, link, record, agreed)
            work.links.touch(ctx.id, "remote", remote_id)
        return _close(ctx, work, intent, "done" if agreed else "not_done", agreed)

    return ctx.at_once(stored)


def _close_gone(ctx: RunContext, work: Work, intent: IntentInfo, remote_id: str) -> Fate:
    work.mirrors.set_gone(ctx.id, [remote_id])
    return _close(ctx, work, intent, "not_done")


def _settle_link(
    ctx: RunContext, work: Work, intent: IntentInfo, link: Link, record: RemoteRecord, agreed: Mapping[str, Agreed]
) -> None:
    """What accounting confirms becomes the base, but for what an undo put back: that waits for a person (S-56)."""
    base = {name: value for name, value in agreed.items() if unit_of(name).name not in link.undone}
    work.links.settle(link.id, {**link.base, **base}, (0, fingerprint(record)))
    if agreed and intent.sent.get("ends"):
        work.links.end(link.id, str(intent.sent["ends"]), ctx.author.who)


def _settle_reference(ctx: RunContext, intent: IntentInfo) -> Fate:
    feed, after = str(intent.sent["feed"]), intent.sent["after"]
    try:
        document = ctx.connector.document(feed, str(intent.remote_id))
    except GoneError:
        document = None
    done = document is not None and (document.reference or None) == (after or None)

    def stored(work: Work) -> Fate:
        if document is not None:
            work.mirrors.put_documents(ctx.id, [(document, _remembered(intent, done=done))])
            work.links.touch(ctx.id, "reference", document.customer_id)
        return _close(ctx, work, intent, "done" if done else "not_done")

    return ctx.at_once(stored)


def _remembered(intent: IntentInfo, *, done: bool) -> Noted:
    """What is remembered of a document whose write is settled; an older program noted less."""
    sent = intent.sent
    if "then" not in sent:
        return Noted(sent["after"] if done else sent.get("written"))
    return Noted(**sent["then"]) if done else replace(Noted(**sent["noted"]), judged=None)


def _settle_delete(ctx: RunContext, intent: IntentInfo) -> Fate:
    remote_id = str(intent.remote_id)
    try:
        ctx.connector.customer(remote_id)
        done = False
    except GoneError:
        done = True

    def stored(work: Work) -> Fate:
        link = work.links.of_remotes(ctx.id, [remote_id]).get(remote_id)
        if done:
            work.mirrors.set_gone(ctx.id, [remote_id])
        if done and link is not None and intent.sent.get("ends"):
            work.links.end(link.id, str(intent.sent["ends"]), ctx.author.who)
        work.links.touch(ctx.id, "remote", remote_id)
        return _close(ctx, work, intent, "done" if done else "not_done")

    return ctx.at_once(stored)
