"""What holds for every customer, whatever its values, base, directions and policies."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.engine.actions import Update, Write
from syncd.engine.guard import Limits, Totals, weigh
from syncd.engine.match import match
from syncd.engine.plan import in_order
from syncd.engine.state import Agreed, Pair
from syncd.values.equality import is_empty
from syncd.values.units import UNITS
from tests.engine.builders import (
    Case,
    a_case,
    a_change,
    a_create,
    a_customer,
    a_deactivation,
    a_link,
    a_plan,
    a_record,
    a_reference,
    an_import,
    an_update,
    carried_out,
    decided,
    some_rules,
    updated,
)

if TYPE_CHECKING:
    from syncd.engine.actions import Decision
    from syncd.engine.judge import Verdict
    from syncd.engine.rules import Rules
    from syncd.register.fields import Value

MANY = settings(max_examples=100, deadline=None)
SOME = settings(max_examples=50, deadline=None)

DIRECTIONS = st.sampled_from(["both", "to_accounting", "from_accounting"])
POLICIES = st.sampled_from(["ask", "register", "accounting", "newest"])
FIRST = st.sampled_from(["ask", "register", "accounting"])
TEXTS: st.SearchStrategy[Value] = st.sampled_from([None, "", "  ", "a", "A", " a ", "b", "c"])
POOLS: dict[str, st.SearchStrategy[Value]] = {
    "phone": st.sampled_from([None, "", "08-11 11 11", "+46 8 11 11 11", "08-22 22 22", "växel"]),
    "type": st.sampled_from(["company", "private"]),
    "discount_percentage": st.sampled_from([None, "0", "0.00", "5", "5.0", "10"]),
    "invoice_country": st.sampled_from([None, "SE", "se", "NO"]),
    "contact_email": st.sampled_from([None, "a@b.se", "A@B.se", "c@d.se"]),
}


@st.composite
def cases(draw: st.DrawFn, *, based: bool | None = None, units: tuple[str, ...] = ()) -> Case:
    """Any unit in any state; ``based`` False: nothing was ever agreed on."""
    chosen = units or ("phone", "type", "email", "discount_percentage", "invoice_address", "contact")
    unit = draw(st.sampled_from(chosen))
    names = UNITS[unit].members
    pools = {name: POOLS.get(name, TEXTS) for name in names}
    register, accounting = ({name: draw(pools[name]) for name in names} for _ in "12")
    known = [n for n in names if draw(st.booleans())] if draw(st.booleans()) else list(names)
    base = {name: draw(st.builds(Agreed, pools[name], pools[name])) for name in known if based is not False}
    return a_case(
        unit,
        register,
        accounting,
        base,
        direction=draw(DIRECTIONS),
        first_link=draw(FIRST),
        conflict_policy=draw(POLICIES),
        untouched=[n for n in names if n == "type" and draw(st.booleans())],
    )


def writes(verdict: Verdict) -> bool:
    """Whether a verdict changes anything."""
    return bool(verdict.take or verdict.push)


@MANY
@given(cases())
def test_no_value_is_invented_and_a_clash_touches_nothing(case: Case) -> None:
    """Whatever a side holds afterwards, one of the two sides held before; an open question changes neither."""
    verdict, sides = case.verdict, case.sides
    assert all(value == sides.accounting[name] for name, value in verdict.take.items())
    assert all(value == sides.register[name] for name, value in verdict.push.items())
    assert not verdict.take.keys() & verdict.push.keys()
    assert not (verdict.clash and (writes(verdict) or verdict.agree))


@MANY
@given(cases())
def test_nothing_is_written_against_the_direction(case: Case) -> None:
    """A field that goes one way only is never written the other way."""
    direction = case.sides.rules.direction(case.sides.unit)
    assert not (case.verdict.take and direction == "to_accounting")
    assert not (case.verdict.push and direction == "from_accounting")


@MANY
@given(cases())
def test_only_members_that_differ_are_written(case: Case) -> None:
    """Noise alone never causes a write."""
    assert {*case.verdict.take, *case.verdict.push} <= set(case.sides.differing)


@MANY
@given(cases())
def test_a_second_look_finds_nothing_to_do(case: Case) -> None:
    """What was carried out once is not planned again (S-26)."""
    after = case.after()
    assert not writes(after.verdict)
    assert after.verdict.clash == case.verdict.clash


@MANY
@given(cases(based=False))
def test_without_a_base_nothing_empty_is_written_over_something(case: Case) -> None:
    """At the first link no customer loses a value (S-29)."""
    assert not any(is_empty(value) for value in (*case.verdict.take.values(), *case.verdict.push.values()))


@MANY
@given(cases())
def test_nothing_empty_is_written_by_a_side_that_never_held_a_value(case: Case) -> None:
    """Only a field that was filled and then cleared is an erasure (S-28, S-29)."""
    base = case.sides.base
    for name, value in case.verdict.push.items():
        assert not is_empty(value) or not is_empty(base[name].register)
    for name, value in case.verdict.take.items():
        assert not is_empty(value) or not is_empty(base[name].accounting)


@MANY
@given(cases(units=("invoice_address", "contact")))
def test_a_group_is_one_sides_where_both_filled_it_differently(case: Case) -> None:
    """A street from one side never meets a postal code from the other (S-27)."""
    sides = case.sides
    both = [n for n in sides.differing if not is_empty(sides.register[n]) and not is_empty(sides.accounting[n])]
    if not both:
        return
    ours, theirs = sides.register, sides.accounting
    for result in (case.register, case.accounting):
        assert sides.rules.all_same(sides.names, result, ours) or sides.rules.all_same(sides.names, result, theirs)


@MANY
@given(cases(units=("invoice_address", "contact")))
def test_a_group_is_only_put_together_where_something_agrees(case: Case) -> None:
    """Two halves become one address only when they have a part in common (S-27, S-29)."""
    if case.verdict.take and case.verdict.push:
        names = [name for name in case.sides.names if name not in case.sides.differing]
        assert any(not case.sides.rules.same(name, case.sides.register[name], None) for name in names)


@MANY
@given(cases())
def test_the_base_moves_only_where_nothing_is_left_to_write(case: Case) -> None:
    """A base is what both sides hold, and never that of a field still to be written (S-25)."""
    verdict = case.verdict
    assert not verdict.agree.keys() & {*verdict.take, *verdict.push}
    for name, agreed in verdict.agree.items():
        assert agreed == Agreed(case.sides.register[name], case.sides.accounting[name])


# Whole customers

FIELDS = ("phone", "email", "type", "discount_percentage", *UNITS["invoice_address"].members)


@dataclass(frozen=True)
class Customer:
    """A pair with the rules it is judged by."""

    pair: Pair
    rules: Rules


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    """A pair in any state, linked or not, with any directions."""

    def values() -> dict[str, Any]:
        return {name: draw(POOLS.get(name, TEXTS)) for name in FIELDS}

    units = ("phone", "email", "type", "discount_percentage", "invoice_address")
    rules = some_rules(
        directions={unit: draw(DIRECTIONS) for unit in units},
        first_link=draw(FIRST),
        conflict_policy=draw(POLICIES),
        system={"limits": {"email": 1}},
    )
    base = {name: Agreed(draw(POOLS.get(name, TEXTS)), draw(POOLS.get(name, TEXTS))) for name in FIELDS}
    linked = a_link(base) if draw(st.booleans()) else None
    defaulted = ["type"] if draw(st.booleans()) else []
    return Customer(Pair(a_customer("1", defaulted=defaulted, **values()), a_record("1", **values()), linked), rules)


@MANY
@given(customers())
def test_a_second_run_plans_nothing(customer: Customer) -> None:
    """A run right after a run writes nothing and asks only what was asked before (S-26)."""
    first = decided(customer.pair, customer.rules)
    again = decided(carried_out(customer.pair, updated(customer.pair, customer.rules)), customer.rules)
    assert isinstance(again.action, Update)
    assert not again.action.writes
    assert {q.key for q in again.questions} <= {q.key for q in first.questions}


@MANY
@given(customers())
def test_no_unit_is_both_asked_about_and_written(customer: Customer) -> None:
    """A field that a person is asked about is left alone until he answers."""
    decision = decided(customer.pair, customer.rules)
    assert isinstance(decision.action, Update)
    touched = {write.field for write in (*decision.action.take, *decision.action.push)}
    open_fields = {name for q in decision.questions if q.field for name in UNITS[q.field].members}
    assert not open_fields & (touched | decision.action.agree.keys())


# Matching


@dataclass(frozen=True)
class Half:
    """A free record."""

    id: int | str
    number: str | None
    organisation_key: str | None


NUMBERS = st.sampled_from(["1", "2", "3", "4", "01"])
KEYS = st.sampled_from([None, None, "x", "y"])


@st.composite
def halves(draw: st.DrawFn) -> tuple[list[Half], list[Half]]:
    """Both sides' free records; the register's numbers are unique, accounting's need not be."""
    ours = [Half(i, number, draw(KEYS)) for i, number in enumerate(draw(st.lists(NUMBERS, unique=True)))]
    theirs = [Half(f"r{i}", n, draw(KEYS)) for i, n in enumerate(draw(st.lists(st.none() | NUMBERS, max_size=6)))]
    return ours, theirs


