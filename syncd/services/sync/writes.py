"""Writes to accounting, each through the journal: intent committed, sent once, outcome committed (S-40 to S-43)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from syncd.errors import CustomerError, RefusedError, StopError, UnknownOutcomeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from syncd.engine.actions import SetReference
    from syncd.engine.lines import Line
    from syncd.engine.state import Local
    from syncd.register.fields import Value
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteDocument, RemoteRecord


T = TypeVar("T")


class LostAnswerError(UnknownOutcomeError):
    """A write was sent and its answer lost; ``intent`` is its note in the journal, still open."""

    def __init__(self, intent: int, error: UnknownOutcomeError) -> None:
        super().__init__(error.message, remedy=error.remedy)
        self.intent = intent


def journaled(
    ctx: RunContext, kind: str, send: Callable[[], T], lines: Iterable[Line], *, sent: Mapping[str, Any], **noted: Any
) -> tuple[int, T]:
    """Note the intent, send once, and return the intent's id with the answer.

    The caller settles the intent in the transaction that stores the outcome and says ``lines``, which are noted too:
    whoever finds the write done later says them instead. When the vendor surely did not act, the intent is settled
    here and the error goes on; when nobody knows, it stays open and ``LostAnswerError`` goes on.
    """
    note = {**sent, "lines": [asdict(line) for line in lines], "counter": ctx.counter}
    with ctx.store.work() as work:
        intent = work.journal.intend(ctx.id, ctx.run_id, kind, sent=note, **noted)
        work.commit()
    try:
        return intent, send()
    except UnknownOutcomeError as error:
        raise LostAnswerError(intent, error) from error
    except (CustomerError, StopError, RefusedError) as error:
        with ctx.store.work() as work:
            work.journal.settle(intent, "refused" if isinstance(error, CustomerError) else "not_done")
            work.commit()
        raise


def create(
    ctx: RunContext, local: Local, fields: Mapping[str, Value], lines: Iterable[Line]
) -> tuple[int, RemoteRecord]:
    """Create a customer in accounting."""
    return journaled(
        ctx,
        "create",
        lambda: ctx.connector.create(fields),
        lines,
        customer_id=local.id,
        number=local.number,
        sent={"accounting": dict(fields), "register": {name: local.fields.get(name) for name in fields}},
    )


def update(  # noqa: PLR0913 - a write, what it was made from, and what follows from it
    ctx: RunContext,
    remote_id: str,
    read: Callable[[], RemoteRecord],
    changes: Mapping[str, Value],
    register: Mapping[str, Value],
    *,
    number: str | None,
    lines: Iterable[Line],
    ends: str | None = None,
) -> tuple[int, RemoteRecord]:
    """Change fields of a customer in accounting. ``ends``: why its link ends with that.

    ``read`` gets the record that is sent back: right before it is sent, since nothing tells of a save in between.
    """
    return journaled(
        ctx,
        "update",
        lambda: ctx.connector.update(read(), changes),
        lines,
        remote_id=remote_id,
        number=number,
        sent={"accounting": dict(changes), "register": dict(register), "ends": ends},
    )


def delete(ctx: RunContext, remote: RemoteRecord, lines: Iterable[Line], ends: str) -> int:
    """Delete a customer in accounting. ``ends``: why its link ends with that."""
    noted = {"remote_id": remote.remote_id, "number": remote.number}
    send = lambda: ctx.connector.delete(remote.remote_id)  # noqa: E731 - one request
    intent, _ = journaled(ctx, "delete", send, lines, sent={"ends": ends}, **noted)
    return intent


def reference(
    ctx: RunContext, seen: RemoteDocument, action: SetReference, lines: Iterable[Line]
) -> tuple[int, RemoteDocument]:
    """Write our reference on a document, as just read."""
    return journaled(
        ctx,
        "reference",
        lambda: ctx.connector.write_reference(seen, action.after),
        lines,
        remote_id=seen.remote_id,
        number=action.number,
        sent={
            "feed": seen.feed,
            "after": action.after,
            "noted": asdict(action.noted),
            "then": asdict(action.then),
        },
    )
