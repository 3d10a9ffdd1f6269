"""Gather: from the work list (or everything) to pairs, and from pairs to a plan. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.engine.actions import Decision, Update
from syncd.engine.decide import decide
from syncd.engine.match import match
from syncd.engine.numbers import Numbers, freed
from syncd.engine.plan import Plan, in_order, look_alikes
from syncd.engine.reference import Referenced, Technician, judge_reference, misfit_question
from syncd.engine.state import Pair
from syncd.engine.whereabouts import agrees
from syncd.services.conflict_answers import Pending, pending
from syncd.services.sync.population import population

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from syncd.engine.actions import SetReference
    from syncd.engine.state import Link, Local
    from syncd.ports.records import Half, Touches
    from syncd.ports.work import Work
    from syncd.services.sync.context import RunContext
    from syncd.services.sync.population import Population
    from syncd.values.records import RemoteRecord

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Gathered:
    """A plan, what it was made from, and which part of the work list it answers.

    ``subjects`` are those that were judged (None: all, those without records included); ``settled`` are the conflicts
    that an undo settles, the only ones that it judges.
    """

    plan: Plan
    touches: Touches
    waiting: Pending
    people: Population
    subjects: frozenset[str] | None = None
    postponed: frozenset[int] = frozenset()
    settled: frozenset[tuple[str, str, str]] | None = None

    def judged(self, subject: str, key: tuple[str, str, str]) -> bool:
        """Whether this run looked at what a conflict is about."""
        if self.settled is not None:
            return key in self.settled
        return self.subjects is None or subject in self.subjects


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A pair by ids, before its records are loaded."""

    customer_id: int | None
    remote_id: str | None
    link: Link | None = None
    sent_by: int | None = None


def gather(ctx: RunContext) -> Gathered:
    """Look at everything that may have moved, decide it, and return the plan."""
    with ctx.store.reading() as work:
        touches = work.links.touches(ctx.id)
        waiting = pending(work.conflicts.pending(ctx.id))
        ctx.waiting = frozenset(conflict.subject for conflict in waiting.conflicts)
        ctx.heard = waiting.answered
        postponed = frozenset() if ctx.full else work.links.failing(ctx.id, ctx.counter, touches.customers)
        sketches = _sketches(ctx, work, replace(touches, customers=touches.customers - postponed), waiting)
        decisions: list[Decision] = []
        subjects: set[str] = set()
        for start in range(0, len(sketches), CHUNK):
            part = _decided(ctx, work, sketches[start : start + CHUNK], waiting)
            subjects.update(key for d in part for key in keys(d.pair))
            decisions += [d for d in part if d.action is not None or d.questions or d.carried]
            ctx.progress("compare", min(start + CHUNK, len(sketches)), len(sketches))
            ctx.check_stop()
        references, asked = _references(ctx, work, touches, decisions, waiting)
        plan = Plan(in_order((*look_alikes(decisions), *asked)), references)
        judged = None if ctx.whole else frozenset(subjects)
        people = population(ctx, work, moved=bool(touches.entries or waiting.conflicts))
        return Gathered(plan, touches, waiting, people, judged, postponed)


def keys(pair: Pair) -> tuple[str, ...]:
    """Every subject under which a pair's conflicts may be known."""
    found = [pair.key]
    if pair.remote is not None:
        found.append(f"remote:{pair.remote.remote_id}")
        if pair.remote.number:
            found.append(f"number:{pair.remote.number}")
    return tuple(dict.fromkeys(found))


def _sketches(ctx: RunContext, work: Work, touches: Touches, waiting: Pending) -> list[_Sketch]:
    if ctx.order.customer is not None:
        customers, remotes = _one(ctx, work, ctx.order.customer)
        around = _scoped(ctx, work, customers, remotes)
        return [s for s in around if s.customer_id in customers or s.remote_id in remotes]
    customers, remotes = _waiting_ids(ctx, work, waiting)
    if not ctx.full:
        return _scoped(ctx, work, touches.customers | customers, touches.remotes | remotes)
    links = work.links.all(ctx.id) if ctx.everything else work.links.stale(ctx.id)
    chosen = {link.id: link for link in links}
    chosen.update((link.id, link) for link in work.links.of_customers(ctx.id, customers).values())
    ours, theirs = work.links.free(ctx.id, ctx.connection.group_id)
    return [*_linked(chosen.values()), *_free(ctx, ours, theirs)]


