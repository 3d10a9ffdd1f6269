"""Our reference: its text, and which documents get it (S-30 to S-34)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from syncd.engine.footprint import Inscription
from syncd.engine.reference import (
    ReferenceRules,
    Technician,
    judge_reference,
    misfit_question,
    reference_text,
    take_back_reference,
    undo_reference,
)
from syncd.engine.state import Noted
from tests.engine.builders import ANNA, BERT, a_document, a_referenced

if TYPE_CHECKING:
    from syncd.engine.reference import Referenced
    from syncd.values.records import RemoteDocument

ALL = ReferenceRules(names="all")


# The text: S-30


def test_the_responsible_technician_is_the_reference() -> None:
    """The first assigned technician's name is written (S-30)."""
    assert reference_text((ANNA, BERT), ReferenceRules()) == "Anna Ek"
    assert reference_text((), ReferenceRules()) is None
    assert reference_text((), ALL) is None


@pytest.mark.parametrize(
    ("limit", "text"),
    [(16, "Anna Ek, Bert Al"), (15, "Anna Ek"), (7, "Anna Ek"), (6, None)],
)
def test_whole_names_as_many_as_fit(limit: int, text: str | None) -> None:
    """No name is ever cut (S-30)."""
    assert reference_text((ANNA, BERT), replace(ALL, limit=limit)) == text
    if text != "Anna Ek, Bert Al":
        assert reference_text((ANNA,), ReferenceRules(limit=limit)) == text


def test_a_name_that_does_not_fit_lets_a_shorter_one_follow() -> None:
    """As many names as fit, the responsible one first (S-30)."""
    names = (ANNA, Technician("Karl-Bertil von Lång"), BERT)
    assert reference_text(names, replace(ALL, limit=16)) == "Anna Ek, Bert Al"
    assert reference_text((Technician("Karl-Bertil von Lång"), BERT), replace(ALL, limit=16)) is None


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{name}", "Anna Ek"),
        ("{name}, {phone}", "Anna Ek, 070-1"),
        ("{employee_number} {name} {email}", "17 Anna Ek anna@firman.se"),
        ("  Ref:   {name} ", "Ref: Anna Ek"),
        ("{unknown} {name}", "{unknown} Anna Ek"),
        ("X {name} X", "X Anna Ek X"),
    ],
)
def test_the_text_is_a_template(template: str, text: str) -> None:
    """Name, telephone, e-mail and employee number may be used (S-30)."""
    assert reference_text((ANNA,), ReferenceRules(template=template)) == text


def test_a_template_leaves_no_loose_ends() -> None:
    """A technician without a telephone leaves no comma behind."""
    assert reference_text((BERT,), ReferenceRules(template="{name}, {phone}")) == "Bert Al"
    assert reference_text((BERT,), ReferenceRules(template="{phone} / {name}")) == "Bert Al"
    assert reference_text((BERT,), ReferenceRules(template="{phone}")) is None
    assert reference_text((BERT,), ReferenceRules(template="{name} {email} {employee_number}")) == "Bert Al"


def test_a_technician_without_the_wanted_detail_is_left_out() -> None:
    """With a template of telephone numbers, whoever has one is written."""
    assert reference_text((BERT, ANNA), ReferenceRules(names="all", template="{phone}")) == "070-1"
    assert reference_text((BERT, ANNA), ReferenceRules(template="{phone}")) is None


def test_a_name_is_not_a_template() -> None:
    """Braces in a name are written as they are."""
    odd = Technician("Eva {phone}", phone="070-9")
    assert reference_text((odd,), ReferenceRules(template="{name}")) == "Eva {phone}"


# The documents: S-31, S-32


def outcome(case: Referenced, mode: Literal["fill", "always"] = "fill", default: str | None = None) -> str | None:
    """What is done to a document: the text written, *clear*, *kept*, or nothing (None)."""
    action = judge_reference(case, ReferenceRules(mode=mode, company_default=default))
    if action is None:
        return None
    if action.skipped is not None:
        return "kept"
    return action.after or "clear"


