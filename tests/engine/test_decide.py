"""Which case a customer is: linked, matched, twin, alone, gone (sync.md §2, §7)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from syncd.engine.actions import CreateInAccounting, CreateInRegister, Decision, EndLink, Update
from syncd.engine.decide import decide
from syncd.engine.numbers import Numbers
from syncd.engine.pair import push_digest
from syncd.engine.state import Agreed, Local, Pair, Refusal
from tests.engine.builders import (
    a_customer,
    a_link,
    a_pair,
    a_record,
    an_answer,
    asked,
    decided,
    some_rules,
    without,
    written,
)

if TYPE_CHECKING:
    from syncd.engine.rules import Rules
    from syncd.engine.state import Answer
    from syncd.register.fields import Value
    from syncd.values.records import RemoteRecord

ORG, OTHER_ORG = "556036-0793", "556012-5790"


def created(decision: Decision) -> CreateInAccounting:
    """The create that a decision plans."""
    assert isinstance(decision.action, CreateInAccounting)
    return decision.action


def imported(decision: Decision) -> CreateInRegister:
    """The import that a decision plans."""
    assert isinstance(decision.action, CreateInRegister)
    return decision.action


# Matched by number: S-10, S-11


def test_the_same_number_is_linked() -> None:
    """A customer that both sides have under one number is linked, and compared field by field (S-10)."""
    decision = decided(Pair(a_customer(phone="08-1"), a_record()))
    assert isinstance(decision.action, Update)
    assert written(decision.action.push) == {"phone": "08-1"}


def test_numbers_are_compared_after_trimming() -> None:
    """A blank around accounting's number does not make another customer (S-10)."""
    assert isinstance(decided(Pair(a_customer("1001"), a_record(" 1001 "))).action, Update)


@pytest.mark.parametrize(
    ("local", "remote"),
    [
        (a_customer(organisation_number=ORG), a_record(organisation_number=OTHER_ORG)),
        (a_customer(name="Bygg AB"), a_record(name="Frisörsalongen Klippet")),
        (a_customer(name="Bygg AB", organisation_number=ORG), a_record(name="Frisörsalongen Klippet")),
        (a_customer(), a_record(name=None)),
    ],
)
def test_a_doubtful_identity_is_asked_about_and_nothing_is_written(local: Local, remote: RemoteRecord) -> None:
    """Two companies under one number are never mixed up: until a person answers neither side is touched (S-11)."""
    pair = Pair(replace(local, fields={**local.fields, "phone": "08-1"}), remote)
    decision = decided(pair)
    assert decision.action is None
    (question,) = decision.questions
    assert (question.kind, question.field, question.offered) == ("identity", None, ("same", "different"))
    assert question.register == {
        "number": "1001",
        "name": local.name,
        "organisation_number": local.fields["organisation_number"],
    }
    assert question.accounting == {name: remote.fields[name] for name in ("number", "name", "organisation_number")}


def identity_answered(word: str) -> Pair:
    """Two organisation numbers under one customer number, answered."""
    local, remote = a_customer(organisation_number=ORG, phone="08-1"), a_record(organisation_number=OTHER_ORG)
    (question,) = decided(Pair(local, remote)).questions
    answer = an_answer("identity", word, ours=question.register, theirs=question.accounting)
    return Pair(local, remote, answers=(answer,))


def test_the_answer_same_links_and_asks_field_by_field() -> None:
    """Whoever says *same* links the two; the differing organisation numbers are then a field (S-11)."""
    decision = decided(identity_answered("same"))
    assert isinstance(decision.action, Update)
    assert written(decision.action.push) == {"phone": "08-1"}
    assert asked(decision) == [("field", "organisation_number")]
    assert decision.carried == (99,)


def test_the_answer_different_keeps_them_apart() -> None:
    """Whoever says *different* has both left alone (S-16)."""
    decision = decided(identity_answered("different"))
    assert isinstance(decision.action, EndLink)
    assert (decision.action.reason, decision.action.there, decision.carried) == ("different", None, (99,))


