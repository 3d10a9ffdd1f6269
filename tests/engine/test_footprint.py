# ruff: noqa: ANN401 - a builder hands on whatever a test names
"""What a run left behind, read from its report (S-55, S-56)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from syncd.engine.actions import Write
from syncd.engine.footprint import footprints, inscriptions
from syncd.engine.lines import Line, Outcome, Trace, lines
from syncd.engine.state import Noted
from tests.engine.builders import a_create, a_reference, an_ending, an_import, an_update


def report(*actions: Any) -> list[Line]:
    """The lines of a run that carried these out."""
    found = (line for action in actions for line in lines(getattr(action, "action", action)))
    return [replace(line, outcome="done") if line.outcome == "planned" else line for line in found]


def test_only_what_was_done_counts() -> None:
    """Lines that were left, failed or ask are no writes."""
    (line,) = report(an_update(1, push=[Write("phone", "1", "2")]))
    outcomes: tuple[Outcome, ...] = ("planned", "skipped", "failed", "unknown")
    for outcome in outcomes:
        assert footprints([replace(line, outcome=outcome)]) == ()
    asked = Line("open_conflict", "customer:1", "1", "register", "phone", outcome="done")
    rejected = Line("update_in_register", "remote:x", None, "register", outcome="done")
    assert footprints([asked, replace(asked, kind="close_conflict"), rejected]) == ()


def test_the_writes_of_a_customer_are_sorted_by_side_and_unit() -> None:
    """With what stood there before and what was left."""
    update = an_update(
        1, take=[Write("email", None, "a@b.se")], push=[Write("phone", "1", "2"), Write("mobile", "", "3")]
    )
    (found,) = footprints(report(update))
    assert (found.subject, found.number, found.customer_id, found.remote_id) == ("customer:1", "1", 1, "r-1")
    told = [(one.unit.name, one.side, dict(one.before), dict(one.after)) for one in found.written]
    assert told == [
        ("email", "register", {"email": None}, {"email": "a@b.se"}),
        ("phone", "accounting", {"phone": "1"}, {"phone": "2"}),
        ("mobile", "accounting", {"mobile": ""}, {"mobile": "3"}),
    ]


def test_a_field_that_is_no_more_is_left_out() -> None:
    """The report of an older version may name one; the rest of the customer can still be undone."""
    (line,) = report(an_update(1, push=[Write("phone", "1", "2")]))
    (found,) = footprints([replace(line, field="fax"), line])
    assert [one.unit.name for one in found.written] == ["phone"]


def test_a_field_written_twice_went_from_the_first_to_the_last() -> None:
    """A customer that is decided anew in the middle of a run is written more than once."""
    (first,) = report(an_update(1, push=[Write("phone", "1", "2")]))
    (second,) = report(an_update(1, push=[Write("phone", "2", "3")]))
    (found,) = footprints([first, second])
    (one,) = found.written
    assert (one.before, one.after) == ({"phone": "1"}, {"phone": "3"})


def test_a_group_is_one_unit_with_what_stood_beside() -> None:
    """A member written later in the run does not count as unwritten."""
    (first,) = report(an_update(1, push=[Write("invoice_city", "Umeå", "Luleå")]))
    (second,) = report(an_update(1, push=[Write("invoice_line1", None, "Torget 2")]))
    (found,) = footprints([first, second])
    (one,) = found.written
    assert one.after == {"invoice_city": "Luleå", "invoice_line1": "Torget 2"}
    assert one.beside is not None
    assert set(one.beside) == {"invoice_line2", "invoice_postal_code", "invoice_country"}
    (old,) = footprints([replace(first, trace=None)])
    assert old.written[0].beside is None
    assert old.remote_id is None


def test_creates_are_told_apart_with_their_mark() -> None:
    """A record that the run wrote to once more has moved on from it."""
    (line,) = report(a_create("7", id=3))
    line = replace(line, trace=Trace("r-9", mark="m"))
    (found,) = footprints([line])
    assert (found.created, found.mark, found.remote_id, found.customer_id) == ("accounting", "m", "r-9", 3)
    (written,) = report(an_update(3, push=[Write("phone", "1", "2")]))
    assert footprints([line, written])[0].mark is None
    (imported,) = footprints(report(an_import("8", remote_id="r-2")))
    assert (imported.created, imported.customer_id, imported.remote_id) == ("register", None, "r-2")


def test_a_record_that_went_away_with_its_link_is_known_by_how() -> None:
    """Deleted, or deactivated, and where."""
    for more, became in (
        ({"there": "delete"}, ("accounting", "deleted")),
        ({"here": "delete"}, ("register", "deleted")),
        ({"there": "deactivate"}, ("accounting", "deactivated")),
    ):
        (found,) = footprints(report(an_ending(1, **more)))
        assert found.became == became
    (kept,) = footprints(report(an_update(1, push=[Write("active", before=True, after=False)])))
    assert kept.became is None


def test_documents_are_known_by_feed_and_id_each_once() -> None:
    """Written twice, it went from the first text to the last."""
    first = a_reference(1, "Tord", reference="Eva", remote_id="d-1")
    second = a_reference(1, "Maja", reference="Tord", remote_id="d-1")
    other = a_reference(1, "Maja", remote_id="d-1", feed="quotes")
    found = inscriptions(report(first, second, other))
    assert [(one.feed, one.remote_id, one.before, one.after) for one in found] == [
        ("orders", "d-1", "Eva", "Maja"),
        ("quotes", "d-1", None, "Maja"),
    ]
    old = [replace(line, trace=None) for line in report(first)]
    assert inscriptions(old) == ()


def test_only_documents_have_inscriptions() -> None:
    """A customer's writes are told apart from those on its documents, which keep what syncd had written before."""
    reference = a_reference(4, "Anna Ek", reference="Bert Al")
    reference = replace(reference, noted=Noted("Bert Al"))
    (found,) = inscriptions(report(an_update(4, push=[Write("phone", "1", "2")]), reference))
    assert (found.remote_id, found.before, found.after, found.written) == ("d-1", "Bert Al", "Anna Ek", "Bert Al")