@pytest.mark.parametrize("mode", ["fill", "always"])
@pytest.mark.parametrize(
    ("now", "written", "default", "fill", "always"),
    [
        (None, None, None, "Anna Ek", "Anna Ek"),
        ("", None, None, "Anna Ek", "Anna Ek"),
        ("  ", None, None, "Anna Ek", "Anna Ek"),
        ("Bert Al", "Bert Al", None, "Anna Ek", "Anna Ek"),
        (" Bert Al ", "Bert Al", None, "Anna Ek", "Anna Ek"),
        ("Bert Al", " Bert Al ", None, "Anna Ek", "Anna Ek"),
        ("Chefen", None, None, "kept", "Anna Ek"),
        ("Chefen", "Bert Al", None, "kept", "Anna Ek"),
        ("Firman AB", None, "Firman AB", "Anna Ek", "Anna Ek"),
        ("Firman AB", None, " Firman AB ", "Anna Ek", "Anna Ek"),
        ("Firman AB", None, None, "kept", "Anna Ek"),
        ("Anna Ek", None, None, None, None),
        ("Anna Ek", "Anna Ek", None, None, None),
    ],
)
def test_an_assigned_technician_is_written_where_the_mode_lets_it(
    now: str | None,
    written: str | None,
    default: str | None,
    fill: str | None,
    always: str | None,
    mode: Literal["fill", "always"],
) -> None:
    """A person's text is kept with fill; nothing, our own text and the company's default are not (S-32)."""
    expected = {"fill": fill, "always": always}[mode]
    assert outcome(a_referenced(now, ANNA, written=written), mode, default) == expected


@pytest.mark.parametrize("mode", ["fill", "always"])
@pytest.mark.parametrize(
    ("now", "written", "expected"),
    [("Anna Ek", "Anna Ek", "clear"), ("Chefen", "Anna Ek", None), ("Anna Ek", None, None), (None, "Anna Ek", None)],
)
def test_unassigning_clears_only_what_syncd_wrote(
    now: str | None, written: str | None, expected: str | None, mode: Literal["fill", "always"]
) -> None:
    """A text typed by a person stays when the technician leaves, in both modes (S-32)."""
    assert outcome(a_referenced(now, written=written), mode) == expected


def test_a_text_is_written_up_to_the_last_character_that_fits() -> None:
    """One more, and it is left alone with what to do about it (S-23)."""
    fits = judge_reference(a_referenced(None, ANNA), ReferenceRules(limit=7))
    assert fits is not None
    assert (fits.after, fits.skipped) == ("Anna Ek", None)
    unfit = judge_reference(a_referenced(None, ANNA), ReferenceRules(limit=6))
    assert unfit is not None
    assert unfit.skipped == (
        "does not fit: our_reference is 7 characters, accounting holds 6: shorten the name or our_reference_template"
    )
    assert judge_reference(a_referenced(None), ReferenceRules(limit=3)) is None


def test_a_person_is_asked_to_shorten_what_does_not_fit() -> None:
    """Once per customer with an open document, by name and number, never with the text itself (S-23)."""
    case, rules = a_referenced(None, ANNA), ReferenceRules(limit=6)
    question = misfit_question(case, rules, "Bygg AB")
    assert question is not None
    assert (question.kind, question.field, question.offered) == ("does_not_fit", "our_reference", ())
    assert (question.subject, question.number, question.name) == ("customer:1", "1001", "Bygg AB")
    assert question.message == (
        "our_reference is 7 characters, accounting holds 6: shorten the name or our_reference_template"
    )
    assert misfit_question(case, ReferenceRules(limit=7), "Bygg AB") is None
    assert misfit_question(a_referenced(None), rules, "Bygg AB") is None
    assert misfit_question(replace(case, document=a_document(is_open=False)), rules, "Bygg AB") is None


def test_a_closed_document_is_left_alone() -> None:
    """Booked and shipped documents are never touched (S-31)."""
    case = a_referenced(None, ANNA, document=a_document(None, is_open=False))
    assert outcome(case, "always") is None


def test_a_kept_text_is_counted_once() -> None:
    """A person's reference is reported once, and again only when something changed (S-32)."""
    case = a_referenced("Chefen", ANNA)
    first = judge_reference(case, ReferenceRules())
    assert first is not None
    assert first.skipped == "kept: a person wrote another reference in accounting"
    assert first.then == Noted(judged=first.then.judged)
    seen = replace(case, noted=first.then)
    assert judge_reference(seen, ReferenceRules()) is None
    assert outcome(seen, "always") == "Anna Ek"
    assert outcome(seen, default="Chefen") == "Anna Ek"
    assert outcome(replace(seen, technicians=(BERT,))) == "kept"
    assert outcome(replace(seen, document=a_document("Vd"))) == "kept"
    assert outcome(replace(seen, noted=replace(first.then, written="Chefen"))) == "Anna Ek"


def test_a_reference_knows_its_document_and_customer() -> None:
    """A planned reference names what is written, where, and what syncd had written before."""
    case = a_referenced("Bert Al", ANNA, written="Bert Al")
    action = judge_reference(case, ReferenceRules())
    assert action is not None
    assert (action.document, action.subject, action.number) == (case.document, "customer:1", "1001")
    assert (action.after, action.noted, action.skipped) == ("Anna Ek", Noted("Bert Al"), None)


