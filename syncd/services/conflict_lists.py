"""Conflicts to choose from: a page of them, how many of each kind, and what one answer to all of them would do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.errors import ChangedMeanwhileError, UsageError
from syncd.ports.records import CONFLICT_SORTS
from syncd.register.access import Verb, require
from syncd.services.conflicts import WITH_VALUE, narrowed, resolve_these, version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from syncd.ports.records import ConflictInfo
    from syncd.ports.work import Store
    from syncd.register.access import Actor
    from syncd.services.conflicts import Reply
    from syncd.values.capabilities import Capabilities


@dataclass(frozen=True, slots=True)
class Query:
    """What a list asks for: ``FILTERS``, a heading to sort by, and a page. ``everything``: closed ones, too."""

    filters: Mapping[str, str] = field(default_factory=dict)
    everything: bool = False
    sort: str = "seen"
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A page of conflicts, and how many there are of each kind with the same filters."""

    rows: tuple[ConflictInfo, ...]
    tally: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many the filters find."""
        return sum(self.tally.values())


def find(store: Store, actor: Actor, group_id: int, query: Query) -> Found:
    """The page of a list. Raises ``UsageError`` for an odd filter or heading."""
    require(actor, Verb.RESOLVE)
    if query.sort.removeprefix("-") not in CONFLICT_SORTS:
        raise UsageError(f"sort {query.sort}: must be one of {', '.join(CONFLICT_SORTS)}")
    with store.reading() as work:
        ids, chosen = narrowed(work, group_id, query.filters, everything=query.everything)
        page = {"sort": query.sort, "limit": query.limit, "offset": query.offset}
        rows = work.conflicts.page(connection_ids=ids, filters=chosen, **page)  # type: ignore[arg-type]  # as named
        return Found(rows, work.conflicts.tally(connection_ids=ids, filters=chosen))


@dataclass(frozen=True, slots=True)
class Preview:
    """What one answer to everything found would do. ``mark`` stands for all that was shown."""

    takes: tuple[ConflictInfo, ...]
    others: tuple[ConflictInfo, ...]
    mark: str


def preview(store: Store, actor: Actor, group_id: int, filters: Mapping[str, str], word: str) -> Preview:
    """The open conflicts that the filters find: those that take the answer, and the others."""
    if word in WITH_VALUE:
        raise UsageError(f"the answer {word} is for one conflict")
    rows = find(store, actor, group_id, Query({**filters, "status": "open"})).rows
    takes = tuple(one for one in rows if word in one.choices)
    marks = "\n".join(f"{one.id} {version_of(one)}" for one in takes)
    others = tuple(one for one in rows if word not in one.choices)
    return Preview(takes, others, hashlib.sha256(marks.encode()).hexdigest())


def answer_all(  # noqa: PLR0913 - an answer, what its author saw, and what can be held
    store: Store,
    actor: Actor,
    group_id: int,
    filters: Mapping[str, str],
    reply: Reply,
    holds: Callable[[str], Capabilities],
    *,
    seen: Container[str],
) -> tuple[list[int], dict[int, str]]:
    """Give one answer to exactly what a preview showed; ``seen`` holds its mark. Returns as ``resolve_all`` does.

    Raises ``ChangedMeanwhileError`` when there is anything else to answer now; nothing is answered then.
    """
    shown = preview(store, actor, group_id, filters, reply.word)
    if shown.mark not in seen:
        raise ChangedMeanwhileError("what the filters find")
    return resolve_these(store, actor, group_id, shown.takes, reply, holds)