@pytest.mark.parametrize("word", ["same", "different"])
def test_an_identity_answer_holds_only_for_what_was_seen(word: str) -> None:
    """A record that became another company after the answer is asked about anew (S-82)."""
    pair = identity_answered(word)
    renamed = replace(pair, remote=a_record(organisation_number=OTHER_ORG, name="Någon Annan AB"))
    assert decided(renamed).action is None
    assert asked(decided(renamed)) == [("identity", None)]
    assert decided(replace(pair, local=a_customer(organisation_number="1"))).action is None


def test_identity_is_asked_only_at_the_first_link() -> None:
    """A linked customer that changes its name or organisation number is an update (S-15)."""
    pair = a_pair(accounting={"name": "Frisörsalongen Klippet", "organisation_number": OTHER_ORG})
    decision = decided(pair)
    assert isinstance(decision.action, Update)
    assert not decision.questions


# One organisation number under two numbers: S-13

TWINS = Pair(a_customer("1", organisation_number=ORG), a_record("2", organisation_number=ORG))


def twins(word: str, rules: Rules | None = None, *more: Answer) -> tuple[Decision, ...]:
    """What follows for twins once answered."""
    (question,) = decided(TWINS).questions
    answer = an_answer("possible_duplicate", word, ours=question.register, theirs=question.accounting)
    return decide(replace(TWINS, answers=(answer, *more)), rules or some_rules(), Numbers())


def test_twins_are_asked_about_instead_of_created() -> None:
    """A company that accounting knows under another number is not created again (S-13)."""
    decision = decided(TWINS)
    assert decision.action is None
    (question,) = decision.questions
    assert (question.kind, question.offered) == ("possible_duplicate", ("link", "create"))
    assert "number 1 here and 2 in accounting" in question.message
    assert question.register == {"number": "1", "name": "Bygg AB", "organisation_number": ORG}
    assert question.accounting == {"number": "2", "name": "Bygg AB", "organisation_number": ORG}


@pytest.mark.parametrize("create", ["create_in_accounting", "create_in_register"])
def test_twins_are_asked_about_while_either_would_be_created(create: str) -> None:
    """One direction switched off does not let the other create a duplicate."""
    assert asked(decided(TWINS, some_rules(**{create: False}))) == [("possible_duplicate", None)]


def test_twins_are_not_asked_about_where_nothing_would_be_created() -> None:
    """With both directions off nothing is created, so nothing is asked (S-12, S-13)."""
    off = some_rules(create_in_accounting=False, create_in_register=False)
    assert decide(TWINS, off, Numbers()) == ()


def test_linked_twins_are_asked_for_one_number() -> None:
    """After *link* the two are one customer, and a person says which number it keeps (S-13)."""
    (decision,) = twins("link")
    assert isinstance(decision.action, Update)
    assert not decision.action.writes
    assert "number" not in decision.action.agree
    assert asked(decision) == [("field", "number")]
    assert decision.carried == (99,)


def test_linked_twins_take_the_number_of_the_side_that_wins_first_links() -> None:
    """Where first_link names a side, its number stays."""
    (decision,) = twins("link", some_rules(first_link="register"))
    assert isinstance(decision.action, Update)
    assert written(decision.action.push) == {"number": "1"}
    (decision,) = twins("link", some_rules(first_link="accounting"))
    assert isinstance(decision.action, Update)
    assert written(decision.action.take) == {"number": "2"}


def test_create_anyway_creates_both() -> None:
    """Two customers of one company are each created on the other side (S-13)."""
    here, there = twins("create")
    assert created(here).fields["number"] == "1"
    assert (here.pair.local, here.pair.remote) == (TWINS.local, None)
    assert imported(there).fields["number"] == "2"
    assert (there.pair.local, there.pair.remote) == (None, TWINS.remote)
    assert (here.carried, there.carried) == ((99,), ())


