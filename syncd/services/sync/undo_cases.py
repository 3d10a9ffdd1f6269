"""The customers that a run wrote to, as they are now: records, link, how a link ended, what people did since (S-56)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from syncd.engine.footprint import Written
from syncd.engine.state import Pair
from syncd.engine.undo import Case
from syncd.register.history import EventKind
from syncd.register.orders import OrderKind
from syncd.services.register.masking import UNMASKED
from syncd.values.equality import same
from syncd.values.units import is_field, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from syncd.engine.footprint import Footprint
    from syncd.engine.state import Ended, Link, Local
    from syncd.ports.customers import HistoryEntry
    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.services.sync.context import RunContext
    from syncd.values.records import RemoteRecord

_NO_EDIT = frozenset(
    {
        *map(str, (EventKind.CREATED, EventKind.LINKED, EventKind.UNLINKED, EventKind.ORDERED)),
        UNMASKED,
        "exported",
        "sent",
    }
)
"""What stands in a customer's history without changing the customer; one with orders is deactivated, not deleted."""

_OF_AN_ORDER = tuple(f"{kind}." for kind in OrderKind)
"""How the fields of orders begin in the history of their customer."""


def cases(ctx: RunContext, work: Work, run: int, prints: Sequence[Footprint]) -> Iterator[Case]:
    """Put each footprint together with what both sides hold now."""
    known = _Known(ctx, work, prints)
    for footprint in prints:
        yield known.case(run, footprint)


class _Known:
    """What the database knows of some customers, read at once."""

    def __init__(self, ctx: RunContext, work: Work, prints: Sequence[Footprint]) -> None:
        remotes = {one.remote_id for one in prints if one.remote_id is not None}
        customers = {one.customer_id for one in prints if one.customer_id is not None}
        self._links = list(work.links.of_remotes(ctx.id, remotes).values())
        self._links += work.links.of_customers(ctx.id, customers).values()
        self._ended = work.links.ended(ctx.id, customers=customers, remotes=remotes)
        pairs: list[Link | Ended] = [*self._links, *self._ended]
        customers |= {one.customer_id for one in pairs}
        self._locals: dict[int, Local] = {one.id: one for one in work.customers.load_many(sorted(customers))}
        self._remotes: dict[str, RemoteRecord] = work.mirrors.load(ctx.id, remotes | {one.remote_id for one in pairs})
        created = [one for one in prints if one.created is not None]
        self._histories = work.customers.histories(sorted(self._customer(one) or 0 for one in created))

    def case(self, run: int, footprint: Footprint) -> Case:
        """One customer."""
        link, ended = self._link(footprint), self._last_ended(footprint)
        customer_id, remote_id = self._customer(footprint), self._remote(footprint)
        history = self._histories.get(customer_id or 0, [])
        local = self._locals.get(customer_id or 0)
        return Case(
            run,
            footprint,
            Pair(local, self._remotes.get(remote_id or ""), link, known_as=(footprint.subject, footprint.number)),
            ended,
            elsewhere=link is None and bool(self._partners(footprint)),
            filled=tuple(_filled(history, run)) if footprint.created == "accounting" else (),
            worked_on=local is not None and _worked_on(history, local),
        )

    def _partners(self, footprint: Footprint) -> list[Link]:
        """The live links of either record."""
        wanted = (footprint.customer_id, footprint.remote_id)
        return [one for one in self._links if one.customer_id == wanted[0] or one.remote_id == wanted[1]]

    def _link(self, footprint: Footprint) -> Link | None:
        """The live link of the very two records; a record deleted by an undo may have a new one by now."""
        anew = footprint.became is not None and footprint.became[1] == "deleted"
        return next((one for one in self._partners(footprint) if anew or _is_about(footprint, one)), None)

    def _last_ended(self, footprint: Footprint) -> Ended | None:
        return next((one for one in reversed(self._ended) if _is_about(footprint, one)), None)

    def _customer(self, footprint: Footprint) -> int | None:
        found = self._link(footprint) or self._last_ended(footprint)
        return footprint.customer_id or (found.customer_id if found is not None else None)

    def _remote(self, footprint: Footprint) -> str | None:
        found = self._link(footprint) or self._last_ended(footprint)
        return footprint.remote_id or (found.remote_id if found is not None else None)


def _is_about(footprint: Footprint, pair: Link | Ended) -> bool:
    """Whether a link pairs the records of a footprint, as far as that names them."""
    named = (footprint.customer_id in {None, pair.customer_id}, footprint.remote_id in {None, pair.remote_id})
    return all(named)


def _filled(history: Iterable[HistoryEntry], run: int) -> Iterator[Written]:
    """What the register took from accounting in this run, field by field."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for entry in history:
        if entry.run_id == run and is_field(entry.field) and entry.kind != EventKind.CREATED:
            before.setdefault(str(entry.field), entry.before)
            after[str(entry.field)] = entry.after
    for name, value in after.items():
        yield Written(unit_of(name), "register", {name: cast("Value", before[name])}, {name: value}, {})


def _worked_on(history: Iterable[HistoryEntry], local: Local) -> bool:
    """Whether a person did something with the customer, or a field is no longer what it was at first."""
    about_it = (entry for entry in history if not (entry.field or "").startswith(_OF_AN_ORDER))
    edits = [entry for entry in about_it if entry.kind not in _NO_EDIT]
    first: Mapping[str, Any] = {str(entry.field): entry.before for entry in reversed(edits)}
    moved = (n for n, value in first.items() if is_field(n) and not same(n, cast("Value", value), local.fields.get(n)))
    return any(entry.run_id is None for entry in edits) or any(moved)
