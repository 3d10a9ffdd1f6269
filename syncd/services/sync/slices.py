"""Long work on the database in short transactions: nobody's save waits for a whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext

T = TypeVar("T")

RECORDS = 100
"""Records with what belongs to them in one transaction: some 25 ms of work."""

NEWS = 250
"""Records that are only put into the mirror and on the work list, in one transaction: as much work."""

ROWS = 500
"""Single rows in one transaction."""


def sliced(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut into slices."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def each_slice(ctx: RunContext, items: Sequence[T], size: int, act: Callable[[Work, Sequence[T]], object]) -> None:
    """Act on slices, each a transaction of its own; who waits to save goes in between."""
    for some in sliced(items, size):
        ctx.at_once(lambda work, some=some: act(work, some))  # type: ignore[misc]  # mypy cannot type the default
        ctx.store.give_way()
