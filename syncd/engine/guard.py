"""Brakes: a plan is weighed before its first write, and held when it looks like an accident (S-70, S-71, S-73)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.values.equality import is_empty

if TYPE_CHECKING:
    from syncd.engine.lines import Line
    from syncd.engine.plan import Plan


@dataclass(frozen=True, slots=True)
class Limits:
    """The brakes' settings of one connection."""

    max_changes_percent: int = 20
    max_changes_minimum: int = 20
    max_deactivations: int = 5
    approve_first_run: bool = True


@dataclass(frozen=True, slots=True)
class Totals:
    """What the brakes measure against: counts of customers.

    ``accounting`` and ``register`` are read now; ``*_before`` were read by the last complete read (None: never).
    ``known`` remote ids were linked before, ``found`` of them were listed (full runs only). ``listed_total`` is the
    vendor's own count, None where it agrees with the rows.
    """

    linked: int = 0
    accounting: int | None = None
    accounting_before: int | None = None
    register: int | None = None
    register_before: int | None = None
    known: int = 0
    found: int = 0
    listed_total: int | None = None
    first_run: bool = False
    first_references: bool = False
    mapping_dropped: tuple[str, ...] = ()
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Why a plan is held, with what to do about it."""

    code: str
    message: str


KNOWN_MINIMUM = 20
KNOWN_PERCENT = 80
_A_FEW = 2


@dataclass(frozen=True, slots=True)
class _Load:
    """A plan's writes, counted by customer."""

    changed: frozenset[str]
    deactivated: frozenset[str]
    blanked: frozenset[str]
    commonest: tuple[str, int] | None
    references: frozenset[str]
    totals: Totals
    limits: Limits


def weigh(plan: Plan, totals: Totals, limits: Limits) -> tuple[Held, ...]:
    """Return every brake that holds this plan; none means: go on."""
    load = _load(plan.lines(), totals, limits)
    found = (brake(load) for brake in _BRAKES)
    return tuple(held for held in found if held is not None)


def _load(lines: tuple[Line, ...], totals: Totals, limits: Limits) -> _Load:
    planned = [line for line in lines if line.outcome == "planned"]
    per_field = Counter(field for _, field in {(line.subject, line.field) for line in planned if line.field})
    return _Load(
        changed=frozenset(line.subject for line in planned),
        deactivated=frozenset(line.subject for line in planned if line.kind == "deactivate"),
        blanked=frozenset(line.subject for line in planned if _blanks(line)),
        commonest=max(per_field.items(), key=lambda item: (item[1], item[0]), default=None),
        references=frozenset(line.subject for line in planned if line.kind == "our_reference"),
        totals=totals,
        limits=limits,
    )


def _blanks(line: Line) -> bool:
    shown = (line.before, line.after)
    before, after = (value if isinstance(value, str | bool) else None for value in shown)
    return line.field is not None and not is_empty(before) and is_empty(after)


def _first_run(load: _Load) -> Held | None:
    if not (load.totals.first_run and load.limits.approve_first_run):
        return None
    return Held("first_run", f"first run: {_customers(len(load.changed))} would change")


def _first_references(load: _Load) -> Held | None:
    if not load.totals.first_references or not load.references or not load.limits.approve_first_run:
        return None
    count = _customers(len(load.references))
    return Held("first_references", f"our reference was switched on: documents of {count} would be written")


def _many_changes(load: _Load) -> Held | None:
    limits, count = load.limits, len(load.changed)
    allowed = max(limits.max_changes_minimum, limits.max_changes_percent * load.totals.linked / 100)
    if load.totals.first_run or count <= allowed:
        return None
    return Held("many_changes", f"{_customers(count)} would change, more than the {allowed:g} allowed in one run")


def _deactivations(load: _Load) -> Held | None:
    lost = load.deactivated | load.blanked if load.totals.linked > load.limits.max_changes_minimum else load.deactivated
    if load.totals.first_run or len(lost) <= load.limits.max_deactivations:
        return None
    code = "mass_blanking" if len(load.deactivated) <= load.limits.max_deactivations else "many_deactivations"
    what = "be deactivated or lose a value" if code == "mass_blanking" else "be deactivated"
    count = len(lost) if code == "mass_blanking" else len(load.deactivated)
    return Held(
        code, f"{_customers(count)} would {what}, more than the {load.limits.max_deactivations} allowed in one run"
    )


def _all_changed(load: _Load) -> Held | None:
    if load.commonest is None or load.totals.linked <= load.limits.max_changes_minimum:
        return None
    name, count = load.commonest
    if count * 2 <= load.totals.linked:
        return None
    return Held("all_changed", f"{name} would change on {count} of {load.totals.linked} customers")


def _shrunk_accounting(load: _Load) -> Held | None:
    return _shrunk("accounting", load.totals.accounting, load.totals.accounting_before, load)


def _shrunk_register(load: _Load) -> Held | None:
    return _shrunk("the register", load.totals.register, load.totals.register_before, load)


def _shrunk(side: str, now: int | None, before: int | None, load: _Load) -> Held | None:
    """Empty or suddenly halved since the last complete read; on a first run only where links exist already (S-71).

    One or two customers that have gone are questions of their own, not a halved side.
    """
    if now is None or (load.totals.first_run and not load.totals.linked):
        return None
    if now == 0 and (before or load.totals.linked):
        return Held("empty_side", f"{side} is empty, it held {_customers(before or load.totals.linked)} before")
    gone = (before or 0) - now
    if before and gone > _A_FEW and gone * 2 >= before:
        return Held("halved_side", f"{side} holds {_customers(now)}, it held {before} before")
    return None


def _customers(count: int) -> str:
    return "1 customer" if count == 1 else f"{count} customers"


def _incomplete(load: _Load) -> Held | None:
    totals = load.totals
    if totals.listed_total is None or not totals.first_run:
        return None
    return Held(
        "incomplete_listing", f"accounting says {_customers(totals.listed_total)} but showed {totals.accounting}"
    )


def _unknown_ids(load: _Load) -> Held | None:
    totals = load.totals
    if totals.known < KNOWN_MINIMUM or totals.found * 100 >= totals.known * KNOWN_PERCENT:
        return None
    return Held("records_vanished", f"only {totals.found} of {totals.known} linked customers are still in accounting")


def _mapping(load: _Load) -> Held | None:
    if not load.totals.mapping_dropped:
        return None
    dropped = ", ".join(load.totals.mapping_dropped)
    return Held("mapping_changed", f"these fields are no longer synchronised as before: {dropped}")


def _restored(load: _Load) -> Held | None:
    if not load.totals.restored:
        return None
    return Held("restored_database", "the database is older than the last run: it was restored from a backup")


_BRAKES = (
    _restored,
    _incomplete,
    _shrunk_accounting,
    _shrunk_register,
    _unknown_ids,
    _mapping,
    _first_run,
    _first_references,
    _many_changes,
    _deactivations,
    _all_changed,
)