def test_create_anyway_waits_for_a_create_that_is_held_up() -> None:
    """An answer is not counted as carried out while the name does not fit."""
    pair = replace(TWINS, local=a_customer("1", organisation_number=ORG, name="x" * 60))
    (question,) = decided(pair).questions
    answer = an_answer("possible_duplicate", "create", ours=question.register, theirs=question.accounting)
    here, there = decide(replace(pair, answers=(answer,)), some_rules(), Numbers())
    assert here.action is None
    assert asked(here) == [("does_not_fit", "name")]
    assert here.carried == ()
    imported(there)
    shorter = an_answer("does_not_fit", "accounting_only", "name", value="Kort AB", ours="x" * 60)
    here, _ = decide(replace(pair, answers=(answer, shorter)), some_rules(), Numbers())
    assert created(here).fields["name"] == "Kort AB"
    assert here.carried == (99, 99)


def test_create_anyway_is_not_sent_again_when_refused() -> None:
    """A create that the vendor refused waits, also for twins."""
    assert TWINS.local is not None
    (question,) = decided(TWINS).questions
    answer = an_answer("possible_duplicate", "create", ours=question.register, theirs=question.accounting)
    refused = {push_digest(TWINS.local, None): Refusal("rejected", "no")}
    here, _ = decide(replace(TWINS, answers=(answer,), refused=refused), some_rules(), Numbers())
    assert (here.action, asked(here), here.carried) == (None, [("rejected", None)], ())


def test_an_answer_about_twins_holds_only_for_what_was_seen() -> None:
    """Another record that has the organisation number now is not linked by an old answer (S-82)."""
    (question,) = decided(TWINS).questions
    answer = an_answer("possible_duplicate", "link", ours=question.register, theirs=question.accounting)
    pair = Pair(TWINS.local, a_record("3", remote_id="r-3", organisation_number=ORG), answers=(answer,))
    decision = decided(pair)
    assert decision.action is None
    assert asked(decision) == [("possible_duplicate", None)]


# A create whose answer was lost: S-42


def test_what_may_be_a_create_of_ours_is_asked_about_with_the_run_that_sent_it() -> None:
    """Whoever answers reads why syncd asks: the organisation numbers need not be alike."""
    pair = Pair(a_customer("1"), a_record("2"), sent_by=7)
    (question,) = decided(pair).questions
    assert question.kind == "possible_duplicate"
    assert question.message == (
        "customer 1 was sent to accounting by run 7 without an answer, and number 2 there, which is new, may be it"
    )


SECOND = Pair(remote=a_record("2", organisation_number=ORG), copy_of="1")


def test_a_record_that_may_be_one_too_many_is_not_imported() -> None:
    """What was sent twice is asked about, naming the customer and both remedies."""
    decision = decided(SECOND)
    assert decision.action is None
    (question,) = decision.questions
    assert (question.kind, question.field, question.offered) == ("possible_duplicate", None, ("create",))
    assert question.message == (
        "number 2 in accounting may be a second record of customer 1, whose create was once not answered: "
        "delete it there, or answer *create* if it is another customer"
    )
    assert (question.register, question.accounting) == (
        None,
        {"number": "2", "name": "Bygg AB", "organisation_number": ORG},
    )
    assert decide(SECOND, some_rules(create_in_register=False), Numbers()) == (Decision(SECOND),)


def test_a_record_that_a_person_calls_another_customer_is_imported() -> None:
    """The answer counts as carried out only then."""
    answered = replace(SECOND, answers=(an_answer("possible_duplicate", "create"),))
    decision = decided(answered)
    assert imported(decision).fields["number"] == "2"
    assert (decision.carried, decision.questions) == ((99,), ())
    taken = decided(answered, numbers=Numbers(register=frozenset({"2"})))
    assert (taken.action, taken.carried, asked(taken)) == (None, (), [("number_taken", "number")])


# Doubled numbers: S-14


