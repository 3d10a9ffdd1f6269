"""A plan: its lines, questions, marks, order and look-alikes (S-10, S-63, S-70)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncd.engine.actions import (
    CreateInAccounting,
    CreateInRegister,
    Decision,
    LeftAlone,
    TakeBack,
    Write,
    digest,
)
from syncd.engine.lines import Line
from syncd.engine.plan import Plan, in_order, look_alikes
from syncd.engine.questions import Question
from syncd.engine.state import Pair
from tests.engine.builders import (
    a_change,
    a_create,
    a_customer,
    a_deactivation,
    a_link,
    a_pair,
    a_plan,
    a_record,
    a_reference,
    an_ending,
    an_import,
    an_update,
)


def notes(*decisions: Decision) -> list[str | None]:
    """The notes on the creates of a plan."""
    actions = [decision.action for decision in look_alikes(decisions)]
    return [a.note for a in actions if isinstance(a, CreateInAccounting | CreateInRegister)]


# Look-alikes: S-10


def test_look_alikes_are_noted_on_both_sides() -> None:
    """0042 here and 42 there are created each, with a word about the other (S-10)."""
    assert notes(a_create("0042"), an_import("42")) == [
        "looks like number 42 on the other side",
        "looks like number 0042 on the other side",
    ]


def test_a_look_alike_that_is_held_up_is_noted_too() -> None:
    """The number on the other side counts also where its own create waits or is off."""
    waiting = Decision(Pair(remote=a_record("42")))
    assert notes(a_create("0042"), waiting) == ["looks like number 42 on the other side"]
    here = Decision(Pair(a_customer("0042")))
    assert notes(here, an_import("42")) == ["looks like number 0042 on the other side"]


def test_look_alikes_on_one_side_or_linked_are_not_noted() -> None:
    """0042 and 42 in one register are somebody's choice, and linked customers are no news."""
    assert notes(a_create("0042"), a_create("42", id=2)) == [None, None]
    assert notes(a_create("0042"), a_change(42)) == [None]
    linked = Pair(a_customer("42", id=2), None, a_link(customer_id=2))
    assert notes(an_import("0042"), Decision(linked)) == [None]
    assert notes(a_create("1"), an_import("2")) == [None, None]


def test_noting_keeps_everything_else() -> None:
    """A note changes no write."""
    decisions = (a_create("0042", phone="08-1"), an_import("42"), a_change())
    for before, after in zip(decisions, look_alikes(decisions), strict=True):
        assert after.pair == before.pair
        if isinstance(before.action, CreateInAccounting | CreateInRegister):
            assert isinstance(after.action, CreateInAccounting | CreateInRegister)
            assert replace(after.action, note=None) == before.action
        else:
            assert after == before


# The order of writes, see S-63


def renumbered(customer: int, old: str, new: str, side: str = "push") -> Decision:
    """A customer whose number changes on one side."""
    return an_update(customer, **{side: [Write("number", old, new)]})


@pytest.mark.parametrize("side", ["take", "push"])
def test_a_chain_is_carried_out_from_its_end(side: str) -> None:
    """1→2→3: number 3 is taken before 2 is given away, on either side (S-63)."""
    one, two, three = (renumbered(i, str(i), str(i + 1), side) for i in (1, 2, 3))
    other = a_change(9)
    assert in_order([one, other, two, three]) == (three, two, one, other)
    assert in_order([three, two, one]) == (three, two, one)


def test_numbers_of_the_two_sides_do_not_wait_for_each_other() -> None:
    """A number given up in the register says nothing about accounting."""
    one, two = renumbered(1, "1", "2", "push"), renumbered(2, "2", "3", "take")
    assert in_order([one, two]) == (one, two)


def test_a_create_waits_for_the_number_it_gets() -> None:
    """A new customer gets a number that another gives up in the same run."""
    create, frees = a_create("2", id=5), renumbered(2, "2", "3")
    assert in_order([create, frees]) == (frees, create)
    taken, given = an_import("2", remote_id="r5"), renumbered(2, "2", "3", "take")
    assert in_order([taken, given]) == (given, taken)
    assert in_order([create, given]) == (create, given)
    assert in_order([taken, frees]) == (taken, frees)


def test_a_swap_is_carried_out_somehow() -> None:
    """Two customers that swap numbers do not stop the plan."""
    one, two = renumbered(1, "1", "2"), renumbered(2, "2", "1")
    assert set(map(id, in_order([one, two]))) == {id(one), id(two)}


def test_thousands_of_customers_may_be_renumbered_at_once() -> None:
    """Shifting a whole register by one is one plan."""
    decisions = [renumbered(i, str(i), str(i + 1)) for i in range(1, 3001)]
    assert in_order(decisions) == tuple(reversed(decisions))