def _one(ctx: RunContext, work: Work, number: str) -> tuple[set[int], set[str]]:
    local = work.customers.find(ctx.connection.group_id, number)
    return ({local.id} if local is not None else set()), set(work.mirrors.with_number(ctx.id, [number]))


def _waiting_ids(ctx: RunContext, work: Work, waiting: Pending) -> tuple[set[int], set[str]]:
    """Customers with a pending conflict are looked at in every run: to see it again, close it or carry it out."""
    customers = {c.customer_id for c in waiting.conflicts if c.customer_id is not None}
    remotes = {c.remote_id for c in waiting.conflicts if c.remote_id is not None}
    doubled = [c.customer_number for c in waiting.conflicts if c.kind == "duplicate_number" and c.customer_number]
    return customers, remotes | work.mirrors.with_number(ctx.id, doubled)


def _scoped(ctx: RunContext, work: Work, customers: Iterable[int], remotes: Iterable[str]) -> list[_Sketch]:
    """The pairs around these records: their links, and whoever shares a number or organisation number with them."""
    customers, remotes = _with_doubts(ctx, set(customers), set(remotes))
    links = {link.id: link for link in work.links.of_customers(ctx.id, customers).values()}
    links.update((link.id, link) for link in work.links.of_remotes(ctx.id, remotes).values())
    group = ctx.connection.group_id
    ours, theirs = work.links.free_by_id(ctx.id, group, customers, remotes)
    for by in ("number", "organisation_key", "number"):
        wanted = {getattr(half, by) for half in (*ours, *theirs)} - {None}
        more_ours, more_theirs = work.links.free_halves(ctx.id, group, by, wanted)
        ours, theirs = _united(ours, more_ours), _united(theirs, more_theirs)
    return [*_linked(links.values()), *_free(ctx, ours, theirs)]


def _with_doubts(ctx: RunContext, customers: set[int], remotes: set[str]) -> tuple[set[int], set[str]]:
    """A customer that was sent without an answer comes with the record that may be it, and the other way round."""
    concerned = [(c, r) for c, (r, _) in ctx.doubts.items() if c in customers or r in remotes]
    return customers | {c for c, _ in concerned}, remotes | {r for _, r in concerned}


def _united(one: list[Half], other: list[Half]) -> list[Half]:
    return list({half.id: half for half in (*one, *other)}.values())


def _linked(links: Iterable[Link]) -> Iterator[_Sketch]:
    for link in sorted(links, key=lambda link: link.id):
        yield _Sketch(link.customer_id, link.remote_id, link)


def _free(ctx: RunContext, ours: list[Half], theirs: list[Half]) -> Iterator[_Sketch]:
    known = {half.id for half in (*ours, *theirs)}
    doubts = {c: r for c, r in ctx.doubts.items() if c in known and r[0] in known}
    for customer, (remote, run) in doubts.items():
        yield _Sketch(customer, remote, sent_by=run)
    asked = {remote for remote, _ in doubts.values()}
    ours = [half for half in ours if half.id not in doubts and half.id not in ctx.unsought]
    theirs = [half for half in theirs if half.id not in asked]
    found = match(sorted(ours, key=_order), sorted(theirs, key=_order))
    for here, there in (*found.by_number, *found.twins):
        yield _Sketch(int(here.id), str(there.id))
    for half in found.only_here:
        yield _Sketch(int(half.id), None)
    for half in found.only_there:
        yield _Sketch(None, str(half.id))


def _order(half: Half) -> tuple[str, str]:
    """The same order on either database, whatever its collation."""
    return half.number or "", str(half.id)


def _decided(ctx: RunContext, work: Work, sketches: list[_Sketch], waiting: Pending) -> list[Decision]:
    pairs = _load(ctx, work, sketches, waiting)
    numbers = numbers_around(ctx, work, pairs)
    return [decision for pair in pairs for decision in decide(pair, ctx.rules, numbers)]


