"""From what is about a customer to the customer's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.access import Verb, may

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.ports.work import Work
    from syncd.web.pages.visit import Visit


def seen(visit: Visit, work: Work, ids: Iterable[int | None]) -> frozenset[int]:
    """Those of these customers of the group that are still there, and that the reader may see."""
    there = work.customers.load_many(one for one in ids if one is not None)
    return frozenset(one.id for one in there if may(visit.actor, Verb.VIEW, one.id))
