"""What accounting fills in by itself in a new customer (terms, currency) is taken with the create, not as an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.engine.actions import Update
from syncd.engine.state import Agreed
from syncd.errors import ChangedMeanwhileError
from syncd.register.problems import UnknownCustomerError
from syncd.services.sync.gather import decided_anew
from syncd.services.sync.questions import record
from syncd.values.equality import is_empty
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from syncd.engine.actions import Decision
    from syncd.engine.state import Pair
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext


def fill_in(ctx: RunContext, work: Work, pair: Pair) -> Decision | None:
    """Take accounting's own defaults into the register, in the transaction that links the pair.

    They have their history, but no lines of their own. Returns what is left to do when somebody changed the customer
    meanwhile, here or there.
    """
    decision = decided_anew(ctx, work, pair)
    if decision is None or not isinstance(decision.action, Update):
        return None
    action, local, remote, link = decision.action, decision.pair.local, decision.pair.remote, decision.pair.link
    if action.push or local is None or remote is None or link is None:
        return decision
    filled = [w for w in action.take if is_empty(w.before) or w.field in local.defaulted]
    try:
        local = work.customers.write(local.id, local.version, {w.field: w.after for w in filled}, ctx.author)
    except (ChangedMeanwhileError, UnknownCustomerError):
        return None  # somebody saved the customer in this very moment: it is on the work list
    taken = {w.field: Agreed(w.after, remote.fields[w.field]) for w in filled}
    edited = len(filled) < len(action.take)
    seen = (0, "") if edited else (local.version, fingerprint(remote))
    work.links.settle(link.id, {**link.base, **action.agree, **taken}, seen)
    if edited:
        return decided_anew(ctx, work, decision.pair)
    record(ctx, work, decision)
    return None