def _load(ctx: RunContext, work: Work, sketches: list[_Sketch], waiting: Pending) -> list[Pair]:
    locals_ = {c.id: c for c in work.customers.load_many([s.customer_id for s in sketches if s.customer_id])}
    remotes = work.mirrors.load(ctx.id, [s.remote_id for s in sketches if s.remote_id])
    pairs = (
        (s, load_pair(ctx, locals_.get(s.customer_id or 0), remotes.get(s.remote_id or ""), s.link, waiting))
        for s in sketches
    )
    if not (ctx.doubts or ctx.lost):
        return [pair for _, pair in pairs]
    return [replace(pair, sent_by=sketch.sent_by, copy_of=_copied(ctx, pair)) for sketch, pair in pairs]


def _copied(ctx: RunContext, pair: Pair) -> str | None:
    """The customer that was sent again although this record, which is nobody's, may be the first of it (S-42)."""
    if pair.local is not None or pair.link is not None or pair.remote is None:
        return None
    remote, lost = pair.remote, ctx.lost
    return next((i.number for i in lost if agrees(i.sent.get("accounting", {}), remote, ctx.rules)), None)


def load_pair(
    ctx: RunContext, local: Local | None, remote: RemoteRecord | None, link: Link | None, waiting: Pending
) -> Pair:
    """Put a pair together with what people answered about it."""
    bare = Pair(local, remote, _based(ctx, link))
    if waiting.is_silent:
        return bare
    answers, refused = waiting.of(*keys(bare))
    return replace(bare, answers=answers, refused=refused)


def _based(ctx: RunContext, link: Link | None) -> Link | None:
    """The link without what was agreed on while a field stood in another place of accounting: it meets anew (S-29)."""
    if link is None or not ctx.moved:
        return link
    return replace(link, base={name: agreed for name, agreed in link.base.items() if name not in ctx.moved})


def decided_anew(ctx: RunContext, work: Work, pairs: Sequence[Pair]) -> list[Decision]:
    """Decide pairs from what the database holds of both sides now; a pair without anything left is left out."""
    ids = [pair.local.id for pair in pairs if pair.local is not None]
    locals_ = {local.id: local for local in work.customers.load_many(ids)}
    links = work.links.of_customers(ctx.id, locals_)
    sketches = [_sketch_again(pair, links) for pair in pairs]
    remotes = work.mirrors.load(ctx.id, [s.remote_id for s in sketches if s.remote_id])
    waiting = pending(work.conflicts.pending(ctx.id))
    fresh = [
        load_pair(ctx, locals_.get(s.customer_id or 0), remotes.get(s.remote_id or ""), s.link, waiting)
        for s in sketches
    ]
    numbers = numbers_around(ctx, work, fresh)
    return [decision for pair in fresh for decision in decide(pair, ctx.rules, numbers)[:1]]


def _sketch_again(pair: Pair, links: Mapping[int, Link]) -> _Sketch:
    """The pair by ids, with the link that its customer has now."""
    customer_id = pair.local.id if pair.local is not None else None
    link = links.get(customer_id or 0)
    remote_id = pair.remote.remote_id if pair.remote is not None else None
    return _Sketch(customer_id, link.remote_id if link is not None else remote_id, link)


def numbers_around(ctx: RunContext, work: Work, pairs: list[Pair]) -> Numbers:
    """What is known of the numbers these pairs hold or would be given, numbers freed by the same plan left out."""
    wanted_here = {str(p.remote.number) for p in pairs if p.remote is not None and p.remote.number and _differs(p)}
    wanted_there = {p.local.number for p in pairs if p.local is not None and _differs(p)}
    held = {str(p.remote.number) for p in pairs if p.remote is not None and p.remote.number}
    taken_here = frozenset(work.customers.taken_numbers(ctx.connection.group_id, wanted_here))
    taken_there = work.links.numbers_in_accounting(ctx.id, wanted_there)
    doubled = work.links.doubled_numbers(ctx.id, held | wanted_there)
    here, there = _moves(pair for pair in pairs if pair.remote is None or pair.remote.number not in doubled)
    return Numbers(taken_here - freed(here, taken_here), taken_there - freed(there, taken_there), doubled)


