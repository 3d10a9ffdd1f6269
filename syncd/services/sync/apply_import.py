"""Customers that only accounting has, taken into the register in batches (S-12)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.engine.actions import CreateInRegister
from syncd.engine.lines import lines
from syncd.errors import RefusedError
from syncd.register.customer import with_defaults
from syncd.services.sync.questions import record
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncd.engine.actions import Decision
    from syncd.engine.state import Agreed, Local
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext


def import_customers(ctx: RunContext, batch: Sequence[Decision]) -> None:
    """Take a batch in; if one of them cannot be (its number was taken meanwhile), each by itself."""
    try:
        _import(ctx, batch)
    except RefusedError as error:
        if len(batch) > 1:
            for decision in batch:
                import_customers(ctx, [decision])
        else:
            _refused(ctx, batch[0], error)


def _import(ctx: RunContext, batch: Sequence[Decision]) -> None:
    actions = [decision.action for decision in batch if isinstance(decision.action, CreateInRegister)]
    rows = [with_defaults(action.fields) for action in actions]

    def store(work: Work) -> None:
        customers = work.customers.insert_many(
            ctx.connection.group_id, [({**row.fields, "number": row.number}, row.defaulted) for row in rows], ctx.author
        )
        pairs = list(zip(actions, customers, strict=True))
        work.links.create_many(ctx.id, [_pair(action, local) for action, local in pairs])
        for decision, local in zip(batch, customers, strict=True):
            record(ctx, work, decision)
            ctx.follow(work, decision.pair.key, local.id)
        ctx.say(work, *(replace(line, outcome="done") for action in actions for line in lines(action)))

    ctx.at_once(store)


def _pair(action: CreateInRegister, local: Local) -> tuple[int, str, Mapping[str, Agreed], tuple[int, str]]:
    remote = action.pair.remote
    assert remote is not None  # noqa: S101 - an import has a record
    return local.id, remote.remote_id, action.base, (local.version, fingerprint(remote))


def _refused(ctx: RunContext, decision: Decision, error: RefusedError) -> None:
    """Somebody took the number first: said, and looked at again."""
    remote = decision.pair.remote
    told = lines(decision.action) if decision.action is not None else ()
    ctx.at_once(lambda work: ctx.say(work, *(replace(x, outcome="failed", message=error.message) for x in told)))
    if remote is not None:
        ctx.again.add(("remote", remote.remote_id))