def test_a_doubled_number_touches_no_customer() -> None:
    """Two customers with one number in accounting are left alone, linked or not, until they differ (S-14)."""
    doubled = Numbers(doubled=frozenset({"1001"}))
    for pair in (
        Pair(remote=a_record()),
        Pair(a_customer(), a_record()),
        Pair(a_customer()),
        a_pair(register={"phone": "08-2"}),
        Pair(remote=a_record(), link=a_link()),
    ):
        decision = decided(pair, numbers=doubled)
        assert (decision.action, asked(decision)) == (None, [("duplicate_number", None)])
        assert decision.questions[0].key == ("number:1001", "duplicate_number", "")
        assert decision.questions[0].offered == ()
        assert decision.questions[0].number == "1001"
        assert "number 1001" in decision.questions[0].message


def test_a_customer_renumbered_to_a_doubled_number_is_asked_about_that_number() -> None:
    """The customer that wants a number which two others share keeps its own, the rest of it goes on."""
    pair = a_pair(base={"number": "1"}, register={"number": "2", "phone": "08-2"})
    decision = decided(pair, numbers=Numbers(accounting=frozenset({"2"}), doubled=frozenset({"2"})))
    assert asked(decision) == [("number_taken", "number")]
    assert isinstance(decision.action, Update)
    assert written(decision.action.push) == {"phone": "08-2"}


# Only in accounting: S-12, S-17


def test_a_customer_of_accounting_is_imported() -> None:
    """Whoever is only in accounting is created in the register with everything it knows (S-12)."""
    action = imported(decided(Pair(remote=a_record("2002", phone="08-1", email=None))))
    assert action.fields["number"] == "2002"
    assert action.fields["phone"] == "08-1"
    assert "email" not in action.fields
    assert action.base["phone"] == Agreed("08-1", "08-1")
    assert action.base["email"] == Agreed(None, None)
    assert action.base["active"] == Agreed(register=True, accounting=True)


def test_an_import_follows_the_directions() -> None:
    """A field that only goes to accounting is left there, one that is off is not taken; neither is agreed on (S-29)."""
    rules = some_rules(directions={"phone": "to_accounting", "email": "off", "website": "from_accounting"})
    action = imported(decided(Pair(remote=a_record(phone="08-1", email="a@b.se", website="b.se")), rules))
    assert not {"phone", "email"} & action.fields.keys()
    assert action.fields["website"] == "b.se"
    assert not {"phone", "email"} & action.base.keys()


def test_an_import_agrees_on_what_both_sides_lack() -> None:
    """A field that only goes to accounting and is empty there is empty on both sides."""
    rules = some_rules(directions={"phone": "to_accounting"})
    assert imported(decided(Pair(remote=a_record(phone=None)), rules)).base["phone"] == Agreed(None, None)


@pytest.mark.parametrize("direction", ["to_accounting", "off"])
def test_an_import_always_has_its_number_and_name(direction: str) -> None:
    """Whatever the directions, a customer is imported under its own number, not under a new one (S-10)."""
    rules = some_rules(directions={"number": direction, "name": direction})
    action = imported(decided(Pair(remote=a_record("2002")), rules))
    assert (action.fields["number"], action.fields["name"]) == ("2002", "Bygg AB")
    assert action.base["number"] == Agreed("2002", "2002")


def test_an_import_agrees_on_nothing_that_is_switched_off() -> None:
    """Switched on later, the two meet in it for the first time (S-29)."""
    action = imported(decided(Pair(remote=a_record(phone=None)), some_rules(directions={"phone": "off"})))
    assert "phone" not in action.base


def test_an_import_leaves_unknown_fields_unknown() -> None:
    """A field that accounting did not show has no base (S-28)."""
    action = imported(decided(Pair(remote=without(a_record(), "phone"))))
    assert "phone" not in action.base


@pytest.mark.parametrize("direction", ["both", "to_accounting"])
def test_the_registers_default_is_not_taken_for_a_change(direction: str) -> None:
    """The type that the register fills in by itself is not sent to accounting as an edit (S-29)."""
    action = imported(decided(Pair(remote=a_record(type=None)), some_rules(directions={"type": direction})))
    assert "type" not in action.base