def _moves(pairs: Iterable[Pair]) -> tuple[dict[str, str], dict[str, str]]:
    """The renumberings under way, old number → new, in the register and in accounting."""
    here: dict[str, str] = {}
    there: dict[str, str] = {}
    for pair in pairs:
        if pair.link is None or pair.local is None or pair.remote is None or not _differs(pair):
            continue
        if "number" in pair.link.undone:
            continue
        ours, theirs = pair.local.number, str(pair.remote.number)
        if _moved_there(pair):
            here[ours] = theirs
        else:
            there[theirs] = ours
    return here, there


def _differs(pair: Pair) -> bool:
    if pair.local is None or pair.remote is None:
        return True
    return pair.local.number != pair.remote.number


def _moved_there(pair: Pair) -> bool:
    """Whether accounting is the side that renumbered."""
    base = pair.link.base.get("number") if pair.link is not None else None
    return base is not None and pair.remote is not None and pair.remote.number != base.accounting


def _references(
    ctx: RunContext, work: Work, touches: Touches, decisions: list[Decision], waiting: Pending
) -> tuple[tuple[SetReference, ...], tuple[Decision, ...]]:
    """Open documents whose reference is to be written, and customers whose reference does not fit (S-30 to S-34)."""
    if ctx.references is None:
        return (), ()
    found: list[SetReference] = []
    asked: dict[int, Decision] = {}
    for customer, case in _documents(ctx, work, touches, decisions, waiting):
        action = judge_reference(case, ctx.references)
        found += [action] if action is not None else []
        question = misfit_question(case, ctx.references, customer.name)
        if question is not None:
            asked[customer.id] = Decision(Pair(customer), questions=(question,))
    return tuple(found), tuple(asked.values())


def _documents(
    ctx: RunContext, work: Work, touches: Touches, decisions: list[Decision], waiting: Pending
) -> Iterator[tuple[Local, Referenced]]:
    """Open documents of customers that are or will be linked, as far as anything about them may have moved."""
    joining = dict(_joining(decisions))
    mark = ctx.references.mark if ctx.references is not None else None
    others = ctx.connection.progress.get("references_done") != mark
    everywhere = ctx.full or (others and ctx.order.customer is None)
    remotes = None if everywhere else _referenced(ctx, work, touches, waiting) | joining.keys()
    documents = work.mirrors.open_documents(ctx.id, remotes)
    links = work.links.of_remotes(ctx.id, {d.document.customer_id for d in documents})
    owners = {remote_id: link.customer_id for remote_id, link in links.items()}
    owners.update(joining)
    locals_ = {c.id: c for c in work.customers.load_many(sorted(set(owners.values())))}
    technicians = technicians_of(work, set(owners.values()))
    for item in documents:
        customer = locals_.get(owners.get(item.document.customer_id, 0))
        if customer is None:
            continue
        named = technicians.get(customer.id, ())
        yield customer, Referenced(item.document, f"customer:{customer.id}", customer.number, named, item.noted)


def technicians_of(work: Work, customer_ids: Iterable[int]) -> dict[int, tuple[Technician, ...]]:
    """The technicians of customers, the responsible one first."""
    assigned = work.customers.assigned(sorted(customer_ids))
    return {
        customer_id: tuple(Technician(u.name, u.phone, u.email, u.employee_number) for u in users)
        for customer_id, users in assigned.items()
    }


def _joining(decisions: list[Decision]) -> Iterator[tuple[str, int]]:
    """The remote and own ids of pairs that this plan links."""
    for decision in decisions:
        pair = decision.pair
        joins = pair.link is None and isinstance(decision.action, Update)
        if joins and pair.remote is not None and pair.local is not None:
            yield pair.remote.remote_id, pair.local.id


def _referenced(ctx: RunContext, work: Work, touches: Touches, waiting: Pending) -> set[str]:
    """The remote customers whose documents may want another reference."""
    if ctx.order.customer is not None:
        return _one(ctx, work, ctx.order.customer)[1]
    asked = {c.customer_id for c in waiting.conflicts if c.field == "our_reference" and c.customer_id is not None}
    links = work.links.of_customers(ctx.id, touches.customers | asked)
    return set(touches.references) | {link.remote_id for link in links.values()}
