"""Our reference: its text, and which documents get it (S-30 to S-34)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from syncd.engine.reference import ReferenceRules, Technician, judge_reference, reference_text
from tests.engine.builders import ANNA, BERT, a_document, a_referenced

if TYPE_CHECKING:
    from syncd.engine.reference import Referenced

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
    seen = replace(case, judged=first.judged)
    assert judge_reference(seen, ReferenceRules()) is None
    assert outcome(seen, "always") == "Anna Ek"
    assert outcome(seen, default="Chefen") == "Anna Ek"
    assert outcome(replace(seen, technicians=(BERT,))) == "kept"
    assert outcome(replace(seen, document=a_document("Vd"))) == "kept"
    assert outcome(replace(seen, written="Chefen")) == "Anna Ek"


def test_a_reference_knows_its_document_and_customer() -> None:
    """A planned reference names what is written, where, and what syncd had written before."""
    case = a_referenced("Bert Al", ANNA, written="Bert Al")
    action = judge_reference(case, ReferenceRules())
    assert action is not None
    assert (action.document, action.customer_id, action.number) == (case.document, 1, "1001")
    assert (action.after, action.written, action.skipped) == ("Anna Ek", "Bert Al", None)
