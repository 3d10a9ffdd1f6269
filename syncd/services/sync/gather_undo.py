"""Gather for an undo: from a run's report to customers and documents as they are now, and to a plan (S-34, S-56)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from syncd.engine.actions import TakeBack
from syncd.engine.footprint import footprints, inscriptions
from syncd.engine.lines import Line
from syncd.engine.numbers import Numbers, freed
from syncd.engine.plan import Plan, in_order
from syncd.engine.put_back import held
from syncd.engine.reference import Referenced, take_back_reference, undo_reference
from syncd.engine.undo import undo
from syncd.errors import RefusedError
from syncd.ports.records import Touches
from syncd.services.conflict_answers import pending
from syncd.services.sync.context import REFERENCES, Undoing
from syncd.services.sync.gather import CHUNK, Gathered, technicians_of
from syncd.services.sync.population import population
from syncd.services.sync.undo_cases import cases
from syncd.values.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syncd.engine.actions import Decision, SetReference
    from syncd.engine.footprint import Inscription
    from syncd.engine.state import Pair
    from syncd.engine.undo import Case
    from syncd.ports.records import StoredDocument
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext


def read_report(ctx: RunContext) -> Undoing:
    """The lines to be taken back: of one run, all or of one customer; none where all references are meant."""
    if ctx.order.undoes == REFERENCES:
        return Undoing(0)
    run_id = int(ctx.order.undoes or 0)
    with ctx.store.reading() as work:
        run = work.runs.get(run_id)
        if run is None:
            raise RefusedError(f"there is no run {run_id} any more", remedy="`syncd runs list` shows the latest ones.")
        lines = tuple(line for line in work.runs.lines(run_id) if line.trace is None or not line.trace.erased)
        if ctx.order.customer is not None:
            lines = tuple(_of_customer(ctx, work, lines, ctx.order.customer))
    return Undoing(run_id, lines)


def _of_customer(ctx: RunContext, work: Work, lines: Iterable[Line], number: str) -> Iterator[Line]:
    """The lines about a customer: by the number it had then, or has now."""
    wanted = number.strip()
    local = work.customers.find(ctx.connection.group_id, wanted)
    link = work.links.of_customer(ctx.id, local.id) if local is not None else None
    subjects = {f"customer:{local.id}"} if local is not None else set()
    if link is not None:
        subjects.add(f"remote:{link.remote_id}")
    found = list(lines)
    subjects |= {line.subject for line in found if line.customer_number == wanted}
    yield from (line for line in found if line.subject in subjects)


def gather_undo(ctx: RunContext, undoing: Undoing) -> Gathered:
    """Look at everything that the run wrote, decide it, and return the plan."""
    with ctx.store.reading() as work:
        waiting = pending(work.conflicts.pending(ctx.id))
        ctx.heard = waiting.answered
        for conflict in waiting.conflicts:
            undoing.asked[conflict.subject].add(conflict.field or "")
        decisions = list(_decisions(ctx, work, undoing))
        references = tuple(_references(ctx, work, undoing))
        settled = frozenset(key for decision in decisions for key in _settled(decision))
        plan = Plan(in_order(decisions), references, tuple(_remarks(undoing, settled)))
        return Gathered(plan, Touches(), waiting, population(ctx, work, moved=True), settled=settled)


def _decisions(ctx: RunContext, work: Work, undoing: Undoing) -> Iterator[Decision]:
    prints = footprints(undoing.lines)
    found: list[Case] = []
    for start in range(0, len(prints), CHUNK):
        found += _asked(undoing, cases(ctx, work, undoing.run, prints[start : start + CHUNK]))
        ctx.progress("compare", min(start + CHUNK, len(prints)), len(prints))
        ctx.check_stop()
    numbers = _numbers(ctx, work, found)
    for case in found:
        decision = undo(case, ctx.rules, numbers)
        undoing.footprints[decision.pair.key] = case.footprint
        if decision.action is not None or decision.questions:
            yield decision


def _asked(undoing: Undoing, found: Iterable[Case]) -> Iterator[Case]:
    """The cases with what people are asked about already."""
    for case in found:
        yield replace(case, asked=frozenset(undoing.asked.get(case.pair.key, ())))


def decided_again(ctx: RunContext, undoing: Undoing, pair: Pair) -> Decision:
    """Decide a customer anew from what both sides hold now: somebody acted since the plan was made."""
    with ctx.store.reading() as work:
        found = list(_asked(undoing, cases(ctx, work, undoing.run, [undoing.footprints[pair.key]])))
        return undo(found[0], ctx.rules, _numbers(ctx, work, found))


def _numbers(ctx: RunContext, work: Work, found: Iterable[Case]) -> Numbers:
    """What is known of the numbers that would be given back, numbers freed by the same plan left out."""
    here, there = dict[str, str](), dict[str, str]()
    wanted_here, wanted_there = set[str](), set[str]()
    for case in found:
        pair = case.pair
        if pair.remote is not None and pair.remote.number and pair.local is None:
            wanted_here.add(pair.remote.number)
        if pair.local is not None and pair.remote is None:
            wanted_there.add(pair.local.number)
        for one in case.footprint.written:
            left, now = one.after.get("number"), (held(pair, one.side) or {}).get("number")
            if left is not None and left == now:
                (here if one.side == "register" else there)[str(left)] = str(one.before["number"])
    taken_here = frozenset(work.customers.taken_numbers(ctx.connection.group_id, {*here.values(), *wanted_here}))
    taken_there = work.links.numbers_in_accounting(ctx.id, {*there.values(), *wanted_there})
    return Numbers(taken_here - freed(here, taken_here), taken_there - freed(there, taken_there))


def _settled(decision: Decision) -> Iterator[tuple[str, str, str]]:
    """The conflicts that a decision settles: both sides hold the same again."""
    if isinstance(decision.action, TakeBack):
        units = {unit_of(name).name for name in decision.action.agree}
        yield from ((decision.pair.key, "field", unit) for unit in sorted(units))


# ----- documents


def _references(ctx: RunContext, work: Work, undoing: Undoing) -> Iterator[SetReference]:
    if not ctx.reads_documents:
        return
    actions = _everywhere(ctx, work) if not undoing.run else _as_before(ctx, work, inscriptions(undoing.lines))
    yield from (action for action in actions if action is not None)


def _as_before(ctx: RunContext, work: Work, wrote: Iterable[Inscription]) -> Iterator[SetReference | None]:
    """The documents that a run wrote on, with what stood there before."""
    by_key = {(one.feed, one.remote_id): one for one in wrote}
    documents = work.mirrors.documents(ctx.id, by_key)
    for case in _referenced(ctx, work, documents):
        document = case.document
        yield undo_reference(by_key[(document.feed, document.remote_id)], case, ctx.references)


def _everywhere(ctx: RunContext, work: Work) -> Iterator[SetReference | None]:
    """Every open document on which a text of syncd's still stands."""
    documents = [one for one in work.mirrors.open_documents(ctx.id, None) if one.noted.written]
    for case in _referenced(ctx, work, documents):
        yield take_back_reference(case, ctx.references)


