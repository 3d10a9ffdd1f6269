"""The brakes at their exact edges (S-70, S-71, S-73)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.engine.actions import Write
from syncd.engine.guard import Limits, Totals, weigh
from syncd.values.units import UNITS
from tests.engine.builders import (
    a_change,
    a_create,
    a_deactivation,
    a_plan,
    a_reference,
    an_ending,
    an_import,
    an_update,
)

if TYPE_CHECKING:
    from syncd.engine.actions import Decision
    from syncd.register.fields import Value

FIELDS = ("phone", "mobile", "email", "website")


def codes(*decisions: Decision, limits: Limits | None = None, **totals: Any) -> list[str]:  # noqa: ANN401 - the totals, by name
    """Which brakes hold a plan."""
    return [held.code for held in weigh(a_plan(*decisions), Totals(**totals), limits or Limits())]


def changes(count: int) -> list[Decision]:
    """So many customers with one change each, spread over fields so that none is on more than half."""
    return [a_change(i, FIELDS[i % len(FIELDS)]) for i in range(count)]


def blanks(count: int) -> list[Decision]:
    """So many customers that lose one value each."""
    return [a_change(i, FIELDS[i % len(FIELDS)], after=None) for i in range(count)]


# Many changes: S-70


@pytest.mark.parametrize(
    ("linked", "count", "held"),
    [
        (0, 20, False),
        (0, 21, True),
        (100, 20, False),
        (100, 21, True),
        (101, 20, False),
        (101, 21, True),
        (104, 21, True),
        (105, 21, False),
        (1000, 200, False),
        (1000, 201, True),
    ],
)
def test_a_run_that_changes_many_customers_is_held(linked: int, count: int, held: object) -> None:
    """More than 20, and more than a fifth of the linked customers, waits for an administrator (S-70)."""
    assert codes(*changes(count), linked=linked) == (["many_changes"] if held else [])


def test_the_share_and_the_minimum_are_settings() -> None:
    """An administrator sets how much may change by itself."""
    assert codes(*changes(3), linked=100, limits=Limits(max_changes_percent=2, max_changes_minimum=3)) == []
    assert codes(*changes(4), linked=100, limits=Limits(max_changes_percent=2, max_changes_minimum=3)) == [
        "many_changes"
    ]
    assert codes(*changes(50), linked=100, limits=Limits(max_changes_percent=50)) == []


def test_a_customer_is_counted_once() -> None:
    """Ten fields of one customer are one change (S-70)."""
    writes = [Write(name, "a", "b") for unit in UNITS.values() for name in unit.members]
    assert codes(an_update(1, push=writes)) == []


def test_creates_updates_and_references_count_alike() -> None:
    """Customers created, updated or given a reference, on either side, are added up (S-70, S-32)."""
    limits = Limits(max_changes_minimum=3)
    three = (a_create("1", id=1), an_import("2", remote_id="r-2"), a_change(3))
    assert codes(*three, limits=limits) == []
    four = weigh(a_plan(*three, references=[a_reference(4)]), Totals(), limits)
    assert [held.code for held in four] == ["many_changes"]
    again = weigh(a_plan(*three, references=[a_reference(3)]), Totals(), limits)
    assert not again


def test_the_message_names_the_numbers() -> None:
    """An administrator reads how many customers would change, and how many may."""
    (held,) = weigh(a_plan(*changes(21)), Totals(linked=50), Limits())
    assert held.message == "21 customers would change, more than the 20 allowed in one run"


# Deactivations and blanking: S-70, S-73


@pytest.mark.parametrize(("count", "held"), [(5, []), (6, ["many_deactivations"])])
def test_many_deactivations_are_held(count: int, held: list[str]) -> None:
    """More than five deactivations wait, however small the register (S-70)."""
    assert codes(*[a_deactivation(i) for i in range(count)]) == held
    assert codes(*[an_ending(i, there="deactivate") for i in range(count)]) == held
    assert codes(*[an_ending(i, there="delete") for i in range(count)]) == held
    assert codes(*[an_ending(i) for i in range(count)]) == []


def test_deactivations_are_a_setting() -> None:
    """An administrator sets how many customers may be deactivated by themselves."""
    assert codes(*[a_deactivation(i) for i in range(3)], limits=Limits(max_deactivations=2)) == ["many_deactivations"]
    assert codes(a_deactivation(), limits=Limits(max_deactivations=0)) == ["many_deactivations"]


@pytest.mark.parametrize(
    ("linked", "count", "held"), [(21, 5, []), (21, 6, ["mass_blanking"]), (20, 6, []), (20, 20, [])]
)
def test_customers_that_lose_values_count_like_deactivations(linked: int, count: int, held: list[str]) -> None:
    """A mapping mistake that empties fields is held, in registers above the minimum (S-73)."""
    assert codes(*blanks(count), linked=linked) == held


def test_blanked_and_deactivated_are_added_up() -> None:
    """Three deactivated and three emptied customers are six losses; the same customer twice is one."""
    three = [a_deactivation(i) for i in range(3)]
    assert codes(*three, *[a_change(i, after=None) for i in range(10, 13)], linked=30) == ["mass_blanking"]
    assert codes(*three, *[a_change(i, after=None) for i in range(3)], linked=30) == []
    five = [a_deactivation(i) for i in range(5)]
    assert codes(*five, a_change(9, after=None), linked=30) == ["mass_blanking"]


@pytest.mark.parametrize(("before", "after"), [(None, None), ("", None), (None, "x"), ("x", "y"), ("x", False)])
def test_only_a_value_that_was_there_is_lost(before: Value, after: Value) -> None:
    """Filling and changing fields blanks nobody."""
    lost = [a_change(i, FIELDS[i % 4], before=before, after=after) for i in range(6)]
    assert codes(*lost, linked=30) == []


def test_messages_of_losses() -> None:
    """Each brake says what would be lost (S-73)."""
    (held,) = weigh(a_plan(*[a_deactivation(i) for i in range(6)]), Totals(), Limits())
    assert held.message == "6 customers would be deactivated, more than the 5 allowed in one run"
    (held,) = weigh(
        a_plan(*[a_deactivation(i) for i in range(6)], a_change(9, after=None)), Totals(linked=40), Limits()
    )
    assert (held.code, held.message[:33]) == ("many_deactivations", "6 customers would be deactivated,")
    (held,) = weigh(a_plan(*blanks(7)), Totals(linked=30), Limits())
    assert held.message == "7 customers would be deactivated or lose a value, more than the 5 allowed in one run"


# All changed: S-73


@pytest.mark.parametrize(
    ("linked", "count", "held"),
    [(22, 11, []), (22, 12, ["all_changed"]), (21, 10, []), (21, 11, ["all_changed"]), (20, 20, [])],
)
def test_a_field_that_changes_on_most_customers_is_held(linked: int, count: int, held: list[str]) -> None:
    """The same field on more than half of the customers waits, in registers above the minimum (S-73)."""
    assert codes(*[a_change(i) for i in range(count)], linked=linked) == held


def test_the_field_that_changes_most_is_named_and_counted_by_customer() -> None:
    """The message is the same at every run, also where two fields change equally often."""
    twice = [an_update(i, take=[Write("phone", "a", "b")], push=[Write("phone", "c", "b")]) for i in range(11)]
    assert codes(*twice, linked=22) == []
    both = [an_update(i, push=[Write("phone", "a", "b"), Write("email", "a", "b")]) for i in range(12)]
    (held,) = weigh(a_plan(*both), Totals(linked=22), Limits())
    assert held.message == "phone would change on 12 of 22 customers"
    (held,) = weigh(a_plan(*[a_change(i, "email") for i in range(12)], a_change(1)), Totals(linked=22), Limits())
    assert held.message == "email would change on 12 of 22 customers"


# First run: S-71


def test_the_first_run_waits_for_an_administrator() -> None:
    """Nothing is written before somebody has seen what would be (S-71)."""
    (held,) = weigh(a_plan(*changes(3)), Totals(first_run=True), Limits())
    assert (held.code, held.message) == ("first_run", "first run: 3 customers would change")
    assert codes(first_run=True) == ["first_run"]


def test_the_first_run_can_be_let_through() -> None:
    """With approve_first_run off, the shares of S-70 do not hold a first run either (S-71)."""
    free = Limits(approve_first_run=False)
    assert codes(*changes(500), first_run=True, limits=free) == []
    assert codes(*[a_deactivation(i) for i in range(6)], first_run=True, limits=free) == []


def test_the_first_references_wait_like_a_first_run() -> None:
    """Switching *our reference* on writes no document before an administrator has seen it (S-32)."""
    plan = a_plan(references=[a_reference(1), a_reference(1, remote_id="d-2"), a_reference(2)])
    (held,) = weigh(plan, Totals(first_references=True), Limits())
    assert held.code == "first_references"
    assert held.message == "our reference was switched on: documents of 2 customers would be written"
    assert not weigh(plan, Totals(), Limits())
    assert not weigh(plan, Totals(first_references=True), Limits(approve_first_run=False))
    assert not weigh(a_plan(), Totals(first_references=True), Limits())


# Sides that shrink: S-70, S-71


@pytest.mark.parametrize("side", ["accounting", "register"])
@pytest.mark.parametrize(
    ("now", "before", "linked", "held"),
    [
        (0, 10, 0, ["empty_side"]),
        (0, None, 3, ["empty_side"]),
        (0, None, 0, []),
        (0, 0, 0, []),
        (4, 10, 0, ["halved_side"]),
        (5, 10, 0, ["halved_side"]),
        (6, 10, 0, []),
        (5, 11, 0, ["halved_side"]),
        (6, 11, 0, []),
        (2, 4, 0, []),
        (3, 6, 0, ["halved_side"]),
        (1, 3, 0, []),
        (1, 4, 0, ["halved_side"]),
        (1, 2, 0, []),
        (9, 10, 0, []),
        (4, None, 9, []),
        (None, 10, 9, []),
    ],
)
def test_an_empty_or_halved_side_is_held(
    side: str, now: int | None, before: int | None, linked: int, held: list[str]
) -> None:
    """A side that suddenly has nothing, or half of it or less, is not taken for deletions (S-70)."""
    totals: dict[str, Any] = {side: now, f"{side}_before": before, "linked": linked}
    assert codes(**totals) == held


@pytest.mark.parametrize("side", ["accounting", "register"])
def test_a_first_run_may_have_an_empty_side(side: str) -> None:
    """A new connection to an empty company is no alarm, unless links already exist (S-71)."""
    free = Limits(approve_first_run=False)
    for now, code in ((0, "empty_side"), (4, "halved_side")):
        empty = {side: now, f"{side}_before": 10, "first_run": True}
        assert codes(**empty, limits=free) == []
        assert codes(**empty, linked=1, limits=free) == [code]


def test_one_customer_is_not_customers() -> None:
    """A message counts as a person would."""
    assert [h.message for h in weigh(a_plan(), Totals(accounting=0, accounting_before=1), Limits())] == [
        "accounting is empty, it held 1 customer before"
    ]


def test_messages_of_whole_run_brakes() -> None:
    """Each brake says in plain words what it saw (S-73)."""
    totals = Totals(restored=True, first_run=True, listed_total=10, accounting=9, known=50, found=30)
    found = weigh(a_plan(), totals, Limits(approve_first_run=False))
    assert [held.message for held in found] == [
        "the database is older than the last run: it was restored from a backup",
        "accounting says 10 customers but showed 9",
        "only 30 of 50 linked customers are still in accounting",
    ]


def test_messages_of_shrunk_sides() -> None:
    """An administrator reads which side shrank, and from what."""
    found = weigh(a_plan(), Totals(accounting=0, accounting_before=7, register=2, register_before=9), Limits())
    assert [held.message for held in found] == [
        "accounting is empty, it held 7 customers before",
        "the register holds 2 customers, it held 9 before",
    ]
    (held,) = weigh(a_plan(), Totals(register=0, linked=5), Limits())
    assert held.message == "the register is empty, it held 5 customers before"


def test_a_first_listing_that_misses_rows_is_held() -> None:
    """Where the vendor's total disagrees on a first run, nothing is created from half a list (S-71)."""
    free = Limits(approve_first_run=False)
    assert codes(first_run=True, listed_total=10, accounting=9, limits=free) == ["incomplete_listing"]
    assert codes(listed_total=10, accounting=9) == []
    assert codes(first_run=True, accounting=9, limits=free) == []
    assert codes(first_run=True, listed_total=10, accounting=0, limits=free) == ["incomplete_listing"]


