"""Writes to accounting, each through the journal: intent committed, sent once, outcome committed (S-40 to S-43)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from syncd.errors import CustomerError, RefusedError, StopError, UnknownOutcomeError
from syncd.ports.records import Intended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from syncd.engine.actions import SetReference
    from syncd.engine.lines import Line
    from syncd.engine.state import Local
    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteDocument, RemoteRecord


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sending(Generic[T]):
    """A write that is about to be sent, and what the journal notes of it.

    ``lines`` are noted too: whoever finds the write done later says them. ``seen`` is the customer that it was made
    from: it is not sent once somebody saved that customer.
    """

    intended: Intended
    lines: tuple[Line, ...]
    send: Callable[[], T]
    seen: Local | None = None


class LostAnswerError(UnknownOutcomeError):
    """A write was sent and its answer lost; ``intent`` is its note in the journal, still open."""

    def __init__(self, intent: int, error: UnknownOutcomeError) -> None:
        super().__init__(error.message, remedy=error.remedy)
        self.intent = intent


def note(ctx: RunContext, work: Work, sendings: Sequence[Sending[T]]) -> list[int]:
    """Note what is about to be sent, in a transaction that is committed before the first of it is; returns the ids."""
    return work.journal.intend(ctx.id, ctx.run_id, [_noted(ctx, one) for one in sendings])


def _noted(ctx: RunContext, sending: Sending[T]) -> Intended:
    one = sending.intended
    sent = {**one.sent, "lines": [asdict(line) for line in sending.lines], "counter": ctx.counter}
    return Intended(one.kind, sent, one.customer_id, one.remote_id, one.number)


def send(ctx: RunContext, intent: int, sending: Sending[T]) -> T:
    """Send once what was noted, and return the answer; who stores it settles the intent in the same transaction.

    When the vendor surely did not act, the intent is settled here and the error goes on; when nobody knows, it stays
    open and ``LostAnswerError`` goes on. What stops the run is not settled here.
    """
    ctx.connector.guard(lambda: ctx.store.check(sending.seen))
    try:
        return sending.send()
    except UnknownOutcomeError as error:
        raise LostAnswerError(intent, error) from error
    except (CustomerError, RefusedError) as error:
        outcome = "refused" if isinstance(error, CustomerError) else "not_done"
        ctx.at_once(lambda work: work.journal.settle([intent], outcome))
        raise


def journaled(ctx: RunContext, sending: Sending[T]) -> tuple[int, T]:
    """Note one write and send it; returns its intent's id with the answer. Raises like ``send``."""
    (intent,) = ctx.at_once(lambda work: note(ctx, work, [sending]))
    try:
        return intent, send(ctx, intent, sending)
    except StopError:
        ctx.at_once(lambda work: work.journal.settle([intent], "not_done"))
        raise


def create(ctx: RunContext, local: Local, fields: Mapping[str, Value], lines: Iterable[Line]) -> Sending[RemoteRecord]:
    """Create a customer in accounting."""
    sent = {"accounting": dict(fields), "register": {name: local.fields.get(name) for name in fields}}
    intended = Intended("create", sent, local.id, number=local.number)
    return Sending(intended, tuple(lines), lambda: ctx.connector.create(fields), local)


def update(  # noqa: PLR0913 - a write, what it was made from, and what follows from it
    ctx: RunContext,
    remote_id: str,
    read: Callable[[], RemoteRecord],
    changes: Mapping[str, Value],
    register: Mapping[str, Value],
    *,
    number: str | None,
    lines: Iterable[Line],
    seen: Local | None = None,
    ends: str | None = None,
) -> Sending[RemoteRecord]:
    """Change fields of a customer in accounting. ``ends``: why its link ends with that.

    ``read`` gets the record that is sent back: right before it is sent, since nothing tells of a save in between.
    """
    sent = {"accounting": dict(changes), "register": dict(register), "ends": ends}
    intended = Intended("update", sent, remote_id=remote_id, number=number)
    return Sending(intended, tuple(lines), lambda: ctx.connector.update(read(), changes), seen)


def delete(ctx: RunContext, remote: RemoteRecord, lines: Iterable[Line], ends: str) -> Sending[None]:
    """Delete a customer in accounting. ``ends``: why its link ends with that."""
    intended = Intended("delete", {"ends": ends}, remote_id=remote.remote_id, number=remote.number)
    return Sending(intended, tuple(lines), lambda: ctx.connector.delete(remote.remote_id))


def reference(
    ctx: RunContext, action: SetReference, read: Callable[[], RemoteDocument], lines: Iterable[Line]
) -> Sending[RemoteDocument]:
    """Write our reference on a document. ``read`` gets the document that is sent back."""
    document = action.document
    sent = {
        "feed": document.feed,
        "after": action.after,
        "noted": asdict(action.noted),
        "then": asdict(action.then),
    }
    intended = Intended("reference", sent, remote_id=document.remote_id, number=action.number)
    return Sending(intended, tuple(lines), lambda: ctx.connector.write_reference(read(), action.after))
