"""One customer known on both sides: answers, obstacles, refusals (sync.md §3, §7, §9)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from syncd.engine.actions import EndLink, Update
from syncd.engine.numbers import Numbers
from syncd.engine.pair import Both, decide_both, number_digest, push_digest
from syncd.engine.state import Agreed, Pair, Refusal
from tests.engine.builders import (
    REQUIRED,
    a_customer,
    a_link,
    a_pair,
    a_record,
    an_answer,
    asked,
    carried_out,
    decided,
    some_rules,
    updated,
    without,
    written,
)

if TYPE_CHECKING:
    from syncd.register.fields import Value
    from syncd.values.capabilities import Direction

LONG = "Ett mycket långt namn " * 3
ADDRESS = {"invoice_line1": "Gatan 1", "invoice_postal_code": "111 11", "invoice_city": "Åby"}


# Fields


def test_a_conflict_on_the_phone_does_not_hold_up_the_address() -> None:
    """An open question about one field lets the others go on (S-21)."""
    pair = a_pair(
        base={"phone": "08-1", **ADDRESS},
        register={"phone": "08-2", "invoice_line1": "Vägen 2"},
        accounting={"phone": "08-3", "email": "a@b.se"},
    )
    decision = decided(pair)
    assert asked(decision) == [("field", "phone")]
    assert decision.questions[0].message == "both sides changed phone"
    update = updated(pair)
    assert written(update.push) == {"invoice_line1": "Vägen 2"}
    assert written(update.take) == {"email": "a@b.se"}


def test_a_conflict_shows_what_everybody_holds() -> None:
    """An administrator sees the last agreed, the register's and accounting's value (S-81)."""
    pair = a_pair(base={"phone": "08-1"}, register={"phone": "08-2"}, accounting={"phone": "08-3"})
    (question,) = decided(pair).questions
    assert (question.base, question.register, question.accounting) == ("08-1", "08-2", "08-3")
    assert question.offered == ("register", "accounting", "value")
    assert (question.subject, question.number, question.name) == ("customer:1", "1001", "Bygg AB")
    assert question.remote_id == "r-1"


def test_a_conflict_on_a_group_shows_its_members() -> None:
    """An address is shown, and answered, as one thing."""
    pair = a_pair(base=ADDRESS, register={"invoice_line1": "B"}, accounting={"invoice_city": "C"})
    (question,) = decided(pair).questions
    assert question.field == "invoice_address"
    nothing = {"invoice_line2": None, "invoice_country": None}
    assert question.base == {**ADDRESS, **nothing}
    assert question.register == {**ADDRESS, "invoice_line1": "B", **nothing}
    assert question.accounting == {**ADDRESS, "invoice_city": "C", **nothing}


def test_a_group_without_a_base_shows_none() -> None:
    """Where nothing was agreed, nothing is shown as agreed."""
    pair = a_pair(register=ADDRESS, accounting={**ADDRESS, "invoice_city": "C"}, linked=False)
    (question,) = decided(pair).questions
    assert question.base is None


def test_a_first_meeting_is_not_called_a_change() -> None:
    """Nobody is said to have changed what was never agreed on."""
    pair = a_pair(register={"phone": "08-2"}, accounting={"phone": "08-3"}, linked=False)
    (question,) = decided(pair).questions
    assert question.message == "the two sides hold different values of phone"


def test_what_accounting_did_not_show_changes_nothing() -> None:
    """A field that is absent from the vendor's answer is unknown, not cleared (S-28)."""
    pair = a_pair(base={"phone": "08-1", "email": "a@b.se"}, register={"phone": "08-2"})
    assert pair.remote is not None
    absent = Pair(pair.local, without(pair.remote, "phone", "email"), pair.link)
    update = updated(absent)
    assert not update.writes
    assert not {"phone", "email"} & update.agree.keys()


def test_a_cleared_field_is_cleared_on_the_other_side() -> None:
    """A number deleted in accounting disappears from the register (S-28)."""
    update = updated(a_pair(base={"phone": "08-1"}, accounting={"phone": None}))
    assert written(update.take) == {"phone": None}


def test_a_field_that_the_vendor_lacks_is_left_alone() -> None:
    """A note kept only in the register is not erased because accounting has no place for it (S-24)."""
    pair = a_pair(register={"note": "Ring före åtta"})
    update = updated(pair)
    assert not update.writes
    assert "note" not in update.agree


def test_a_group_is_judged_on_the_members_that_the_vendor_has() -> None:
    """A vendor without a second address line does not blank ours (S-24)."""
    names = ("number", "name", "type", "active", "invoice_line1", "invoice_city")
    pair = a_pair(base=ADDRESS, register={"invoice_line2": "c/o"}, accounting={"invoice_line1": "Vägen 2"})
    update = updated(pair, some_rules(system={"names": names}))
    assert written(update.take) == {"invoice_line1": "Vägen 2"}


