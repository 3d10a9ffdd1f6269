"""An undo after any run, and any run after the undo: nothing is repeated, nothing is spread (S-56)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.engine.actions import TakeBack, Update
from syncd.engine.numbers import Numbers
from syncd.engine.state import Pair
from syncd.engine.undo import Case, undo
from syncd.values.units import UNITS, unit_of
from tests.engine.builders import (
    a_customer,
    a_link,
    a_record,
    carried_out,
    decided,
    footprint_of,
    some_rules,
    taken_back,
)
from tests.engine.builders import written as values

if TYPE_CHECKING:
    from syncd.engine.rules import Rules
    from syncd.register.fields import Value

MANY = settings(max_examples=150, deadline=None)

NAMES = ("phone", "email", "discount_percentage", *UNITS["invoice_address"].members)
WORDS = ("phone", "email", "discount_percentage", "invoice_address")
POOLS: dict[str, st.SearchStrategy[Value]] = {
    "phone": st.sampled_from([None, "", "08-11 11 11", "+46 8 11 11 11", "08-22 22 22", "växel"]),
    "discount_percentage": st.sampled_from([None, "0", "0.00", "5", "5.0", "10"]),
    "invoice_country": st.sampled_from([None, "SE", "se", "NO"]),
}
TEXTS: st.SearchStrategy[Value] = st.sampled_from([None, "", "  ", "a", "A", " a ", "b", "c"])


@dataclass(frozen=True)
class Story:
    """A customer before a run, the rules of that run, and other rules that somebody may set afterwards."""

    pair: Pair
    rules: Rules
    later: Rules


def some_values(draw: st.DrawFn) -> dict[str, Any]:
    return {name: draw(POOLS.get(name, TEXTS)) for name in NAMES}


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    directions = st.sampled_from(["both", "to_accounting", "from_accounting"])
    return some_rules(
        directions={unit: draw(directions) for unit in WORDS},
        first_link=draw(st.sampled_from(["ask", "register", "accounting"])),
        conflict_policy=draw(st.sampled_from(["ask", "register", "accounting"])),
    )


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A customer in any state, linked or about to be."""
    here, there, base = (some_values(draw) for _ in "123")
    link = a_link(base) if draw(st.booleans()) else None
    return Story(Pair(a_customer("1", **here), a_record("1", **there), link), draw(rules()), draw(rules()))


def after_the_run(story: Story) -> Case | None:
    """The customer right after the run, with what the run left behind; None when it wrote nothing."""
    action = decided(story.pair, story.rules).action
    assert isinstance(action, Update)
    return Case(7, footprint_of(action), carried_out(story.pair, action)) if action.writes else None


def undone(case: Case, under: Rules) -> TakeBack:
    action = undo(case, under, Numbers()).action
    assert isinstance(action, TakeBack)
    return action


def sides(pair: Pair) -> tuple[dict[str, Value], dict[str, Value]]:
    assert pair.local is not None
    assert pair.remote is not None
    return {n: pair.local.fields[n] for n in NAMES}, {n: pair.remote.fields[n] for n in NAMES}


def same(under: Rules, one: Pair, other: Pair) -> bool:
    """Whether both sides mean the same in two pairs."""
    return all(under.all_same(NAMES, a, b) for a, b in zip(sides(one), sides(other), strict=True))


def touched(pair: Pair, under: Rules) -> set[str]:
    """The units that a run would write."""
    action = decided(pair, under).action
    assert isinstance(action, Update)
    return {unit_of(write.field).name for write in (*action.take, *action.push)}


@MANY
@given(stories())
def test_both_sides_are_as_before_the_run_and_the_next_run_leaves_them(story: Story) -> None:
    """Whatever the run did, its undo takes it back, and no run does it again."""
    case = after_the_run(story)
    if case is None:
        return
    pair = taken_back(case.pair, undone(case, story.rules))
    assert same(story.rules, pair, story.pair)
    assert touched(pair, story.rules) == set()


@MANY
@given(stories(), st.data())
def test_no_rules_and_no_edits_judge_what_waits(story: Story, data: st.DataObject) -> None:
    """While a unit waits, neither changed settings nor edits on either side make a run write it."""
    case = after_the_run(story)
    if case is None:
        return
    action = undone(case, story.rules)
    pair = taken_back(case.pair, action)
    assert pair.local is not None
    assert pair.remote is not None
    here, there = (data.draw(st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=3)) for _ in "12")
    edited = replace(
        pair,
        local=replace(pair.local, fields={**pair.local.fields, **here}),
        remote=replace(pair.remote, fields={**pair.remote.fields, **there}),
    )
    for one in (pair, edited):
        assert not touched(one, story.later) & (action.undone or {}).keys()


@MANY
@given(stories())
def test_whoever_waits_is_asked_about_and_whoever_agrees_is_not(story: Story) -> None:
    """Each unit that was put back is one open question, unless both sides hold the same again."""
    case = after_the_run(story)
    if case is None:
        return
    decision = undo(case, story.rules, Numbers())
    assert isinstance(decision.action, TakeBack)
    assert {question.field for question in decision.questions} == (decision.action.undone or {}).keys()
    next_run = decided(taken_back(case.pair, decision.action), story.rules)
    asked = {(q.field, str(q.register), str(q.accounting), q.message) for q in next_run.questions}
    assert {(q.field, str(q.register), str(q.accounting), q.message) for q in decision.questions} <= asked


@MANY
@given(stories())
def test_an_undo_can_be_repeated_and_undone(story: Story) -> None:
    """A second one finds nothing; an undo of the undo leads back to where the run had led."""
    case = after_the_run(story)
    if case is None:
        return
    action = undone(case, story.rules)
    pair = taken_back(case.pair, action)
    assert undo(replace(case, pair=pair), story.rules, Numbers()).action is None
    again = undone(Case(8, footprint_of(action), pair), story.rules)
    assert same(story.rules, taken_back(pair, again), case.pair)


@MANY
@given(stories(), st.sampled_from(NAMES), TEXTS)
def test_an_edited_value_is_never_overwritten(story: Story, name: str, value: Value) -> None:
    """What anybody wrote on the side that the run wrote stays as it is."""
    case = after_the_run(story)
    if case is None:
        return
    assert case.pair.local is not None
    assert case.pair.remote is not None
    local, remote = ({**one.fields, name: value} for one in (case.pair.local, case.pair.remote))
    edited = replace(
        case,
        pair=replace(
            case.pair, local=replace(case.pair.local, fields=local), remote=replace(case.pair.remote, fields=remote)
        ),
    )
    action = undo(edited, story.rules, Numbers()).action
    before = {**values(action.take), **values(action.push)} if isinstance(action, TakeBack) else {}
    for one in case.footprint.written:
        if name in one.after and not story.rules.same(name, value, one.after[name]):
            base = case.pair.link.base[name] if case.pair.link is not None else None
            assert base is not None
            assert not (one.after.keys() & before.keys()) or story.rules.same(name, value, base.accounting)
