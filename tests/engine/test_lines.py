"""Actions as lines of the report (cli.md, JSON shapes)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from syncd.engine.actions import (
    CreateInAccounting,
    CreateInRegister,
    Decision,
    EndLink,
    LeftAlone,
    TakeBack,
    Update,
    Write,
)
from syncd.engine.lines import Line, Trace, lines, write_kind
from syncd.engine.state import Pair
from tests.engine.builders import (
    a_create,
    a_link,
    a_pair,
    a_record,
    a_reference,
    an_ending,
    an_import,
    an_update,
)

if TYPE_CHECKING:
    from syncd.register.fields import Value


def told(decision: Decision) -> tuple[Line, ...]:
    """The lines of a decision's action, as a report shows them."""
    assert decision.action is not None
    return tuple(replace(line, trace=None) for line in lines(decision.action))


def traces(decision: Decision) -> list[Trace | None]:
    """What the lines keep for an undo."""
    assert decision.action is not None
    return [line.trace for line in lines(decision.action)]


def test_a_create_is_one_line_without_a_field() -> None:
    """A created customer is one action (cli.md)."""
    assert told(a_create("7", id=3)) == (Line("create_in_accounting", "customer:3", "7", "accounting"),)
    assert told(an_import("8", remote_id="r-2")) == (Line("create_in_register", "remote:r-2", "8", "register"),)


def test_a_note_is_told() -> None:
    """A look-alike is named in the report (S-10)."""
    for decision in (a_create(), an_import()):
        assert isinstance(decision.action, CreateInAccounting | CreateInRegister)
        (line,) = lines(replace(decision.action, note="looks like number 42 on the other side"))
        assert line.message == "looks like number 42 on the other side"


def test_an_update_is_one_line_per_field() -> None:
    """Each field written is one action with what was there before, the register's first (cli.md)."""
    decision = an_update(4, take=[Write("phone", "a", "b")], push=[Write("email", "c", "d", "restored")])
    assert told(decision) == (
        Line("update_in_register", "customer:4", "4", "register", "phone", "a", "b"),
        Line("update_in_accounting", "customer:4", "4", "accounting", "email", "c", "d", message="restored"),
    )


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        (Write("number", "1", "2"), "renumber"),
        (Write("active", before=True, after=False), "deactivate"),
        (Write("active", before=False, after=True), "reactivate"),
        (Write("name", "a", "b"), "update_in_accounting"),
    ],
)
def test_numbers_and_activity_have_their_own_kinds(write: Write, kind: str) -> None:
    """Renumbering and deactivating are told and counted apart (cli.md)."""
    assert write_kind(write, "accounting") == kind


@pytest.mark.parametrize(
    ("ours", "theirs", "target", "value"),
    [(None, "x", "accounting", "x"), ("x", None, "register", "x"), ("x", "", "register", "x")],
)
def test_a_kept_value_is_told_where_it_stays(ours: Value, theirs: Value, target: str, value: str) -> None:
    """The report names the side whose value was left alone (S-29)."""
    pair = a_pair(register={"phone": ours}, accounting={"phone": theirs})
    (line,) = lines(Update(pair, kept=("phone",)))
    assert (line.kind, line.target, line.field) == (f"update_in_{target}", target, "phone")
    assert (line.before, line.after, line.outcome) == (value, value, "skipped")
    assert line.message == "kept: an empty value is not written over a filled one"
    assert (line.subject, line.customer_number) == ("customer:1", "1001")


def test_an_ended_link_alone_is_no_line() -> None:
    """Unlinking writes nothing on either side."""
    assert told(an_ending()) == ()


def test_an_ending_tells_what_it_does() -> None:
    """Deactivated here, deactivated or deleted in accounting: each is a line."""
    assert told(an_ending(2, here="deactivate")) == (
        Line("deactivate", "customer:2", "2", "register", "active", before=True, after=False),
    )
    assert told(an_ending(2, there="deactivate")) == (
        Line("deactivate", "customer:2", "2", "accounting", "active", before=True, after=False),
    )
    (line,) = told(an_ending(2, there="delete"))
    assert (line.kind, line.message) == ("deactivate", "deleted in accounting")
    (line,) = told(an_ending(2, here="delete"))
    assert (line.kind, line.target, line.message) == ("deactivate", "register", "removed from the register")


def test_what_goes_back_is_told_side_by_side() -> None:
    """The register's first, each with what stands there now and what it becomes (S-56)."""
    pair = a_pair()
    first, second = lines(TakeBack(pair, (Write("phone", "2", "1"),), (Write("email", "b", "a"),)))
    assert (first.kind, first.target, first.before, first.after) == ("update_in_register", "register", "2", "1")
    assert (second.kind, second.target, second.before, second.after) == ("update_in_accounting", "accounting", "b", "a")
    assert {(line.subject, line.customer_number) for line in (first, second)} == {("customer:1", "1001")}