def test_a_field_that_is_off_is_not_compared() -> None:
    """An administrator who turns a field off sees no writes and no questions about it."""
    pair = a_pair(base={"phone": "08-1"}, register={"phone": "08-2"}, accounting={"phone": "08-3"})
    decision = decided(pair, some_rules(directions={"phone": "off"}))
    assert not decision.questions
    assert not updated(pair, some_rules(directions={"phone": "off"})).writes


def test_a_kept_value_is_reported_once() -> None:
    """An administrator reads which values were left alone, and only at the first run (S-29)."""
    pair = a_pair(accounting={"phone": "08-1"}, linked=False)
    rules = some_rules(directions={"phone": "to_accounting"})
    update = updated(pair, rules)
    assert update.kept == ("phone",)
    assert "phone" not in update.agree
    two = a_pair(accounting={"phone": "08-1", "email": "a@b.se"}, linked=False)
    both = some_rules(directions={"phone": "to_accounting", "email": "to_accounting"})
    assert set(updated(two, both).kept) == {"phone", "email"}
    again = updated(carried_out(pair, update), rules)
    assert not again.kept
    assert not again.writes


def test_a_restored_value_says_so() -> None:
    """A foreign edit that was put back is reported as restored (S-20)."""
    pair = a_pair(base={"phone": "08-1"}, accounting={"phone": "08-2"})
    (write,) = updated(pair, some_rules(directions={"phone": "to_accounting"})).push
    assert (write.field, write.before, write.after, write.note) == ("phone", "08-2", "08-1", "restored")


def test_a_deactivation_follows() -> None:
    """A customer deactivated in accounting is deactivated in the register (S-60)."""
    assert written(updated(a_pair(accounting={"active": False})).take) == {"active": False}
    assert written(updated(a_pair(register={"active": False})).push) == {"active": False}


# What does not fit


def test_a_name_cleared_in_accounting_is_asked_about() -> None:
    """The register never loses a customer's name (table of §3); the empty name cannot be chosen."""
    (question,) = decided(a_pair(accounting={"name": None})).questions
    assert question.message == "name was cleared in accounting, but the register requires it"
    assert (question.kind, question.field, question.offered) == ("field", "name", ("register", "value"))


def test_a_value_that_is_too_long_is_asked_about_and_the_rest_goes_on() -> None:
    """Nothing is ever cut: length, limit and remedy are named, the other fields are sent (S-23)."""
    pair = a_pair(register={"name": LONG, "phone": "08-2"})
    decision = decided(pair)
    (question,) = decision.questions
    assert (question.kind, question.field) == ("does_not_fit", "name")
    assert question.message == f"name is {len(LONG)} characters, accounting holds 50: shorten it"
    assert question.offered == ("accounting_only", "accounting")
    assert written(updated(pair).push) == {"phone": "08-2"}
    assert "name" not in updated(pair).agree


def test_a_value_that_fits_exactly_is_sent() -> None:
    """The limit itself is allowed."""
    assert written(updated(a_pair(register={"name": "x" * 50})).push) == {"name": "x" * 50}
    assert asked(decided(a_pair(register={"name": "x" * 51}))) == [("does_not_fit", "name")]


def test_clearing_what_accounting_requires_does_not_fit() -> None:
    """A required field is not emptied in accounting (S-23)."""
    rules = some_rules(system={"required": ("number", "name", "invoice_city")})
    pair = a_pair(base=ADDRESS, register=dict.fromkeys(ADDRESS))
    (question,) = decided(pair, rules).questions
    assert (question.kind, question.field) == ("does_not_fit", "invoice_address")
    assert question.message == "invoice_city is required by accounting: fill it in the register"
    both = some_rules(system={"required": ("invoice_city", "invoice_line1")})
    (question,) = decided(pair, both).questions
    assert question.message == "; ".join(
        f"{name} is required by accounting: fill it in the register" for name in ("invoice_line1", "invoice_city")
    )


def test_a_long_value_meets_a_change_in_accounting() -> None:
    """When both sides moved it is a conflict of the field first, and does not fit only if the register is chosen."""
    pair = a_pair(base={"name": "Bygg AB"}, register={"name": LONG}, accounting={"name": "Byggarna AB"})
    assert asked(decided(pair)) == [("field", "name")]
    chosen = an_answer("field", "register", "name", ours=LONG, theirs="Byggarna AB")
    decision = decided(replace(pair, answers=(chosen,)))
    assert asked(decision) == [("does_not_fit", "name")]
    assert decision.carried == (99,)


