# ruff: noqa: ANN401 - a builder hands on whatever a test names
"""What is taken back of one customer, and what is left (S-56)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from syncd.engine.actions import CreateInAccounting, CreateInRegister, EndLink, TakeBack, Update
from syncd.engine.footprint import Footprint, Written
from syncd.engine.lines import lines
from syncd.engine.numbers import Numbers
from syncd.engine.state import Agreed, Ended, Link, Pair
from syncd.engine.undo import UNDONE, Case, undo
from syncd.values.fingerprint import fingerprint
from syncd.values.units import UNITS
from tests.engine.builders import (
    a_customer,
    a_link,
    a_pair,
    a_record,
    an_ending,
    asked,
    carried_out,
    decided,
    footprint_of,
    some_rules,
    taken_back,
    updated,
    written,
)

if TYPE_CHECKING:
    from syncd.engine.actions import Decision
    from syncd.engine.rules import Rules

RUN = 7


def after_a_run(rules: Rules | None = None, **sides: Any) -> Case:
    """A customer whose sides differed, right after the run that brought it in step."""
    pair = a_pair(**sides)
    update = updated(pair, rules)
    return Case(RUN, footprint_of(update), carried_out(pair, update))


def undone(case: Case, rules: Rules | None = None, numbers: Numbers | None = None) -> Decision:
    decision = undo(case, rules or some_rules(), numbers or Numbers())
    if not isinstance(decision.action, CreateInAccounting | CreateInRegister):
        assert decision.pair == case.pair
        assert decision.action is None or decision.action.pair == case.pair
    return decision


def action(case: Case, rules: Rules | None = None, numbers: Numbers | None = None) -> TakeBack:
    found = undone(case, rules, numbers).action
    assert isinstance(found, TakeBack)
    return found


def why(decision: Decision) -> list[str]:
    """Why each thing is left alone."""
    assert isinstance(decision.action, TakeBack | EndLink)
    return [item.why for item in decision.action.left]


def edited(case: Case, *, here: dict[str, Any] | None = None, there: dict[str, Any] | None = None) -> Case:
    """The case after somebody's edit."""
    pair = case.pair
    assert pair.local is not None
    assert pair.remote is not None
    local = replace(pair.local, fields={**pair.local.fields, **(here or {})})
    remote = replace(pair.remote, fields={**pair.remote.fields, **(there or {})})
    return replace(case, pair=replace(pair, local=local, remote=remote))


# Values: put back on the side that the run wrote


def test_a_pushed_value_goes_back_in_accounting() -> None:
    """The register keeps its own; the two then wait for a person."""
    case = after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"})
    decision = undone(case)
    assert isinstance(decision.action, TakeBack)
    assert (written(decision.action.push), decision.action.take) == ({"phone": "08-1"}, ())
    assert (decision.action.undone, decision.action.agree) == ({"phone": RUN}, {})
    (question,) = decision.questions
    assert (question.kind, question.field, question.offered) == ("field", "phone", ("register", "accounting", "value"))
    assert (question.base, question.register, question.accounting) == ("08-2", "08-2", "08-1")
    assert question.message == "run 7 was undone: which phone is right?"


def test_a_taken_value_goes_back_in_the_register() -> None:
    """Accounting keeps its own."""
    case = after_a_run(base={"phone": "08-1"}, accounting={"phone": "08-2"})
    assert (written(action(case).take), action(case).push) == ({"phone": "08-1"}, ())


def test_an_erasure_is_undone_and_a_filled_field_is_emptied() -> None:
    """What was empty before is empty again."""
    case = after_a_run(base={"phone": "08-1", "email": None}, register={"phone": None, "email": "a@b.se"})
    assert written(action(case).push) == {"phone": "08-1", "email": None}


