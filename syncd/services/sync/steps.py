"""One pair on its way in step: what the register takes, and what both sides are known to agree on (S-25)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.engine.state import Agreed
from syncd.errors import ChangedMeanwhileError
from syncd.register.problems import UnknownCustomerError
from syncd.values.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.engine.actions import Decision, Update
    from syncd.engine.state import Link, Local, Pair
    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord


@dataclass(frozen=True, slots=True)
class Step:
    """A decided update on its way: both sides, and the pair's link once it has one."""

    decision: Decision
    action: Update
    local: Local
    remote: RemoteRecord
    link: Link | None

    @property
    def pair(self) -> Pair:
        """The pair as far as it has come."""
        return replace(self.decision.pair, local=self.local, remote=self.remote, link=self.link)

    @property
    def so_far(self) -> Decision:
        """The decision about it."""
        return replace(self.decision, pair=self.pair)

    @property
    def changes(self) -> dict[str, Value]:
        """What accounting is to hold."""
        return {write.field: write.after for write in self.action.push}

    @property
    def held(self) -> dict[str, Value]:
        """What the register holds of that."""
        return {name: self.local.fields.get(name) for name in self.changes}

    @property
    def seen(self) -> tuple[int, str]:
        """What both sides are once they are in step; nothing while a push is on its way."""
        return (0, "") if self.action.push else (self.local.version, fingerprint(self.remote))


def step_of(decision: Decision, action: Update) -> Step:
    """The first step of a decided update."""
    pair = decision.pair
    assert pair.local is not None  # noqa: S101 - an update has both sides
    assert pair.remote is not None  # noqa: S101 - same
    return Step(decision, action, pair.local, pair.remote, pair.link)


def take(ctx: RunContext, work: Work, steps: Sequence[Step]) -> list[Step]:
    """Write the register's share with its history, link the pairs, and store what is agreed on by then.

    Raises ``RefusedError``: then nothing of it is to be committed.
    """
    written = _written(ctx, work, steps)
    return settle(ctx, work, [(step, {**step.action.agree, **_taken(step)}) for step in written])


def _written(ctx: RunContext, work: Work, steps: Sequence[Step]) -> list[Step]:
    """The register's customers with what they take, held as seen."""
    _require_as_seen(work, steps)
    taking = [step for step in steps if step.action.take]
    rows = [(step.local, {write.field: write.after for write in step.action.take}) for step in taking]
    after = {local.id: local for local in work.customers.write_many(ctx.connection.group_id, rows, ctx.author)}
    return [replace(step, local=after.get(step.local.id, step.local)) for step in steps]


def _require_as_seen(work: Work, steps: Sequence[Step]) -> None:
    versions = work.customers.hold_many(step.local.id for step in steps)
    for local in (step.local for step in steps):
        if local.id not in versions:
            raise UnknownCustomerError(local.number)
        if versions[local.id] != local.version:
            raise ChangedMeanwhileError("the customer")


def _taken(step: Step) -> dict[str, Agreed]:
    """The base of what was taken. A typed value is still to be pushed: until then the register counts as the mover."""
    theirs = {w.field: step.remote.fields[w.field] for w in step.action.take}
    pushed = step.changes
    return {
        w.field: Agreed(theirs[w.field] if w.field in pushed else w.after, theirs[w.field]) for w in step.action.take
    }


def settle(ctx: RunContext, work: Work, agreed: Iterable[tuple[Step, Mapping[str, Agreed]]]) -> list[Step]:
    """Store bases and whose wait is over. A pair that still waits for its push is not in step."""
    settled = [_linked(ctx, work, step, base) for step, base in agreed]
    work.links.settle_many((link.id, link.base, step.seen, link.undone) for step, link in settled)
    return [replace(step, link=link) for step, link in settled]


def _linked(ctx: RunContext, work: Work, step: Step, base: Mapping[str, Agreed]) -> tuple[Step, Link]:
    """The pair's link, made if need be, with what is agreed on and without the marks that are released."""
    link = step.link
    if link is None:
        ctx.follow(work, f"remote:{step.remote.remote_id}", step.local.id)
        link = work.links.create(ctx.id, step.local.id, step.remote.remote_id, {}, (0, ""))
    undone = {name: run for name, run in link.undone.items() if name not in step.action.released}
    return step, replace(link, base={**link.base, **base}, undone=undone)