def test_accounting_only_stores_the_typed_text_there_and_keeps_ours() -> None:
    """A person's shorter text is the agreed pair from then on (S-23)."""
    answer = an_answer("does_not_fit", "accounting_only", "name", value="Kort AB", ours=LONG, theirs="Bygg AB")
    pair = a_pair(register={"name": LONG}, answers=[answer])
    decision = decided(pair)
    assert decision.carried == (99,)
    assert not decision.questions
    update = updated(pair)
    assert written(update.push) == {"name": "Kort AB"}
    assert update.push[0].note == "resolved"
    assert not update.take
    after = carried_out(pair, update)
    assert not updated(after).writes
    assert not decided(after).questions


def test_accounting_only_may_be_the_text_that_is_there() -> None:
    """Choosing accounting's own text writes nothing and asks no more (S-23)."""
    answer = an_answer("does_not_fit", "accounting_only", "name", value="Bygg AB", ours=LONG, theirs="Bygg AB")
    pair = a_pair(register={"name": LONG}, answers=[answer])
    update = updated(pair)
    assert not update.writes
    assert update.agree["name"] == Agreed(LONG, "Bygg AB")
    assert not decided(carried_out(pair, update)).questions


def test_accounting_only_for_part_of_a_group() -> None:
    """A shortened street is stored with the rest of the address as it stands."""
    ours: dict[str, Value] = {**ADDRESS, "invoice_line1": "G" * 60, "invoice_city": "Boda"}
    typed: dict[str, Value] = {**ours, "invoice_line1": "Gatan", "invoice_city": "Åby"}
    answer = an_answer("does_not_fit", "accounting_only", "invoice_address", value=typed, ours=ours, theirs=ADDRESS)
    pair = a_pair(base=ADDRESS, register=ours, answers=[answer])
    update = updated(pair)
    assert written(update.push) == {"invoice_line1": "Gatan"}
    assert update.agree["invoice_city"] == Agreed("Boda", "Åby")
    assert update.agree["invoice_postal_code"] == Agreed("111 11", "111 11")
    assert not decided(carried_out(pair, update)).questions


def test_an_answer_that_still_does_not_fit_is_asked_again() -> None:
    """A text that is again too long leaves the conflict open, not carried out."""
    answer = an_answer("does_not_fit", "accounting_only", "name", value="x" * 51, ours=LONG, theirs="Bygg AB")
    decision = decided(a_pair(register={"name": LONG}, answers=[answer]))
    assert asked(decision) == [("does_not_fit", "name")]
    assert decision.carried == ()


def test_a_value_that_the_register_cannot_hold_is_asked_about() -> None:
    """A value that arrived in a form that the register cannot hold is left alone, with its reason (S-23)."""
    pair = a_pair(base={"discount_percentage": "5"}, register={"discount_percentage": "6", "phone": "08-2"})
    assert pair.remote is not None
    reason = "discount_percentage has more than two decimals"
    unfit = replace(pair, remote=replace(pair.remote, unfit={"discount_percentage": reason}))
    (question,) = decided(unfit).questions
    assert (question.kind, question.field, question.message) == ("does_not_fit", "discount_percentage", reason)
    assert question.offered == ()
    assert written(updated(unfit).push) == {"phone": "08-2"}


def test_two_fields_of_a_group_that_the_register_cannot_hold_are_one_question() -> None:
    """It names both reasons (S-23)."""
    pair = a_pair()
    assert pair.remote is not None
    reasons = {"invoice_line1": "invoice_line1 has a tab", "invoice_city": "invoice_city has a tab"}
    (question,) = decided(replace(pair, remote=replace(pair.remote, unfit=reasons))).questions
    assert question.message == "invoice_line1 has a tab; invoice_city has a tab"


def test_a_field_of_the_groups_own_counts_as_empty_until_somebody_fills_it() -> None:
    """Chosen for a place in accounting, it is filled from there, and asked about when both sides differ."""
    rules = some_rules(system={"names": (*REQUIRED, "custom.floor")})
    empty = a_pair(accounting={"custom.floor": "3"})
    assert written(updated(empty, rules).take) == {"custom.floor": "3"}
    filled = a_pair(register={"custom.floor": "4"}, accounting={"custom.floor": "3"})
    assert asked(decided(filled, rules)) == [("field", "custom.floor")]
    (question,) = decided(filled, rules).questions
    assert (question.register, question.accounting) == ("4", "3")


# Answers


def conflict(word: str, **more: Value) -> Pair:
    """A phone number that both sides changed, answered."""
    answer = an_answer("field", word, "phone", ours="08-2", theirs="08-3", **more)
    pair = a_pair(base={"phone": "08-1"}, register={"phone": "08-2"}, accounting={"phone": "08-3"})
    return replace(pair, answers=(answer,))