def _referenced(ctx: RunContext, work: Work, documents: Iterable[StoredDocument]) -> Iterator[Referenced]:
    """Documents with their customers, linked or not (any more)."""
    found = list(documents)
    remotes = {one.document.customer_id for one in found}
    owners = {remote: link.customer_id for remote, link in work.links.of_remotes(ctx.id, remotes).items()}
    customers = {one.id: one for one in work.customers.load_many(sorted(set(owners.values())))}
    technicians = technicians_of(work, customers)
    records = work.mirrors.load(ctx.id, remotes)
    for one in found:
        remote_id = one.document.customer_id
        customer, record = customers.get(owners.get(remote_id, 0)), records.get(remote_id)
        subject = f"customer:{customer.id}" if customer is not None else f"remote:{remote_id}"
        number = customer.number if customer is not None else record.number if record is not None else None
        named = technicians.get(customer.id, ()) if customer is not None else ()
        yield Referenced(one.document, subject, number, named, one.noted)


# ----- what an undo does not touch

_CONFLICTS = {"open_conflict": "opened", "close_conflict": "closed"}


def _remarks(undoing: Undoing, settled: frozenset[tuple[str, str, str]]) -> Iterator[Line]:
    """Conflicts are questions, not writes: said once and left, but for those on which both sides agree again."""
    answered = {(subject, unit) for subject, _, unit in settled}
    others = [line for line in undoing.lines if line.outcome == "done" and (line.subject, line.field) not in answered]
    counted = Counter(line.kind for line in others)
    for kind, what in _CONFLICTS.items():
        if counted[kind]:
            noun = "conflict that run" if counted[kind] == 1 else "conflicts that run"
            message = f"left as they are: {counted[kind]} {noun} {undoing.run} {what}"
            yield Line(kind, f"run:{undoing.run}", None, "register", outcome="skipped", message=message)
