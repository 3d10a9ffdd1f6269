"""Writes to accounting, each through the journal: intent committed, sent once, outcome committed (S-40 to S-43)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from syncd.errors import CustomerError, StopError, UnknownOutcomeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.engine.state import Local
    from syncd.register.fields import Value
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteDocument, RemoteRecord


T = TypeVar("T")


def journaled(ctx: RunContext, kind: str, send: Callable[[], T], **noted: Any) -> tuple[int, T]:
    """Note the intent, send once, and return the intent's id with the answer.

    The caller settles the intent in the transaction that stores the outcome. When the vendor surely did not act, the
    intent is settled here and the error goes on; when nobody knows, it stays open and ``UnknownOutcomeError`` goes on.
    """
    with ctx.store.work() as work:
        intent = work.journal.intend(ctx.id, ctx.run_id, kind, **noted)
        work.commit()
    try:
        return intent, send()
    except UnknownOutcomeError:
        raise
    except (CustomerError, StopError) as error:
        with ctx.store.work() as work:
            work.journal.settle(intent, "refused" if isinstance(error, CustomerError) else "not_done")
            work.commit()
        raise


def create(ctx: RunContext, local: Local, fields: Mapping[str, Value]) -> tuple[int, RemoteRecord]:
    """Create a customer in accounting."""
    return journaled(
        ctx,
        "create",
        lambda: ctx.connector.create(fields),
        customer_id=local.id,
        number=local.number,
        sent={"accounting": dict(fields), "register": {name: local.fields.get(name) for name in fields}},
    )


def update(
    ctx: RunContext, seen: RemoteRecord, changes: Mapping[str, Value], register: Mapping[str, Value], number: str | None
) -> tuple[int, RemoteRecord]:
    """Change fields of a customer in accounting, as just read."""
    return journaled(
        ctx,
        "update",
        lambda: ctx.connector.update(seen, changes),
        remote_id=seen.remote_id,
        number=number,
        sent={"accounting": dict(changes), "register": dict(register)},
    )


def delete(ctx: RunContext, remote_id: str, number: str | None) -> int:
    """Delete a customer in accounting."""
    intent, _ = journaled(
        ctx, "delete", lambda: ctx.connector.delete(remote_id), remote_id=remote_id, number=number, sent={}
    )
    return intent


def reference(
    ctx: RunContext, seen: RemoteDocument, text: str | None, *, number: str, written: str | None
) -> tuple[int, RemoteDocument]:
    """Write our reference on a document, as just read; ``written`` is what syncd had written there before."""
    return journaled(
        ctx,
        "reference",
        lambda: ctx.connector.write_reference(seen, text),
        remote_id=seen.remote_id,
        number=number,
        sent={"feed": seen.feed, "written": written, "after": text},
    )