@pytest.mark.parametrize(
    ("word", "value", "take", "push"),
    [
        ("register", None, {}, {"phone": "08-2"}),
        ("accounting", None, {"phone": "08-3"}, {}),
        ("value", "08-4", {"phone": "08-4"}, {"phone": "08-4"}),
        ("value", "08-3", {"phone": "08-3"}, {}),
        ("value", "08-2", {}, {"phone": "08-2"}),
        ("value", None, {"phone": None}, {"phone": None}),
    ],
)
def test_an_answer_is_carried_out(word: str, value: Value, take: dict[str, Value], push: dict[str, Value]) -> None:
    """What an administrator chose is what is written, on the sides that do not hold it yet (S-82)."""
    pair = conflict(word, value=value)
    decision = decided(pair)
    assert decision.carried == (99,)
    assert not decision.questions
    update = updated(pair)
    assert (written(update.take), written(update.push)) == (take, push)
    assert {write.note for write in (*update.take, *update.push)} == {"resolved"}


@pytest.mark.parametrize("moved", [{"register": {"phone": "08-9"}}, {"accounting": {"phone": "08-9"}}])
@pytest.mark.parametrize("word", ["register", "accounting", "value"])
def test_an_answer_to_what_has_moved_is_asked_anew(moved: dict[str, dict[str, Value]], word: str) -> None:
    """Nobody overwrites what he has not seen: the conflict is shown with the new values (S-82)."""
    sides: dict[str, Any] = {"register": {"phone": "08-2"}, "accounting": {"phone": "08-3"}, **moved}
    answer = an_answer("field", word, "phone", value="08-4", ours="08-2", theirs="08-3")
    pair = a_pair(base={"phone": "08-1"}, answers=[answer], **sides)
    decision = decided(pair)
    assert not updated(pair).writes
    assert decision.carried == ()
    (question,) = decision.questions
    assert question.key == ("customer:1", "field", "phone")
    assert question.message == "phone changed after the conflict was answered: look again"


def test_an_answer_whose_cause_has_gone_is_not_carried_out() -> None:
    """When both sides agree meanwhile, the conflict closes by itself (S-83)."""
    answer = an_answer("field", "value", "phone", value="08-4", ours="08-2", theirs="08-3")
    sides: dict[str, Any] = {"register": {"phone": "08-9"}, "accounting": {"phone": "08-9"}}
    pair = a_pair(base={"phone": "08-1"}, answers=[answer], **sides)
    decision = decided(pair)
    assert (decision.questions, decision.carried) == ((), ())
    assert not updated(pair).writes
    assert updated(pair).agree["phone"] == Agreed("08-9", "08-9")


def test_a_mended_misfit_is_sent_although_it_was_answered() -> None:
    """Who shortens the name in the register after answering gets the shortened name."""
    answer = an_answer("does_not_fit", "accounting_only", "name", value="K AB", ours=LONG, theirs="Bygg AB")
    pair = a_pair(base={"name": "Bygg AB"}, register={"name": "Kort AB"}, answers=[answer])
    decision = decided(pair)
    assert (decision.questions, decision.carried) == ((), ())
    assert written(updated(pair).push) == {"name": "Kort AB"}


def test_an_answer_about_a_field_that_is_now_unknown_does_nothing() -> None:
    """A field that accounting stopped showing stops no run."""
    pair = conflict("register")
    assert pair.remote is not None
    assert not updated(replace(pair, remote=without(pair.remote, "phone"))).writes


def test_an_answer_with_noise_in_what_was_seen_still_holds() -> None:
    """A phone number rewritten by accounting is not a change."""
    pair = conflict("register")
    assert pair.remote is not None
    noisy = replace(pair.remote, fields={**pair.remote.fields, "phone": "08 3"})
    assert written(updated(replace(pair, remote=noisy)).push) == {"phone": "08-2"}


def test_an_answer_for_a_group_writes_the_whole_group() -> None:
    """Choosing a side of an address takes that side's address, all of it (S-27)."""
    ours: dict[str, Value] = {**ADDRESS, "invoice_line1": "Vägen 2"}
    theirs: dict[str, Value] = {**ADDRESS, "invoice_city": "Cemby"}
    for word, take, push in (
        ("register", {}, {"invoice_line1": "Vägen 2", "invoice_city": "Åby"}),
        ("accounting", {"invoice_line1": "Gatan 1", "invoice_city": "Cemby"}, {}),
    ):
        answer = an_answer("field", word, "invoice_address", ours=ours, theirs=theirs)
        update = updated(a_pair(base=ADDRESS, register=ours, accounting=theirs, answers=[answer]))
        assert (written(update.take), written(update.push)) == (take, push)
        assert update.agree["invoice_postal_code"] == Agreed("111 11", "111 11")