@SOME
@given(halves(), st.data())
def test_every_record_ends_up_in_one_place(sides: tuple[list[Half], list[Half]], data: st.DataObject) -> None:
    """No customer is forgotten and none is both linked and created."""
    ours, theirs = sides
    pairs = [(a.id, b.id) for a in ours for b in theirs]
    apart = frozenset(data.draw(st.lists(st.sampled_from(pairs), max_size=4))) if pairs else frozenset()
    found = match(ours, theirs, apart)
    here = [*{a.id for a, _ in found.by_number}, *(a.id for a, _ in found.twins), *(h.id for h in found.only_here)]
    there = [
        *(b.id for _, b in found.by_number),
        *(b.id for _, b in found.twins),
        *(h.id for h in found.only_there),
    ]
    placed = [*here, *there, *(h.id for h in found.waiting)]
    assert sorted(map(str, placed)) == sorted(str(h.id) for h in (*ours, *theirs))
    assert not any((a.id, b.id) in apart for a, b in found.twins)


@SOME
@given(halves())
def test_no_create_beside_the_same_organisation_number(sides: tuple[list[Half], list[Half]]) -> None:
    """A customer is never created where an unlinked one has its organisation number (S-13)."""
    found = match(*sides)
    free = {h.organisation_key for h in (*found.only_here, *(b for b, _ in found.twins)) if h.organisation_key}
    assert not free & {h.organisation_key for h in (*found.only_there, *(b for _, b in found.twins))} - {
        b.organisation_key for _, b in found.twins
    }
    asked = {b.organisation_key for _, b in found.twins}
    assert not asked & {h.organisation_key for h in (*found.only_here, *found.only_there)}