@pytest.mark.parametrize(
    ("case", "then"),
    [
        (a_referenced("Kontoret", ANNA), Noted("Anna Ek", "Kontoret")),
        (a_referenced("Bert Al", ANNA, written="Bert Al", earlier="Kontoret"), Noted("Anna Ek", "Kontoret")),
        (a_referenced("Bert Al", written="Bert Al", earlier="Kontoret"), Noted()),
    ],
)
def test_what_stood_there_before_the_first_text_is_remembered(case: Referenced, then: Noted) -> None:
    """Reassignments do not forget what a person had written; a cleared reference is nobody's (S-34)."""
    action = judge_reference(case, ReferenceRules("always"))
    assert action is not None
    assert action.then == then


# Taken back: S-34, S-56


def an_inscription(before: str | None = None, after: str | None = "Anna Ek", written: str | None = None) -> Inscription:
    return Inscription("customer:1", "1001", "orders", "d-1", before, after, written)


@pytest.mark.parametrize(
    ("wrote", "case", "after", "then"),
    [
        (an_inscription(), a_referenced("Anna Ek", ANNA, written="Anna Ek"), None, Noted()),
        (an_inscription("Eva"), a_referenced("Anna Ek", ANNA, written="Anna Ek", earlier="Eva"), "Eva", Noted()),
        (
            an_inscription("Bert Al", written="Bert Al"),
            a_referenced("Anna Ek", ANNA, written="Anna Ek", earlier="Kontoret"),
            "Bert Al",
            Noted("Bert Al", "Kontoret"),
        ),
        (
            an_inscription("Anna Ek", "Kontoret", written="Anna Ek"),
            a_referenced("Kontoret", ANNA),
            "Anna Ek",
            Noted("Anna Ek", "Kontoret"),
        ),
        (an_inscription("Eva", written="Bert Al"), a_referenced("Anna Ek", ANNA, written="Anna Ek"), "Eva", Noted()),
    ],
)
def test_an_undone_reference_shows_the_earlier_text(
    wrote: Inscription, case: Referenced, after: str | None, then: Noted
) -> None:
    """And is syncd's own again where syncd had written it; later runs leave it until something changes."""
    rules = ReferenceRules()
    action = undo_reference(wrote, case, rules)
    assert action is not None
    assert (action.after, action.skipped, action.noted) == (after, None, case.noted)
    assert (action.document, action.subject, action.number) == (case.document, "customer:1", "1001")
    assert replace(action.then, judged=None) == then
    later = replace(case, document=a_document(after), noted=action.then)
    assert judge_reference(later, rules) is None
    assert judge_reference(replace(later, technicians=(BERT,)), rules) is not None or after == "Bert Al"
    assert undo_reference(wrote, later, rules) is None


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (a_document("Eva"), "edited since"),
        (a_document("Anna Ek", is_open=False), "the document is no longer open"),
    ],
)
def test_a_reference_that_moved_on_is_left(document: RemoteDocument, why: str) -> None:
    """Nothing about the document changes, and it is judged as before."""
    case = a_referenced(None, ANNA, document=document, written="Anna Ek", judged="mark")
    action = undo_reference(an_inscription(), case, ReferenceRules())
    assert action is not None
    assert (action.skipped, action.then) == (why, case.noted)


def test_without_the_setting_nothing_is_judged() -> None:
    """Switched on again, the document is looked at anew."""
    action = undo_reference(an_inscription(), a_referenced("Anna Ek", written="Anna Ek"), None)
    assert action is not None
    assert action.then.judged is None


def test_every_text_of_syncd_is_taken_back_where_it_still_stands() -> None:
    """What a person wrote over it, or what is booked by now, is left without a word (S-34)."""
    case = a_referenced("Anna Ek", ANNA, written="Anna Ek", earlier="Kontoret")
    action = take_back_reference(case, ReferenceRules())
    assert action is not None
    assert (action.after, action.then.written, action.then.earlier) == ("Kontoret", None, None)
    later = replace(case, document=a_document("Kontoret"), noted=action.then)
    assert judge_reference(later, ReferenceRules("always")) is not None
    assert judge_reference(later, ReferenceRules()) is None
    assert take_back_reference(replace(case, document=a_document("Eva")), None) is None
    assert take_back_reference(replace(case, document=a_document("Anna Ek", is_open=False)), None) is None
    assert take_back_reference(a_referenced("Eva", ANNA), None) is None