def test_an_answer_for_one_field_is_none_for_another() -> None:
    """Two numbers in conflict are two questions, also when they look alike (S-21)."""
    sides: dict[str, Any] = {
        "base": {"phone": "08-1", "mobile": "08-1"},
        "register": {"phone": "08-2", "mobile": "08-2"},
        "accounting": {"phone": "08-3", "mobile": "08-3"},
    }
    answer = an_answer("field", "register", "phone", ours="08-2", theirs="08-3")
    pair = a_pair(answers=[answer], **sides)
    assert asked(decided(pair)) == [("field", "mobile")]
    assert decided(pair).questions[0].message == "both sides changed mobile"
    assert written(updated(pair).push) == {"phone": "08-2"}


def test_an_answer_from_before_accounting_had_anything_is_void() -> None:
    """A text typed while the customer was not there yet does not overwrite the address it has now (S-82)."""
    ours: dict[str, Value] = {**ADDRESS, "invoice_line1": "G" * 60}
    answer = an_answer("does_not_fit", "accounting_only", "invoice_address", value=ADDRESS, ours=ours)
    theirs = {**ADDRESS, "invoice_line1": "Torget 3"}
    pair = a_pair(base=ADDRESS, register=ours, accounting=theirs, answers=[answer])
    assert not updated(pair).writes
    assert decided(pair).carried == ()
    empty = replace(pair, remote=a_record())
    assert written(updated(empty).push) == ADDRESS


def test_a_typed_group_reaches_both_sides() -> None:
    """A typed address is written where it differs."""
    ours: dict[str, Value] = {**ADDRESS, "invoice_line1": "Vägen 2"}
    theirs: dict[str, Value] = {**ADDRESS, "invoice_city": "Cemby"}
    typed: dict[str, Value] = {**ADDRESS, "invoice_line1": "Torget 3", "invoice_city": "Cemby"}
    answer = an_answer("field", "value", "invoice_address", value=typed, ours=ours, theirs=theirs)
    update = updated(a_pair(base=ADDRESS, register=ours, accounting=theirs, answers=[answer]))
    assert written(update.take) == {"invoice_line1": "Torget 3", "invoice_city": "Cemby"}
    assert [write.before for write in update.take] == ["Vägen 2", "Åby"]
    assert written(update.push) == {"invoice_line1": "Torget 3"}


def test_a_group_answered_without_members_is_not_blanked() -> None:
    """An answer that names no member writes none (S-27)."""
    ours: dict[str, Value] = {**ADDRESS, "invoice_line1": "Vägen 2"}
    theirs: dict[str, Value] = {**ADDRESS, "invoice_city": "Cemby"}
    answer = an_answer("field", "value", "invoice_address", ours=ours, theirs=theirs)
    assert not updated(a_pair(base=ADDRESS, register=ours, accounting=theirs, answers=[answer])).writes


def test_a_group_with_part_of_a_base_is_not_called_changed_on_both_sides() -> None:
    """Only the side that moved is said to have moved."""
    base = {"invoice_line1": Agreed("Gatan 1", "Gatan 1")}
    link = replace(a_link(), base={n: a for n, a in a_link().base.items() if not n.startswith("invoice")} | base)
    local = a_customer(invoice_line1="Vägen 2", invoice_city="Åby")
    pair = Pair(local, a_record(invoice_line1="Gatan 1", invoice_city="Boda"), link)
    (question,) = decided(pair).questions
    assert question.message == "the two sides hold different values of invoice_address"
    assert question.base == {"invoice_line1": "Gatan 1"}


def test_a_group_that_moved_in_one_member_is_asked_anew() -> None:
    """A town changed after the answer voids it (S-82)."""
    ours: dict[str, Value] = {**ADDRESS, "invoice_line1": "Vägen 2"}
    theirs: dict[str, Value] = {**ADDRESS, "invoice_city": "Cemby"}
    answer = an_answer("field", "register", "invoice_address", ours=ours, theirs=theirs)
    moved = {**theirs, "invoice_postal_code": "999 99"}
    decision = decided(a_pair(base=ADDRESS, register=ours, accounting=moved, answers=[answer]))
    assert asked(decision) == [("field", "invoice_address")]


def test_choosing_an_empty_name_is_asked_again() -> None:
    """A bulk answer cannot empty the name; the conflict stays open and is not counted as carried out."""
    answer = an_answer("field", "accounting", "name", ours="Bygg AB", theirs=None)
    decision = decided(a_pair(accounting={"name": None}, answers=[answer]))
    assert asked(decision) == [("field", "name")]
    assert decision.carried == ()


