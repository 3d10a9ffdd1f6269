"""What accounting fills in by itself in a new customer (terms, currency) is taken with the create, not as an edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.engine.actions import Update
from syncd.engine.state import Agreed
from syncd.services.sync.gather import decided_anew
from syncd.services.sync.questions import record
from syncd.values.equality import is_empty
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from syncd.engine.actions import Decision, Write
    from syncd.engine.state import Link, Local, Pair
    from syncd.ports.links import Settled
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord


@dataclass(frozen=True, slots=True)
class _Filled:
    """A new pair, and what the register takes from accounting at once."""

    decision: Decision
    action: Update
    local: Local
    remote: RemoteRecord
    link: Link

    @property
    def taken(self) -> tuple[Write, ...]:
        """What the register does not hold, or only by default."""
        return tuple(w for w in self.action.take if is_empty(w.before) or w.field in self.local.defaulted)

    @property
    def edited(self) -> bool:
        """Whether somebody changed the record in accounting, too."""
        return len(self.taken) < len(self.action.take)

    def settled(self, after: Local) -> Settled:
        """The link with what both sides agree on once the register has taken it."""
        taken = {w.field: Agreed(w.after, self.remote.fields[w.field]) for w in self.taken}
        seen = (0, "") if self.edited else (after.version, fingerprint(self.remote))
        return self.link.id, {**self.link.base, **self.action.agree, **taken}, seen, None


def fill_in(ctx: RunContext, work: Work, pairs: Sequence[Pair]) -> list[Decision]:
    """Take accounting's own defaults into the register, in the transaction that links the pairs.

    They have their history, but no lines of their own. Returns what is left to do where somebody changed a customer
    meanwhile, here or there.
    """
    held = work.customers.hold_many(pair.local.id for pair in pairs if pair.local is not None)
    decisions = decided_anew(ctx, work, [pair for pair in pairs if pair.local is not None and pair.local.id in held])
    filled = list(_filled(decisions))
    rows = [(one.local, {w.field: w.after for w in one.taken}) for one in filled]
    afters = work.customers.write_many(ctx.connection.group_id, rows, ctx.author)
    work.links.settle_many(one.settled(after) for one, after in zip(filled, afters, strict=True))
    for one in filled:
        if not one.edited:
            record(ctx, work, one.decision)
    pushed = [d for d in decisions if isinstance(d.action, Update) and d.action.push]
    return [*pushed, *decided_anew(ctx, work, [one.decision.pair for one in filled if one.edited])]


def _filled(decisions: Sequence[Decision]) -> Iterator[_Filled]:
    for decision in decisions:
        action, pair = decision.action, decision.pair
        if not isinstance(action, Update) or action.push:
            continue
        if pair.local is not None and pair.remote is not None and pair.link is not None:
            yield _Filled(decision, action, pair.local, pair.remote, pair.link)