def test_what_accounting_altered_counts_as_left_by_the_run() -> None:
    """The vendor's own spelling of what was sent is nobody's edit (S-25)."""
    case = after_a_run(base={"phone": "08-1"}, register={"phone": "växel 2"})
    assert case.pair.link is not None
    altered = edited(case, there={"phone": "VÄXEL 2"})
    base = {**case.pair.link.base, "phone": Agreed("växel 2", "VÄXEL 2")}
    altered = replace(altered, pair=replace(altered.pair, link=replace(case.pair.link, base=base)))
    assert written(action(altered).push) == {"phone": "08-1"}
    assert why(undone(edited(case, there={"phone": "VÄXEL 2"}))) == ["edited since: phone"]
    unlinked = replace(case, pair=replace(case.pair, link=None))
    assert why(undone(edited(unlinked, there={"phone": "VÄXEL 2"}))) == ["edited since: phone"]


def test_what_accounting_altered_is_an_edit_in_the_register() -> None:
    """Whoever types accounting's spelling there has edited what the run took."""
    case = after_a_run(base={"phone": "08-1"}, accounting={"phone": "växel 2"})
    assert case.pair.link is not None
    base = {**case.pair.link.base, "phone": Agreed("växel 2", "VÄXEL 2")}
    altered = replace(case, pair=replace(case.pair, link=replace(case.pair.link, base=base)))
    assert why(undone(edited(altered, here={"phone": "VÄXEL 2"}))) == ["edited since: phone"]


def test_a_second_undo_finds_nothing_to_do() -> None:
    """What stands there again is not written again."""
    case = after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"})
    again = replace(case, pair=taken_back(case.pair, action(case)), asked=frozenset({"phone"}))
    assert (undone(again).action, undone(again).questions) == (None, ())


def test_a_second_undo_asks_what_the_first_was_cut_off_before_asking() -> None:
    """It was put back there and the process died: the undo that goes on asks, not some later run."""
    case = after_a_run(base={"phone": "08-1", "email": "a@b.se"}, register={"phone": "08-2", "email": "b@b.se"})
    again = replace(case, pair=taken_back(case.pair, action(case)), asked=frozenset({"email"}))
    assert (undone(again).action, asked(undone(again))) == (None, [("field", "phone")])


def test_an_undone_undo_leaves_both_sides_in_step() -> None:
    """The mark goes, the base is what both hold."""
    case = after_a_run(base={"phone": "08-1", "email": "a@b.se"}, register={"phone": "08-2"})
    first = action(case)
    second = Case(8, footprint_of(first), taken_back(case.pair, first))
    decision = undone(second)
    assert isinstance(decision.action, TakeBack)
    assert written(decision.action.push) == {"phone": "08-2"}
    assert (decision.action.undone, decision.questions) == ({}, ())
    assert decision.action.agree == {"phone": Agreed("08-2", "08-2")}


@pytest.mark.parametrize("direction", ["both", "to_accounting", "off"])
def test_a_value_goes_back_whatever_the_direction(direction: str) -> None:
    """A field that is no longer synchronised can be undone; it is asked about when it is switched on again."""
    case = after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"})
    rules = some_rules(directions={"phone": direction})
    decision = undone(case, rules)
    assert isinstance(decision.action, TakeBack)
    assert (written(decision.action.push), decision.action.undone) == ({"phone": "08-1"}, {"phone": RUN})
    assert asked(decision) == ([] if direction == "off" else [("field", "phone")])
    later = decided(taken_back(case.pair, decision.action))
    assert asked(later) == [("field", "phone")]


# Edited since


@pytest.mark.parametrize(("side", "word"), [("there", "accounting"), ("here", "register")])
def test_an_edit_on_the_written_side_is_left_alone(side: Any, word: str) -> None:
    """The line names the field and shows what stands there and what would have gone back."""
    moved: dict[str, Any] = {"register" if side == "there" else "accounting": {"phone": "08-2"}}
    case = after_a_run(base={"phone": "08-1"}, **moved)
    decision = undone(edited(case, **{side: {"phone": "08-3"}}))
    assert isinstance(decision.action, TakeBack)
    (line,) = lines(decision.action)
    assert (line.kind, line.before, line.after) == (f"update_in_{word}", "08-3", "08-1")
    assert (line.outcome, line.message) == ("skipped", "edited since: phone")
    assert not decision.questions