@pytest.mark.parametrize("number", [None, "", "   "])
@pytest.mark.parametrize("create", [True, False])
def test_a_customer_without_a_number_is_not_imported(number: str | None, create: object) -> None:
    """A record without a number is reported, and closes by itself when it gets one (S-17)."""
    decision = decided(Pair(remote=a_record(number)), some_rules(create_in_register=create))
    assert (decision.action, asked(decision)) == (None, [("no_number", None)])
    assert decision.questions[0].subject == "remote:r-1"
    assert decision.questions[0].message == "a customer in accounting has no number: give it one there"
    assert decision.questions[0].offered == ()


def test_importing_can_be_switched_off() -> None:
    """With create_in_register off, accounting's customers stay there (S-12)."""
    decision = decided(Pair(remote=a_record()), some_rules(create_in_register=False))
    assert (decision.action, decision.questions) == (None, ())


def test_an_import_under_a_taken_or_impossible_number_is_asked_about() -> None:
    """A number that the register cannot give is a question, without answers that need a link (S-63, R-03)."""
    taken = decided(Pair(remote=a_record()), numbers=Numbers(register=frozenset({"1001"})))
    assert (taken.action, asked(taken), taken.questions[0].offered) == (None, [("number_taken", "number")], ())
    assert (taken.questions[0].register, taken.questions[0].accounting) == (None, "1001")
    long = decided(Pair(remote=a_record("1" * 17)))
    assert (long.action, asked(long)) == (None, [("number_not_allowed", "number")])
    assert "17 characters, the register allows 1 to 16" in long.questions[0].message


def test_an_import_without_a_name_is_asked_about() -> None:
    """The register never holds a customer without a name."""
    decision = decided(Pair(remote=a_record(name=" ")))
    assert (decision.action, asked(decision)) == (None, [("does_not_fit", "name")])
    assert decision.questions[0].offered == ()
    assert decision.questions[0].message == "a customer in accounting has no name: the register requires one"


def test_a_field_that_the_register_cannot_hold_does_not_stop_an_import() -> None:
    """The customer is imported, the field is asked about."""
    record = replace(without(a_record(), "discount_percentage"), unfit={"discount_percentage": "too fine"})
    decision = decided(Pair(remote=record))
    imported(decision)
    assert asked(decision) == [("does_not_fit", "discount_percentage")]
    assert (decision.questions[0].message, decision.questions[0].offered) == ("too fine", ())


# Only in the register: S-12, S-23


def test_a_customer_of_the_register_is_created() -> None:
    """Whoever is only in the register is created in accounting, without empty strings (S-12, S-23)."""
    action = created(decided(Pair(a_customer(phone="08-1", email=None, note="n"))))
    assert action.fields == {
        "number": "1001",
        "name": "Bygg AB",
        "type": "company",
        "active": True,
        "phone": "08-1",
    }


def test_creating_can_be_switched_off() -> None:
    """With create_in_accounting off the register's customers stay there (S-12)."""
    decision = decided(Pair(a_customer()), some_rules(create_in_accounting=False))
    assert (decision.action, decision.questions) == (None, ())


def test_a_create_follows_the_directions() -> None:
    """A field that only comes from accounting is not sent."""
    rules = some_rules(directions={"phone": "from_accounting", "email": "off", "website": "to_accounting"})
    fields = created(decided(Pair(a_customer(phone="08-1", email="a@b.se", website="b.se")), rules)).fields
    assert not {"phone", "email"} & fields.keys()
    assert fields["website"] == "b.se"


@pytest.mark.parametrize("direction", ["from_accounting", "off"])
def test_a_create_always_has_what_accounting_requires(direction: str) -> None:
    """Whatever the directions, a create carries the customer's number and all that the vendor cannot do without."""
    rules = some_rules(
        directions=dict.fromkeys(("number", "name", "active"), direction), system={"required": ("active",)}
    )
    fields = created(decided(Pair(a_customer("2002")), rules)).fields
    assert (fields["number"], fields["name"], fields["active"]) == ("2002", "Bygg AB", True)