# Renumbering, see S-63


def test_a_renumbering_is_an_update_of_the_same_customer() -> None:
    """A number changed in the register is changed in accounting, and the other way round (S-15, S-63)."""
    assert written(updated(a_pair(base={"number": "1"}, register={"number": "2"})).push) == {"number": "2"}
    assert written(updated(a_pair(base={"number": "1"}, accounting={"number": "2"})).take) == {"number": "2"}


def test_numbers_renumbered_differently_are_a_conflict() -> None:
    """Two new numbers for one customer are asked about (S-63)."""
    pair = a_pair(base={"number": "1"}, register={"number": "2"}, accounting={"number": "3"})
    assert asked(decided(pair)) == [("field", "number")]


def test_a_taken_number_is_asked_about_on_either_side() -> None:
    """No customer is given another's number (S-63)."""
    here = a_pair(base={"number": "1"}, register={"number": "2"})
    decision = decided(here, numbers=Numbers(accounting=frozenset({"2"})))
    assert asked(decision) == [("number_taken", "number")]
    assert decision.questions[0].offered == ("revert", "unlink")
    assert "in accounting" in decision.questions[0].message
    assert not updated(here, numbers=Numbers(accounting=frozenset({"2"}))).writes
    there = a_pair(base={"number": "1"}, accounting={"number": "2"})
    assert asked(decided(there, numbers=Numbers(register=frozenset({"2"})))) == [("number_taken", "number")]
    assert "in the register" in decided(there, numbers=Numbers(register=frozenset({"2"}))).questions[0].message
    free = Numbers(register=frozenset({"2"}), accounting=frozenset({"3"}))
    assert not decided(here, numbers=free).questions


def test_a_vendor_that_cannot_renumber_is_asked_about() -> None:
    """Where accounting cannot change numbers a person chooses (S-63)."""
    pair = a_pair(base={"number": "1"}, register={"number": "2"})
    (question,) = decided(pair, some_rules(system={"can_renumber": False})).questions
    assert question.message == "this accounting system cannot change a customer's number"
    assert (question.kind, question.offered) == ("cannot_renumber", ("revert", "unlink"))


def test_a_vendor_that_cannot_renumber_may_still_be_followed() -> None:
    """A number changed there by itself is taken into the register."""
    pair = a_pair(base={"number": "1"}, accounting={"number": "2"})
    assert written(updated(pair, some_rules(system={"can_renumber": False})).take) == {"number": "2"}


@pytest.mark.parametrize(("number", "allowed"), [("12", False), ("123", True), ("12345", True), ("123456", False)])
def test_a_number_outside_the_groups_lengths_is_asked_about(number: str, allowed: object) -> None:
    """A number from accounting obeys the group's lengths or is asked about, never cut (R-03)."""
    rules = some_rules(number_minimum=3, number_maximum=5)
    questions = asked(decided(a_pair(base={"number": "1000"}, accounting={"number": number}), rules))
    assert questions == ([] if allowed else [("number_not_allowed", "number")])


def test_a_number_that_cannot_be_printed_is_asked_about() -> None:
    """A number holding a control character stays out of the register (R-03)."""
    pair = a_pair(base={"number": "1"}, accounting={"number": "1\x002"})
    assert asked(decided(pair)) == [("number_not_allowed", "number")]
    message = "the number holds an unprintable character: type it anew in accounting"
    assert decided(pair).questions[0].message == message


def test_a_number_too_long_for_accounting_is_not_offered_a_second_number() -> None:
    """Register and accounting never hold two numbers for one customer."""
    pair = a_pair(base={"number": "1"}, register={"number": "9" * 20})
    (question,) = decided(pair, some_rules(system={"limits": {"number": 16}})).questions
    assert (question.kind, question.field, question.offered) == ("does_not_fit", "number", ("accounting",))


def test_a_typed_number_must_be_free_on_both_sides() -> None:
    """A third number that the register's other customer holds is not written anywhere."""
    answer = an_answer("field", "value", "number", value="4", ours="2", theirs="3")
    pair = a_pair(base={"number": "1"}, register={"number": "2"}, accounting={"number": "3"}, answers=[answer])
    assert asked(decided(pair, numbers=Numbers(register=frozenset({"4"})))) == [("number_taken", "number")]
    assert asked(decided(pair, numbers=Numbers(accounting=frozenset({"4"})))) == [("number_taken", "number")]
    update = updated(pair)
    assert (written(update.take), written(update.push)) == ({"number": "4"}, {"number": "4"})