def test_an_undone_create_tells_what_goes_with_it() -> None:
    """The register's values that came with the create are given back first (S-56)."""
    pair = a_pair()
    ending = EndLink(pair, "undone", there="delete", take=(Write("currency", "SEK", None),))
    first, second = lines(ending)
    assert (first.kind, first.target, first.subject) == ("update_in_register", "register", "customer:1")
    assert (first.field, first.before, first.after, second.target) == ("currency", "SEK", None, "accounting")


def test_a_customer_that_is_inactive_already_is_not_deactivated() -> None:
    """No line for what is so already."""
    pair = a_pair(base={"active": False})
    assert lines(EndLink(pair, "missing_in_accounting", here="deactivate")) == ()
    assert lines(EndLink(pair, "undone", here="delete")) != ()
    assert lines(EndLink(Pair(None, a_record(), a_link()), "x", here="deactivate")) != ()


def test_a_deleted_customer_is_known_by_its_link() -> None:
    """A customer deleted here is told under the number that accounting knows."""
    pair = Pair(None, a_record("5"), a_link(customer_id=9))
    (line,) = lines(EndLink(pair, "deleted_in_register", there="deactivate"))
    assert (line.subject, line.customer_number) == ("customer:9", "5")


def test_a_reference_is_a_line_of_its_customer() -> None:
    """A written document counts for its customer and is named by its kind (S-32)."""
    (line,) = lines(a_reference(4, "Anna Ek", reference="Bert Al", feed="invoice_drafts"))
    assert replace(line, trace=None) == Line(
        "our_reference", "customer:4", "4", "document", "our_reference", "Bert Al", "Anna Ek", message="invoice draft"
    )
    (skipped,) = lines(replace(a_reference(), skipped="kept"))
    assert (skipped.outcome, skipped.message) == ("skipped", "kept")


def test_a_line_keeps_what_an_undo_must_know() -> None:
    """Which record, what stood beside a group's written members, and what became of a record (S-56)."""
    there = an_update(4, push=[Write("invoice_city", "Umeå", "Luleå"), Write("phone", "1", "2")])
    others = dict.fromkeys(("invoice_line1", "invoice_line2", "invoice_postal_code", "invoice_country"))
    assert traces(there) == [Trace("r-1", beside=others), Trace("r-1")]
    assert traces(an_ending(2, here="delete", there="delete")) == [Trace("r-1", became="deleted")] * 2
    assert traces(an_ending(2, there="deactivate")) == [Trace("r-1", became="deactivated")]
    (line,) = lines(a_reference(4))
    assert line.trace == Trace("d-1", "orders")


def test_what_stood_beside_a_write_is_the_written_sides_own() -> None:
    """Else an undo would take what only the other side holds for an edit, and leave the value (S-27, S-56)."""
    pair = a_pair(register={"contact_phone": "1"}, accounting={"contact_phone": "2"})
    write = Write("contact_name", "Eva", "Anna")
    held = {
        line.target: line.trace.beside["contact_phone"]
        for line in lines(TakeBack(pair, take=(write,), push=(write,)))
        if line.trace is not None and line.trace.beside is not None
    }
    assert held == {"register": "1", "accounting": "2"}


def test_a_customer_whose_record_is_gone_is_traced_by_its_link() -> None:
    """An undo finds the record that belonged to it, or knows that there was none."""
    pair = a_pair()
    (line,) = lines(EndLink(replace(pair, remote=None), "missing_in_accounting", here="deactivate"))
    assert line.trace == Trace("r-1", became="deactivated")
    (line,) = lines(TakeBack(replace(pair, remote=None, link=None), take=(Write("phone", "2", "1"),)))
    assert line.trace == Trace(None)


def test_what_is_left_alone_is_told_with_why() -> None:
    """A field with the value that would have gone back; a record without one (S-56)."""
    pair = a_pair()
    field = LeftAlone("accounting", "edited since", Write("phone", "3", "1"))
    record = LeftAlone("register", "changed since")
    first, second = lines(TakeBack(pair, left=(field, record)))
    assert (first.kind, first.before, first.after) == ("update_in_accounting", "3", "1")
    assert (second.kind, second.field, second.target) == ("create_in_register", None, "register")
    assert {(line.subject, line.customer_number) for line in (first, second)} == {("customer:1", "1001")}
    assert [line.outcome for line in (first, second)] == ["skipped", "skipped"]
    (third,) = lines(EndLink(pair, "undone", left=(record,)))
    assert third.message == "changed since"
