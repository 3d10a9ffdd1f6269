"""How many customers there are: counted where something may have moved, else as the run before left it (S-52)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext


@dataclass(frozen=True, slots=True)
class Population:
    """Linked customers, and those of the register; ``counted`` just now, or remembered."""

    linked: int
    register: int
    counted: bool = True


def population(ctx: RunContext, work: Work, *, moved: bool) -> Population:
    """Count; or remember, where nothing moved, this run did nothing, and the run right before it went to its end."""
    known = ctx.connection.progress
    follows = known.get("counted_by") == ctx.counter - 1
    if moved or ctx.full or not ctx.whole or ctx.lines or not follows:
        return Population(work.links.count(ctx.id), work.customers.count(ctx.connection.group_id))
    return Population(known["linked"], known["register"], counted=False)


def remembered(ctx: RunContext, people: Population) -> dict[str, int]:
    """What the next run may go by."""
    return {"linked": people.linked, "register": people.register, "counted_by": ctx.counter}