def test_a_create_lacking_what_accounting_requires_is_not_sent() -> None:
    """No placeholder is ever sent: one question per group, closed when the fields are filled (S-23)."""
    rules = some_rules(system={"required": ("number", "name", "invoice_city", "invoice_postal_code")})
    decision = decided(Pair(a_customer(invoice_line1="Gatan 1")), rules)
    assert (decision.action, asked(decision)) == (None, [("does_not_fit", "invoice_address")])
    (question,) = decision.questions
    assert question.message == (
        "invoice_postal_code is required by accounting: fill it in the register; "
        "invoice_city is required by accounting: fill it in the register"
    )
    assert isinstance(question.register, dict)
    assert question.register["invoice_line1"] == "Gatan 1"
    assert question.offered == ("accounting_only",)


def test_a_value_that_does_not_fit_is_left_out_of_a_create() -> None:
    """The customer is created, the long value is asked about (S-23)."""
    decision = decided(Pair(a_customer(website="w" * 60, phone="08-1")))
    fields = created(decision).fields
    assert "website" not in fields
    assert fields["phone"] == "08-1"
    assert asked(decision) == [("does_not_fit", "website")]
    assert decision.questions[0].register == "w" * 60


def test_a_group_that_does_not_fit_is_left_out_whole() -> None:
    """No half address is created (S-27)."""
    decision = decided(Pair(a_customer(invoice_line1="g" * 60, invoice_city="Åby")))
    assert "invoice_city" not in created(decision).fields


def test_a_group_that_accounting_requires_holds_up_the_create() -> None:
    """A long street is not left out together with the required town: the create waits."""
    rules = some_rules(system={"required": ("number", "name", "invoice_city")})
    decision = decided(Pair(a_customer(invoice_line1="g" * 60, invoice_city="Åby")), rules)
    assert (decision.action, asked(decision)) == (None, [("does_not_fit", "invoice_address")])


@pytest.mark.parametrize(
    ("kind", "rules", "numbers"),
    [
        ("does_not_fit", some_rules(system={"limits": {"number": 3}}), Numbers()),
        ("number_taken", some_rules(), Numbers(accounting=frozenset({"1001"}))),
    ],
)
def test_a_create_under_an_impossible_number_is_asked_about(kind: str, rules: Rules, numbers: Numbers) -> None:
    """A number that accounting cannot give is never replaced by another."""
    decision = decided(Pair(a_customer()), rules, numbers)
    assert (decision.action, asked(decision), decision.questions[0].offered) == (None, [(kind, "number")], ())
    assert (decision.questions[0].register, decision.questions[0].accounting) == ("1001", None)


def test_a_create_refused_for_its_number_is_asked_about_the_number() -> None:
    """The question of a refused create is the one that the vendor raised, without answers that need a link."""
    local = a_customer()
    decision = decided(Pair(local, refused={push_digest(local, None): Refusal("number_taken", "taken", "number")}))
    assert (decision.action, asked(decision)) == (None, [("number_taken", "number")])
    assert (decision.questions[0].message, decision.questions[0].offered) == ("taken", ())


def test_a_create_that_was_refused_is_not_sent_again() -> None:
    """The vendor's words stay as a question until the customer changes (§10)."""
    local = a_customer()
    refused = {push_digest(local, None): Refusal("rejected", "no such type")}
    decision = decided(Pair(local, refused=refused))
    assert (decision.action, asked(decision)) == (None, [("rejected", None)])
    assert decision.questions[0].digest in refused
    assert decision.questions[0].message == "no such type"
    created(decided(Pair(a_customer(phone="08-1"), refused=refused)))


LONG = "Ett mycket långt namn " * 3
SHORTER = an_answer("does_not_fit", "accounting_only", "name", value="Kort AB", ours=LONG)