# Plans

DECISIONS = st.one_of(
    st.builds(a_change, st.integers(1, 4), st.sampled_from(["phone", "email"]), after=st.sampled_from(["1", None])),
    st.builds(a_deactivation, st.integers(1, 4)),
    st.builds(lambda i: a_create(f"n{i}", id=i), st.integers(1, 4)),
    st.builds(lambda i: an_import(f"m{i}", remote_id=f"r{i}"), st.integers(1, 4)),
)


@SOME
@given(st.lists(DECISIONS, max_size=6), st.randoms(use_true_random=False))
def test_the_marks_of_a_plan_do_not_depend_on_its_order(decisions: list[Decision], random: object) -> None:
    """An approval covers the plan, not the order in which it happens to be listed (S-70)."""
    shuffled = list(decisions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    references = [a_reference(1, remote_id="d-1"), a_reference(2, remote_id="d-2")]
    one = a_plan(*decisions, references=references).marks()
    assert one == a_plan(*shuffled, references=reversed(references)).marks()
    assert one == a_plan(*in_order(decisions), references=references).marks()


@SOME
@given(st.lists(DECISIONS, max_size=8), DECISIONS, st.integers(0, 30), st.integers(0, 3), st.booleans())
def test_a_bigger_plan_is_never_let_through_where_a_smaller_one_is_held(
    decisions: list[Decision], more: Decision, linked: int, limit: int, first_run: object
) -> None:
    """Adding a change to a held plan never releases it."""
    totals = Totals(linked=linked, first_run=bool(first_run))
    limits = Limits(max_changes_minimum=limit, max_deactivations=limit, approve_first_run=False)
    smaller, bigger = weigh(a_plan(*decisions), totals, limits), weigh(a_plan(*decisions, more), totals, limits)
    assert not smaller or bigger


@SOME
@given(st.permutations(range(1, 7)), st.integers(1, 6), st.sampled_from(["accounting", "register"]))
def test_a_number_is_given_up_before_it_is_given_away(order: list[int], length: int, side: str) -> None:
    """Renumbering a whole series by one works whatever the order of the customers (S-63)."""
    moves = {i: Write("number", str(i), str(i + 1)) for i in range(1, length + 1)}
    by_side = {i: {"push" if side == "accounting" else "take": [w]} for i, w in moves.items()}
    decisions = [an_update(i, **by_side.get(i, {})) for i in order]
    placed = in_order(decisions)
    assert sorted(map(id, placed)) == sorted(map(id, decisions))
    held = {str(i) for i in moves}
    for decision in placed:
        assert isinstance(decision.action, Update)
        for write in (*decision.action.take, *decision.action.push):
            assert write.after not in held
            held.remove(str(write.before))
            held.add(str(write.after))


def test_every_order_of_a_swap_keeps_both_customers() -> None:
    """Two customers that swap numbers are both carried out, once."""
    one = an_update(1, push=[Write("number", "1", "2")])
    other = an_update(2, push=[Write("number", "2", "1")])
    for order in permutations([one, other]):
        assert sorted(map(id, in_order(order))) == sorted([id(one), id(other)])