# Wrong company, mapping, backup: S-73


@pytest.mark.parametrize(
    ("known", "found", "held"),
    [
        (20, 16, False),
        (20, 15, True),
        (19, 0, False),
        (100, 80, False),
        (100, 79, True),
        (1000, 799, True),
        (0, 0, False),
    ],
)
def test_vanished_records_are_held(known: int, found: int, held: object) -> None:
    """A full run that finds fewer than 80 % of at least 20 known customers looks at the wrong company (S-73)."""
    assert codes(known=known, found=found) == (["records_vanished"] if held else [])


def test_a_mapping_that_drops_fields_asks_first() -> None:
    """A field that is no longer synchronised is named before anything happens (S-73)."""
    (held,) = weigh(a_plan(), Totals(mapping_dropped=("phone", "contact")), Limits())
    assert (held.code, held.message) == (
        "mapping_changed",
        "these fields are no longer synchronised as before: phone, contact",
    )


def test_a_restored_database_asks_first() -> None:
    """A database from a backup writes nothing by itself (S-73)."""
    assert codes(restored=True) == ["restored_database"]


def test_a_plan_may_be_held_for_several_reasons() -> None:
    """Every brake is told, the gravest first."""
    found = codes(*[a_deactivation(i) for i in range(30)], linked=40, restored=True, accounting=1, accounting_before=9)
    assert found == ["restored_database", "halved_side", "many_changes", "many_deactivations", "all_changed"]


def test_an_ordinary_run_is_not_held() -> None:
    """A few changes in a healthy register go through."""
    plenty: dict[str, Any] = {
        "linked": 100,
        "accounting": 100,
        "accounting_before": 100,
        "register": 99,
        "register_before": 100,
    }
    assert codes(*changes(5), known=100, found=100, **plenty) == []