def test_an_edit_on_the_other_side_forbids_nothing() -> None:
    """The value goes back, and the question shows the edit."""
    case = edited(after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"}), here={"phone": "08-9"})
    decision = undone(case)
    assert isinstance(decision.action, TakeBack)
    assert written(decision.action.push) == {"phone": "08-1"}
    (question,) = decision.questions
    assert (question.register, question.accounting, question.remote_id) == ("08-9", "08-1", "r-1")


def test_noise_is_no_edit() -> None:
    """Accounting trims and formats; that is not a person's change."""
    case = after_a_run(base={"phone": "08-11 11 11"}, register={"phone": "08-22 22 22"})
    assert written(action(edited(case, there={"phone": "+46 8 22 22 22"})).push) == {"phone": "08-11 11 11"}


def test_a_value_that_accounting_no_longer_shows_is_left_alone() -> None:
    """Unknown is not unchanged (S-28)."""
    case = after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"})
    assert case.pair.remote is not None
    fields = {name: value for name, value in case.pair.remote.fields.items() if name != "phone"}
    hidden = replace(case, pair=replace(case.pair, remote=replace(case.pair.remote, fields=fields)))
    assert why(undone(hidden)) == ["accounting does not show phone"]


def test_a_group_goes_back_whole_or_not_at_all() -> None:
    """One member edited since, written by the run or not: the address is left (S-27)."""
    sides: dict[str, Any] = {
        "base": {"invoice_line1": "Gatan 1", "invoice_city": "Umeå", "invoice_postal_code": "903 26"},
        "register": {"invoice_line1": "Torget 2", "invoice_city": "Luleå"},
    }
    case = after_a_run(**sides)
    assert written(action(case).push) == {"invoice_line1": "Gatan 1", "invoice_city": "Umeå"}
    for name in ("invoice_city", "invoice_postal_code"):
        assert why(undone(edited(case, there={name: "000 00"}))) == [f"edited since: {name}"] * 2


def test_without_a_trace_the_base_says_what_stood_beside() -> None:
    """Reports of an older version noted less."""
    case = after_a_run(
        base={"invoice_line1": "Gatan 1", "invoice_city": "Umeå"}, register={"invoice_line1": "Torget 2"}
    )
    old = replace(case.footprint, written=tuple(replace(one, beside=None) for one in case.footprint.written))
    case = replace(case, footprint=old)
    assert written(action(case).push) == {"invoice_line1": "Gatan 1"}
    assert why(undone(edited(case, there={"invoice_city": "Luleå"}))) == ["edited since: invoice_city"]
    unlinked = replace(case, pair=replace(case.pair, link=None))
    assert written(action(unlinked).push) == {"invoice_line1": "Gatan 1"}
    taken = after_a_run(base={"invoice_line1": "Gatan 1", "invoice_city": "Umeå"}, accounting={"invoice_line1": "T 2"})
    old = replace(taken.footprint, written=tuple(replace(one, beside=None) for one in taken.footprint.written))
    moved = edited(replace(taken, footprint=old), here={"invoice_city": "Luleå"})
    assert why(undone(moved)) == ["edited since: invoice_city"]
    wrote = Written(UNITS["invoice_address"], "register", {"invoice_line1": "Gatan 1"}, {"invoice_line1": "T 2"})
    pair = a_pair(base={"invoice_line1": "T 2", "invoice_city": Agreed("Umeå", "Luleå")})
    apart = Case(RUN, Footprint("customer:1", "1001", 1, "r-1", written=(wrote,)), pair)
    assert written(action(apart).take) == {"invoice_line1": "Gatan 1"}
    pushed = replace(apart, footprint=replace(apart.footprint, written=(replace(wrote, side="accounting"),)))
    assert written(action(pushed).push) == {"invoice_line1": "Gatan 1"}


def test_the_length_of_numbers_forbids_nothing_else() -> None:
    """A group with long numbers alone gets its phone back too."""
    case = after_a_run(base={"phone": "08-1"}, accounting={"phone": "08-2"})
    assert written(action(case, some_rules(number_minimum=8)).take) == {"phone": "08-1"}


def test_a_value_whose_report_was_erased_is_never_written() -> None:
    """Personal data law took before and after away; an undo brings nothing back (R-14)."""
    blank = Written(UNITS["phone"], "accounting", {"phone": None}, {"phone": None})
    footprint = Footprint("customer:1", "1001", 1, "r-1", written=(blank,))
    pair = a_pair(base={"phone": "08-2"})
    assert why(undone(Case(RUN, footprint, pair))) == ["edited since: phone"]
    erased = a_pair(base={"phone": None})
    assert undone(Case(RUN, footprint, erased)).action is None


# What stands in the way now


@pytest.mark.parametrize(
    ("unit", "sides", "system", "kind", "words"),
    [
        (
            "email",
            {"register": {"email": "b@b.se"}},
            {"limits": {"email": 3}},
            "does_not_fit",
            "accounting holds 3: shorten it",
        ),
        (
            "email",
            {"register": {"email": "b@b.se"}},
            {"names": ("number", "name")},
            "does_not_fit",
            "no place for email",
        ),
        (
            "number",
            {"register": {"number": "2"}},
            {"can_renumber": False},
            "cannot_renumber",
            "this accounting system cannot change a customer's number",
        ),
    ],
)
def test_an_earlier_value_that_does_not_fit_any_more_is_asked_about(
    unit: str, sides: dict[str, Any], system: dict[str, Any], kind: str, words: str
) -> None:
    """The same conflict as of any write, said in the report as well; nothing is written."""
    case = after_a_run(base={"email": "anna@b.se", "number": "1"}, **sides)
    decision = undone(case, some_rules(system=system))
    assert isinstance(decision.action, TakeBack)
    assert decision.action.push == ()
    assert why(decision)[0].endswith(words)
    assert asked(decision) == [(kind, unit)]
    assert decision.questions[0].message == f"undo: {why(decision)[0]}"
    assert decision.questions[0].offered == ()
    alone = undone(replace(case, pair=replace(case.pair, local=None)), some_rules(system=system))
    assert (why(alone), alone.questions) == (why(decision), ())


@pytest.mark.parametrize(
    ("sides", "numbers"),
    [
        ({"register": {"number": "2"}}, Numbers(accounting=frozenset({"1"}))),
        ({"accounting": {"number": "2"}}, Numbers(register=frozenset({"1"}))),
    ],
)
def test_a_number_that_was_taken_meanwhile_is_left(sides: dict[str, Any], numbers: Numbers) -> None:
    """Its holder keeps it (S-63)."""
    case = after_a_run(base={"number": "1"}, **sides)
    decision = undone(case)
    assert asked(decision) == [("field", "number")]
    assert decision.questions[0].number == sides.get("register", {"number": "1"})["number"]
    assert asked(undone(case, numbers=numbers)) == [("number_taken", "number")]


def test_what_stands_in_the_way_of_one_unit_does_not_hold_up_the_others() -> None:
    """Each unit is judged alone (S-21)."""
    case = after_a_run(base={"email": "anna@b.se", "phone": "1"}, register={"email": "b@b.se", "phone": "2"})
    decision = undone(case, some_rules(system={"limits": {"email": 3}}))
    assert isinstance(decision.action, TakeBack)
    assert written(decision.action.push) == {"phone": "1"}
    assert asked(decision) == [("field", "phone"), ("does_not_fit", "email")]


def test_each_value_is_told_or_put_back_by_itself() -> None:
    """One is back already, two were edited, one of them would not even fit any more: the fourth goes back alone."""
    before = {"email": "anna@b.se", "mobile": "1", "phone": "1", "website": "a.se"}
    case = after_a_run(base=before, register={"email": "b@b.se", "mobile": "2", "phone": "2", "website": "b.se"})
    moved = edited(case, there={"email": "anna@b.se", "mobile": "3", "website": "c.se"})
    decision = undone(moved, some_rules(system={"limits": {"website": 3}}))
    assert written(action(moved).push) == {"phone": "1"}
    assert sorted(why(decision)) == ["edited since: mobile", "edited since: website"]
    assert asked(decision) == [("field", "phone")]


# Pairs that are no longer what they were


def test_a_record_that_is_gone_is_said() -> None:
    """On either side."""
    pushed = after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"})
    taken = after_a_run(base={"phone": "08-1"}, accounting={"phone": "08-2"})
    assert why(undone(replace(pushed, pair=replace(pushed.pair, remote=None)))) == ["no longer in accounting"]
    assert why(undone(replace(taken, pair=replace(taken.pair, local=None)))) == ["no longer in the register"]
    left = replace(pushed, pair=replace(pushed.pair, local=None))
    assert written(action(left).push) == {"phone": "08-1"}
    assert action(left).undone is None


def test_without_a_link_a_value_goes_back_and_nobody_is_asked() -> None:
    """No run compares the two any more (S-16)."""
    case = after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"})
    decision = undone(replace(case, pair=replace(case.pair, link=None)))
    assert isinstance(decision.action, TakeBack)
    assert written(decision.action.push) == {"phone": "08-1"}
    assert (decision.action.undone, decision.questions, decision.action.relink) == (None, (), None)
    unfit = replace(case, pair=replace(case.pair, link=None))
    assert undone(unfit, some_rules(system={"limits": {"phone": 2}})).questions == ()


def test_a_record_that_belongs_to_another_customer_now_is_left() -> None:
    """Its new partner would be told of an edit that nobody made."""
    case = replace(after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"}), elsewhere=True)
    decision = undone(case)
    assert why(decision) == ["paired with another record since"]
    assert decision.action is not None
    (line,) = lines(decision.action)
    assert (line.before, line.after) == ("08-2", "08-1")
    taken = after_a_run(base={"phone": "08-1"}, accounting={"phone": "08-2"})
    (line,) = lines(action(replace(edited(taken, there={"phone": "08-9"}), elsewhere=True)))
    assert (line.before, line.after) == ("08-2", "08-1")


# Records that the run created


def created_there(**more: Any) -> Case:
    pair = a_pair()
    assert pair.remote is not None
    footprint = Footprint("customer:1", "1001", 1, "r-1", created="accounting", mark=fingerprint(pair.remote))
    return replace(Case(RUN, footprint, pair), **more)


@pytest.mark.parametrize("can_delete", [True, False])
def test_a_create_is_deleted_in_accounting_or_else_deactivated(can_delete: object) -> None:
    """Together with its link; the register keeps the customer (S-16)."""
    ending = undone(created_there(), some_rules(system={"can_delete": can_delete})).action
    assert isinstance(ending, EndLink)
    assert (ending.reason, ending.there, ending.here) == (UNDONE, "delete" if can_delete else "deactivate", None)


def test_what_a_create_took_from_accounting_goes_with_it() -> None:
    """Unless somebody changed it since: that is left and said."""
    filled = Written(UNITS["currency"], "register", {"currency": None}, {"currency": "SEK"}, {})
    for held, take, left in (("SEK", {"currency": None}, []), ("EUR", {}, ["edited since: currency"])):
        case = created_there(filled=(filled,))
        case = edited(case, here={"currency": held})
        ending = undone(case).action
        assert isinstance(ending, EndLink)
        assert (written(ending.take), [item.why for item in ending.left]) == (take, left)


def test_a_created_record_that_moved_on_is_left() -> None:
    """A bookkeeper's edit is not deleted with it. Without its mark, the base tells."""
    case = created_there()
    assert why(undone(edited(case, there={"phone": "08-3"}))) == ["changed in accounting since"]
    unmarked = replace(case, footprint=replace(case.footprint, mark=None))
    assert isinstance(undone(unmarked).action, EndLink)
    assert why(undone(edited(unmarked, there={"phone": "08-3"}))) == ["changed in accounting since"]


def test_a_created_record_that_is_gone_or_unlinked_is_left() -> None:
    """The line is about the customer as a whole."""
    case = created_there()
    decision = undone(replace(case, pair=replace(case.pair, remote=None)))
    assert why(decision) == ["no longer in accounting"]
    assert isinstance(decision.action, TakeBack)
    (line,) = lines(decision.action)
    assert (line.kind, line.field, line.outcome) == ("create_in_accounting", None, "skipped")
    unlinked = replace(case, pair=replace(case.pair, link=None), ended=Ended("r-1", 1, "unlinked"))
    assert why(undone(unlinked)) == ["its link has ended since"]


def test_a_create_that_was_undone_is_done_with() -> None:
    """But for what an undo that was cut off had not reached."""
    filled = Written(UNITS["currency"], "register", {"currency": None}, {"currency": "SEK"}, {})
    case = created_there(ended=Ended("r-1", 1, UNDONE), filled=(filled,))
    parted = replace(case, pair=replace(case.pair, link=None, remote=None))
    assert undone(parted).action is None
    assert written(
        action(edited(replace(parted, pair=replace(case.pair, link=None)), here={"currency": "SEK"})).take
    ) == {"currency": None}


def created_here(**more: Any) -> Case:
    footprint = Footprint("remote:r-1", "1001", None, "r-1", created="register")
    return replace(Case(RUN, footprint, a_pair()), **more)


def test_an_import_is_deleted_from_the_register() -> None:
    """Together with its link; accounting keeps the record (S-16)."""
    ending = undone(created_here()).action
    assert isinstance(ending, EndLink)
    assert (ending.reason, ending.here, ending.there) == (UNDONE, "delete", None)


def test_an_import_that_somebody_worked_on_is_left() -> None:
    """So is one that is gone already, or unlinked by somebody."""
    case = created_here()
    assert why(undone(replace(case, worked_on=True))) == ["changed in the register since"]
    assert why(undone(replace(case, pair=replace(case.pair, local=None)))) == ["no longer in the register"]
    unlinked = replace(case, pair=replace(case.pair, link=None))
    assert why(undone(unlinked)) == ["its link has ended since"]
    assert undone(replace(unlinked, ended=Ended("r-1", 1, UNDONE))).action is None


# An undo that is undone


def gone(side: str, *, reason: str = UNDONE, **pair: Any) -> Case:
    """A record that went away with its link."""
    decision = an_ending(1, **{"there" if side == "accounting" else "here": "delete"})
    assert decision.action is not None
    known: dict[str, Any] = {"local": None, "remote": None, "link": None, **pair}
    return Case(RUN, footprint_of(decision.action), Pair(**known), Ended("r-1", 1, reason))


def test_a_record_that_an_undo_deleted_is_created_again() -> None:
    """From the other side, as that holds it now."""
    there = undone(gone("accounting", local=a_customer("1", phone="08-9"))).action
    assert isinstance(there, CreateInAccounting)
    assert (there.fields["phone"], there.pair) == ("08-9", Pair(local=a_customer("1", phone="08-9")))
    here = undone(gone("register", remote=a_record("1", phone="08-9"))).action
    assert isinstance(here, CreateInRegister)
    assert (here.fields["phone"], here.pair) == ("08-9", Pair(remote=a_record("1", phone="08-9")))


def test_a_record_created_again_already_is_done_with() -> None:
    """Repeating it doubles nobody."""
    case = gone(
        "accounting", local=a_customer("1"), remote=a_record("1", remote_id="r-2"), link=a_link(remote_id="r-2")
    )
    assert undone(replace(case, elsewhere=True)).action is None


def test_a_record_deleted_for_another_reason_is_not_brought_back() -> None:
    """Its customer is gone as well (S-62)."""
    told = ["it was deleted in accounting: undo cannot bring it back"]
    assert why(undone(gone("accounting", reason="deleted_in_register"))) == told
    assert why(undone(gone("accounting"))) == told
    assert why(undone(gone("register"))) == ["it was deleted in the register: undo cannot bring it back"]


def test_a_pair_parted_by_an_undo_is_linked_again_with_its_base() -> None:
    """Where the record could only be deactivated: it is active again, and the two are one pair."""
    pair = Pair(a_customer("1"), a_record("1", active=False))
    ended = Ended("r-1", 1, UNDONE, {"phone": Agreed("1", "1")})
    decision = an_ending(1, there="deactivate")
    assert decision.action is not None
    case = Case(RUN, footprint_of(decision.action), pair, ended)
    assert written(action(case).push) == {"active": True}
    assert action(case).relink == {"phone": Agreed("1", "1")}
    assert action(replace(case, ended=replace(ended, reason="unlinked"))).relink is None
    assert action(replace(case, pair=Pair(None, pair.remote))).relink is None


def test_marks_of_other_undos_stay() -> None:
    """An undo decides about its own units."""
    case = after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"})
    assert case.pair.link is not None
    marked = replace(case, pair=replace(case.pair, link=replace(case.pair.link, undone={"email": 3})))
    assert action(marked).undone == {"email": 3, "phone": RUN}
    assert asked(undone(marked)) == [("field", "phone")]


def test_what_waits_goes_on_waiting_where_nothing_is_put_back() -> None:
    """Repeating an undo that left something alone strikes no mark: nobody has answered."""
    case = after_a_run(base={"phone": "08-1"}, register={"phone": "08-2"})
    assert case.pair.link is not None
    waiting = replace(case.pair, link=replace(case.pair.link, undone={"email": 3}))
    moved = edited(replace(case, pair=waiting), there={"phone": "08-3"})
    assert why(undone(moved)) == ["edited since: phone"]
    assert action(moved).undone is None
    again = taken_back(moved.pair, action(moved))
    assert again.link is not None
    assert again.link.undone == {"email": 3}


def test_a_unit_that_waits_is_judged_by_nobody_but_a_person() -> None:
    """No policy, no direction; released when both sides agree, or stand as they last agreed (S-25)."""
    rules = some_rules(conflict_policy="register", directions={"phone": "to_accounting"})
    waits = Link(7, "r-1", 1, {"phone": Agreed("2", "2")}, {"phone": RUN})
    for here, there, waiting in (("2", "1", True), ("3", "1", True), ("1", "1", False), ("2", "2", False)):
        decision = decided(Pair(a_customer(phone=here), a_record(phone=there), waits), rules)
        assert isinstance(decision.action, Update)
        assert not decision.action.writes
        assert (("field", "phone") in asked(decision)) is waiting
        assert decision.action.released == (frozenset() if waiting else frozenset({"phone"}))
    apart = replace(waits, base={"phone": Agreed("B", "B'")})
    decision = decided(Pair(a_customer(phone="B"), a_record(phone="B'"), apart), rules)
    assert isinstance(decision.action, Update)
    assert decision.action.released == {"phone"}
    assert not decision.action.writes


def test_a_customer_that_the_run_did_not_write_is_left_out() -> None:
    """No line, no question."""
    decision = undone(Case(RUN, Footprint("customer:1", "1", 1), a_pair()))
    assert (decision.action, decision.questions) == (None, ())