def test_a_shorter_text_for_accounting_lets_the_create_go() -> None:
    """A person's shorter name is what accounting gets (S-23)."""
    decision = decided(Pair(a_customer(name=LONG), answers=(SHORTER,)))
    assert created(decision).fields["name"] == "Kort AB"
    assert (decision.questions, decision.carried) == ((), (99,))


def test_a_shorter_text_is_void_once_the_name_was_mended() -> None:
    """A name shortened in the register goes before the answer given for the long one (S-82)."""
    decision = decided(Pair(a_customer(name="Fina AB"), answers=(SHORTER,)))
    assert created(decision).fields["name"] == "Fina AB"
    assert decision.carried == ()


def test_a_shorter_text_that_does_not_fit_is_asked_again() -> None:
    """An answer that is again too long is not counted as carried out, and stays a question."""
    answer = an_answer("does_not_fit", "accounting_only", "website", value="x" * 60, ours="w" * 70)
    decision = decided(Pair(a_customer(website="w" * 70), answers=(answer,)))
    created(decision)
    assert (asked(decision), decision.carried) == ([("does_not_fit", "website")], ())


def test_a_missing_town_typed_for_accounting_lets_the_create_go() -> None:
    """A group takes a person's text for the members that accounting requires."""
    rules = some_rules(system={"required": ("number", "name", "invoice_city")})
    local = a_customer(invoice_line1="Gatan 1")
    (question,) = decided(Pair(local), rules).questions
    typed = {"invoice_line1": "Gatan 1", "invoice_city": "Åby", "visiting_city": "Boda"}
    answer = an_answer("does_not_fit", "accounting_only", "invoice_address", value=typed, ours=question.register)
    decision = decided(Pair(local, answers=(answer,)), rules)
    assert created(decision).fields["invoice_city"] == "Åby"
    assert "visiting_city" not in created(decision).fields
    moved = Pair(a_customer(invoice_line1="Vägen 2"), answers=(answer,))
    assert decided(moved, rules).action is None


def test_an_answer_waits_while_another_field_holds_the_create_up() -> None:
    """No answer is counted as carried out before the customer is created."""
    rules = some_rules(system={"required": ("number", "name", "invoice_city")})
    decision = decided(Pair(a_customer(name=LONG), answers=(SHORTER,)), rules)
    assert (decision.action, decision.carried) == (None, ())
    assert asked(decision) == [("does_not_fit", "invoice_address")]


def test_other_answers_do_not_change_a_create() -> None:
    """Only a text meant for accounting is sent there."""
    for kind, word in (("field", "value"), ("field", "accounting_only"), ("does_not_fit", "accounting")):
        answer = an_answer(kind, word, "name", value="Annat AB", ours="Bygg AB")
        assert created(decided(Pair(a_customer(), answers=(answer,)))).fields["name"] == "Bygg AB"


# Gone on one side: S-61, S-62

GONE = Pair(a_customer(phone="08-1"), None, a_link())


def missing(word: str, pair: Pair = GONE, rules: Rules | None = None, numbers: Numbers | None = None) -> Decision:
    """What follows for a customer gone in accounting once answered."""
    return decided(replace(pair, answers=(*pair.answers, an_answer("missing_in_accounting", word))), rules, numbers)


def test_a_customer_gone_in_accounting_is_asked_about() -> None:
    """Nothing is deleted in the register because accounting lost it (S-61)."""
    decision = decided(GONE)
    assert decision.action is None
    (question,) = decision.questions
    assert question.kind == "missing_in_accounting"
    assert question.offered == ("create_again", "deactivate", "unlink")
    assert question.message == "customer 1001 no longer exists in accounting"


def test_create_again_replaces_the_link() -> None:
    """The customer is created anew, and the old link ends (S-61, S-16)."""
    decision = missing("create_again")
    action = created(decision)
    assert action.replaces == GONE.link
    assert action.fields["phone"] == "08-1"
    assert (action.pair.local, action.pair.link) == (GONE.local, None)
    assert decision.carried == (99,)