@pytest.mark.parametrize("kind", ["number_taken", "cannot_renumber"])
def test_revert_puts_the_old_number_back(kind: str) -> None:
    """Whoever renumbered gets the old number back (S-63)."""
    here = an_answer(kind, "revert", "number", ours="2", theirs="1")
    update = updated(a_pair(base={"number": "1"}, register={"number": "2"}, answers=[here]))
    assert (written(update.take), written(update.push)) == ({"number": "1"}, {})
    assert update.take[0].note == "resolved"
    there = an_answer(kind, "revert", "number", ours="1", theirs="2")
    update = updated(a_pair(base={"number": "1"}, accounting={"number": "2"}, answers=[there]))
    assert (written(update.take), written(update.push)) == ({}, {"number": "1"})
    assert update.push[0].note == "resolved"


def test_revert_without_a_former_number_follows_accounting() -> None:
    """A pair linked by hand under two numbers takes accounting's, which may not be changeable."""
    answer = an_answer("cannot_renumber", "revert", "number", ours="2", theirs="1")
    link = replace(a_link(), base={})
    pair = Pair(a_customer("2"), a_record("1"), link, (answer,))
    assert written(updated(pair).take)["number"] == "1"


@pytest.mark.parametrize("kind", ["number_taken", "cannot_renumber"])
def test_unlink_ends_the_link_and_writes_nothing(kind: str) -> None:
    """Both sides stay as they are when a person unlinks them (S-16, S-63)."""
    answer = an_answer(kind, "unlink", "number", ours="2", theirs="1")
    sides: dict[str, Any] = {"register": {"number": "2", "phone": "08-2"}}
    decision = decided(a_pair(base={"number": "1"}, answers=[answer], **sides))
    assert isinstance(decision.action, EndLink)
    assert (decision.action.reason, decision.action.there, decision.action.here) == ("unlinked", None, None)
    assert decision.carried == (99,)


def test_unlink_is_void_once_the_numbers_agree() -> None:
    """A link whose number was mended meanwhile is not ended (S-83)."""
    answer = an_answer("number_taken", "unlink", "number", ours="2", theirs="1")
    decision = decided(a_pair(base={"number": "1"}, answers=[answer]))
    assert not isinstance(decision.action, EndLink)
    assert decision.carried == ()


def test_unlink_is_void_once_a_number_moved() -> None:
    """A link is not ended for a number that nobody looked at (S-82)."""
    answer = an_answer("number_taken", "unlink", "number", ours="2", theirs="1")
    decision = decided(a_pair(base={"number": "1"}, register={"number": "3"}, answers=[answer]))
    assert not isinstance(decision.action, EndLink)


def test_unlink_without_a_link_leaves_the_question_open() -> None:
    """An answer that has lost its link is not taken for another answer."""
    answer = an_answer("number_taken", "unlink", "number", ours="2", theirs="1")
    pair = Pair(a_customer("2"), a_record("1"), answers=(answer,))
    decision = decide_both(Both(pair, a_customer("2"), a_record("1"), some_rules(), Numbers()))
    assert asked(decision) == [("field", "number")]
    assert isinstance(decision.action, Update)
    assert not decision.action.writes


# Refused writes: §10


def refused(pair: Pair, kind: str = "rejected", field: str | None = None) -> Pair:
    """The pair after the vendor refused what is to be written."""
    assert pair.local is not None
    mark = (number_digest if field else push_digest)(pair.local, pair.remote)
    return replace(pair, refused={**pair.refused, mark: Refusal(kind, "not allowed there", field)})


def test_a_refused_write_is_not_sent_again() -> None:
    """What the vendor refused is asked about, and what goes the other way still goes."""
    pair = refused(a_pair(register={"phone": "08-2"}, accounting={"email": "a@b.se"}))
    (question,) = decided(pair).questions
    assert (question.kind, question.message) == ("rejected", "not allowed there")
    assert pair.local is not None
    assert question.digest == push_digest(pair.local, pair.remote)
    update = updated(pair)
    assert (written(update.take), update.push) == ({"email": "a@b.se"}, ())


def test_a_refused_write_is_sent_once_something_changed() -> None:
    """An edit on either side makes it another write."""
    pair = refused(a_pair(register={"phone": "08-2"}))
    for fields in ({"phone": "08-3"}, {"phone": "08-2", "email": "a@b.se"}):
        changed = replace(a_pair(register=fields), refused=pair.refused)
        assert "phone" in written(updated(changed).push)
        assert not decided(changed).questions
    there = replace(a_pair(register={"phone": "08-2"}, accounting={"email": "a@b.se"}), refused=pair.refused)
    assert "phone" in written(updated(there).push)