def test_decisions_without_writes_keep_their_place() -> None:
    """Questions and endings are carried out in the order in which they were found."""
    decisions = [an_ending(3), Decision(Pair(a_customer())), a_change(2), a_create("7")]
    assert in_order(decisions) == tuple(decisions)


# Questions


def test_a_question_met_twice_is_one() -> None:
    """Two records with one number are one conflict, the first seen (S-80)."""
    one, two = (Question("duplicate_number", "number:1", "1", name, "m") for name in ("A", "B"))
    pairs = [Decision(Pair(remote=a_record()), questions=(q,)) for q in (one, two)]
    assert a_plan(*pairs).questions() == (one,)
    third = Question("no_number", "remote:r-9", None, "C", "m")
    assert a_plan(*pairs, Decision(Pair(remote=a_record()), questions=(third,))).questions() == (one, third)


# What an approval covers, see S-70


def marks(*decisions: Decision) -> frozenset[str]:
    """What an approval of these decisions covers."""
    return a_plan(*decisions).marks()


def test_the_same_plan_has_the_same_marks() -> None:
    """An approval covers the plan that is computed again from the same state."""
    assert marks(a_change(), a_create()) == marks(a_create(), a_change())
    assert len(marks(a_change(), a_create())) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a_change(1), a_change(2)),
        (a_change(after="1"), a_change(after="2")),
        (a_change(before="1"), a_change(before="2")),
        (a_change(field="phone"), a_change(field="mobile")),
        (a_change(after=None), a_change(after="")),
        (an_update(take=[Write("phone", "1", "2")]), an_update(push=[Write("phone", "1", "2")])),
        (a_create(phone="1"), a_create(phone="2")),
        (an_import(phone="1"), an_import(phone="2")),
        (a_create("1"), a_create("2")),
        (an_ending(there="deactivate"), an_ending(there="delete")),
        (an_ending(here="deactivate"), an_ending(there="deactivate")),
    ],
)
def test_a_plan_that_changed_has_other_marks(one: Decision, other: Decision) -> None:
    """An approval never covers another customer, field, value, or a deletion instead of a deactivation (S-70)."""
    assert marks(one) != marks(other)


def test_another_document_has_another_mark() -> None:
    """An approval does not cover a document that came later."""
    one, other = (a_plan(references=[a_reference(remote_id=remote_id)]).marks() for remote_id in ("d-1", "d-2"))
    assert one != other
    assert len(a_plan(references=[a_reference(remote_id="d-1"), a_reference(remote_id="d-2")]).marks()) == 2
    assert one != a_plan(references=[a_reference(remote_id="d-1", feed="quotes")]).marks()


def test_what_is_only_reported_has_no_mark() -> None:
    """A kept value and a skipped document need no approval."""
    skipped = replace(a_reference(), skipped="kept: a person wrote another reference in accounting")
    assert a_plan(an_ending(), references=[skipped]).marks() == frozenset()


def test_noise_in_a_note_does_not_void_an_approval() -> None:
    """The word about a look-alike is no part of what is written."""
    assert marks(*look_alikes([a_create("0042"), an_import("42")])) == marks(a_create("0042"), an_import("42"))


def test_a_plan_lists_customers_first_and_documents_last() -> None:
    """The report follows the order of the writes."""
    plan = a_plan(a_deactivation(), references=[a_reference()])
    assert [line.kind for line in plan.lines()] == ["deactivate", "our_reference"]


def test_a_digest_tells_values_apart() -> None:
    """Texts and yes/no values that look alike are different writes."""
    assert digest("a", "b") != digest("ab")
    assert digest(None) != digest("None")
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert len(digest("x")) == 32


def test_an_undo_gives_numbers_back_in_their_order() -> None:
    """Whoever gives a number up goes first, as in any plan (S-63)."""
    pair = a_pair()
    first = Decision(pair, TakeBack(pair, push=(Write("number", "2", "1"),)))
    second = Decision(pair, TakeBack(pair, push=(Write("number", "3", "2"),)))
    assert in_order([second, first]) == (first, second)


def test_an_undo_is_marked_by_what_it_writes_and_its_remarks_by_nothing() -> None:
    """What is left alone needs no approval (S-70)."""
    pair = a_pair()
    left = LeftAlone("accounting", "edited since", Write("email", "a", "b"))
    action = TakeBack(pair, push=(Write("phone", "2", "1"),), left=(left,))
    remark = Line("open_conflict", "run:7", None, "register", outcome="skipped", message="left as it is")
    plan = Plan((Decision(pair, action),), remarks=(remark,))
    assert len(plan.marks()) == 1
    assert [line.outcome for line in plan.lines()] == ["planned", "skipped", "skipped"]