def test_create_again_goes_before_the_setting() -> None:
    """A person's word creates the customer also where creating is switched off (S-61)."""
    created(missing("create_again", rules=some_rules(create_in_accounting=False)))


def test_create_again_is_not_carried_out_while_something_is_in_the_way() -> None:
    """A number taken meanwhile is asked about first."""
    decision = missing("create_again", numbers=Numbers(accounting=frozenset({"1001"})))
    assert (decision.action, asked(decision)) == (None, [("number_taken", "number")])
    assert decision.carried == ()
    local = a_customer(name=LONG)
    both = missing("create_again", Pair(local, None, a_link(), (SHORTER,)))
    assert created(both).fields["name"] == "Kort AB"
    assert both.carried == (99, 99)
    refused = {push_digest(local, None): Refusal("rejected", "no")}
    assert asked(missing("create_again", Pair(local, None, a_link(), refused=refused))) == [("rejected", None)]


def test_deactivate_here_deactivates_and_ends_the_link() -> None:
    """The customer stays in the register, deactivated (S-61)."""
    decision = missing("deactivate")
    assert isinstance(decision.action, EndLink)
    assert (decision.action.reason, decision.action.here, decision.action.there) == (
        "missing_in_accounting",
        "deactivate",
        None,
    )
    assert decision.carried == (99,)


def test_unlink_leaves_the_register_alone() -> None:
    """The link ends, the customer stays as it is (S-61)."""
    decision = missing("unlink")
    assert isinstance(decision.action, EndLink)
    assert (decision.action.reason, decision.action.here) == ("unlinked", None)
    assert decision.carried == (99,)


@pytest.mark.parametrize(
    ("deletion", "can_delete", "active", "remove"),
    [
        ("deactivate", True, True, "deactivate"),
        ("deactivate", True, False, None),
        ("deactivate", True, None, "deactivate"),
        ("delete", True, True, "delete"),
        ("delete", True, False, "delete"),
        ("delete", False, True, "deactivate"),
        ("delete", False, False, None),
        ("keep", True, True, None),
    ],
)
def test_a_customer_deleted_here_follows_the_policy(
    deletion: str, can_delete: object, active: Value, remove: str | None
) -> None:
    """Deleted in the register: deactivated, deleted or kept in accounting; the link ends in each case (S-62)."""
    rules = some_rules(deletion=deletion, system={"can_delete": can_delete})
    decision = decided(Pair(None, a_record(active=active), a_link()), rules)
    assert isinstance(decision.action, EndLink)
    assert (decision.action.reason, decision.action.there) == ("deleted_in_register", remove)
    assert decision.action.pair.key == "customer:1"
    assert not decision.questions


def test_a_deletion_that_accounting_refused_is_asked_about_and_not_sent_again() -> None:
    """Until the record there changes: then it may be deactivated after all (S-62)."""
    record = a_record()
    refused = {push_digest(None, record): Refusal("rejected", "has open orders")}
    decision = decided(Pair(None, record, a_link(), refused=refused))
    assert (decision.action, asked(decision)) == (None, [("rejected", None)])
    (question,) = decision.questions
    assert (question.subject, question.message, question.digest in refused) == ("customer:1", "has open orders", True)
    changed = Pair(None, a_record(phone="08-9"), a_link(), refused=refused)
    assert isinstance(decided(changed).action, EndLink)


@pytest.mark.parametrize("deletion", ["deactivate", "delete", "keep"])
def test_a_customer_gone_on_both_sides_only_ends_its_link(deletion: str) -> None:
    """Nothing is asked about a customer that nobody has any more."""
    decision = decided(Pair(None, None, a_link()), some_rules(deletion=deletion))
    assert isinstance(decision.action, EndLink)
    assert decision.action.there is None


def test_nothing_at_all_is_nothing() -> None:
    """A record that vanished between reading and deciding is no decision."""
    assert decide(Pair(), some_rules(), Numbers()) == ()
