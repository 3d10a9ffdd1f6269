"""Long work on the database in short transactions: nobody's save waits for a whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext

T = TypeVar("T")

RECORDS = 100
"""Records with what belongs to them in one transaction: some 25 ms of work."""

ROWS = 500
"""Single rows in one transaction."""


def slices(ctx: RunContext, items: Sequence[T], size: int) -> Iterator[tuple[Work, Sequence[T]]]:
    """Yield slices, each with a unit of work that is committed after it; who waits to save goes in between."""
    for start in range(0, len(items), size):
        with ctx.store.work() as work:
            yield work, items[start : start + size]
            work.commit()
        ctx.store.give_way()