def test_a_refused_write_is_known_by_what_both_sides_hold() -> None:
    """A refusal holds for the customer as it was on both sides, that of a number for the two numbers alone."""
    local, remote = a_customer("2"), a_record("1")
    others = (a_customer("3"), remote), (local, a_record("0")), (local, None)
    assert not {number_digest(*other) for other in others} & {number_digest(local, remote)}
    assert not {push_digest(*other) for other in others} & {push_digest(local, remote)}
    assert number_digest(a_customer("2", phone="08-2"), a_record("1", phone="08-3")) == number_digest(local, remote)
    assert number_digest(local, remote) != push_digest(local, remote)


def test_a_refusal_without_anything_to_send_is_forgotten() -> None:
    """A refused edit that was taken back asks nothing."""
    assert not decided(refused(a_pair())).questions


def test_a_refused_number_asks_nothing_once_numbers_are_not_sent() -> None:
    """Whoever switches them off has settled it; what else is refused waits as before."""
    pair = refused(a_pair(base={"number": "1"}, register={"number": "2", "phone": "08-2"}), "number_taken", "number")
    decision = decided(pair, some_rules(directions={"number": "off"}))
    assert not decision.questions
    assert isinstance(decision.action, Update)
    assert written(decision.action.push) == {"phone": "08-2"}


def test_a_refused_number_holds_up_nothing_else() -> None:
    """A number that accounting would not take does not hold up the phone number (S-21)."""
    pair = a_pair(base={"number": "1"}, register={"number": "2", "phone": "08-2"})
    pair = refused(pair, "number_taken", "number")
    assert written(updated(pair).push) == {"phone": "08-2"}
    (question,) = decided(pair).questions
    assert (question.kind, question.field, question.register, question.accounting) == (
        "number_taken",
        "number",
        "2",
        "1",
    )
    assert question.offered == ("revert", "unlink")
    for here, there in (("3", "1"), ("2", "0")):
        sides = a_pair(base={"number": "1"}, register={"number": here}, accounting={"number": there})
        moved = replace(sides, refused=pair.refused)
        assert not [q for q in decided(moved).questions if q.kind == "number_taken"]


def test_a_refused_number_beside_a_refused_write_keeps_its_question() -> None:
    """Two refusals are two questions, and nothing is sent."""
    pair = a_pair(base={"number": "1"}, register={"number": "2", "phone": "08-2"})
    pair = refused(refused(pair, "number_taken", "number"))
    assert asked(decided(pair)) == [("number_taken", "number"), ("rejected", None)]
    assert not updated(pair).writes


def test_a_refused_number_may_be_reverted() -> None:
    """The answer to a refused number is carried out, and its question not asked again."""
    pair = a_pair(base={"number": "1"}, register={"number": "2", "phone": "08-2"})
    answer = an_answer("number_taken", "revert", "number", ours="2", theirs="1")
    pair = replace(refused(pair, "number_taken", "number"), answers=(answer,))
    decision = decided(pair)
    assert (asked(decision), decision.carried) == ([], (99,))
    update = updated(pair)
    assert (written(update.take), written(update.push)) == ({"number": "1"}, {"phone": "08-2"})


@pytest.mark.parametrize("word", ["register", "value"])
def test_an_answer_is_not_lost_in_a_refused_write(word: str) -> None:
    """A conflict answered while another field is refused is asked again, not counted as carried out."""
    answer = an_answer("field", word, "phone", value="08-4", ours="08-2", theirs="08-3")
    pair = a_pair(
        base={"phone": "08-1"},
        register={"phone": "08-2", "email": "a@b.se"},
        accounting={"phone": "08-3"},
        answers=[answer],
    )
    pair = refused(pair)
    decision = decided(pair)
    assert decision.carried == ()
    assert asked(decision) == [("field", "phone"), ("rejected", None)]
    assert not updated(pair).writes
    assert "phone" not in updated(pair).agree
    assert "mobile" in updated(pair).agree


def test_an_answer_for_the_register_goes_on_beside_a_refusal() -> None:
    """Taking accounting's value needs no write that could be refused."""
    answer = an_answer("field", "accounting", "phone", ours="08-2", theirs="08-3")
    pair = a_pair(
        base={"phone": "08-1"},
        register={"phone": "08-2", "email": "a@b.se"},
        accounting={"phone": "08-3"},
        answers=[answer],
    )
    decision = decided(refused(pair))
    assert decision.carried == (99,)
    assert written(updated(refused(pair)).take) == {"phone": "08-3"}


@pytest.mark.parametrize(("direction", "side"), [("to_accounting", "accounting"), ("from_accounting", "register")])
def test_both_directions_keep(direction: Direction, side: str) -> None:
    """A value that only the silent side holds stays there (S-29)."""
    holder: dict[str, Any] = {side: {"phone": "08-1"}}
    update = updated(a_pair(linked=False, **holder), some_rules(directions={"phone": direction}))
    assert update.kept == ("phone",)
    assert not update.writes
