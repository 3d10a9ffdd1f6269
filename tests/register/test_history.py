"""What the history of a customer tells."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syncd.register.access import Actor
from syncd.register.history import Change, Event, EventKind, event, events, kind_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVA = Actor("eva", "Eva Berg", 1)
RUN = Actor.for_run(12, "visma")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (Change("phone", "08-1", "08-2"), "changed"),
        (Change("number", "1", "2"), "renumbered"),
        (Change("active", before=True, after=False), "deactivated"),
        (Change("active", before=False, after=True), "reactivated"),
    ],
)
def test_the_history_calls_a_change_by_its_name(change: Change, kind: str) -> None:
    assert kind_of(change) == kind


def test_a_persons_edit_is_one_line_per_field() -> None:
    lines = events([Change("name", "Alfa", "Beta"), Change("number", "1", "2")], by=EVA, when=NOON)

    assert lines == (
        Event(NOON, "eva", EventKind.CHANGED, None, "name", "Alfa", "Beta"),
        Event(NOON, "eva", EventKind.RENUMBERED, None, "number", "1", "2"),
    )


def test_a_sync_runs_edit_names_the_run() -> None:
    (line,) = events([Change("phone", None, "08-1")], by=RUN, when=NOON)

    assert (line.who, line.run_id) == ("sync:visma", 12)


def test_what_happens_to_the_whole_customer_has_no_field() -> None:
    assert event(EventKind.CREATED, by=EVA, when=NOON) == Event(NOON, "eva", EventKind.CREATED)
    assert event(EventKind.CREATED, by=RUN, when=NOON) == Event(NOON, "sync:visma", EventKind.CREATED, 12)


def test_an_assignment_tells_who_was_assigned() -> None:
    line = event(EventKind.ASSIGNED, by=EVA, when=NOON, change=Change("assigned", None, "bo"))

    assert (line.kind, line.field, line.before, line.after) == ("assigned", "assigned", None, "bo")


def test_erasure_takes_the_values_and_leaves_the_event() -> None:
    (line,) = events([Change("phone", "08-1", "08-2")], by=RUN, when=NOON)

    assert line.erased() == Event(NOON, "sync:visma", EventKind.CHANGED, 12, "phone")


def test_a_time_without_a_zone_is_not_recorded() -> None:
    with pytest.raises(ValueError, match="zone"):
        Event(NOON.replace(tzinfo=None), "eva", EventKind.CREATED)


def test_the_kinds_of_events_are_those_that_customers_can_filter_by() -> None:
    assert {str(kind) for kind in EventKind} == {
        "created",
        "file_added",
        "file_deleted",
        "customer_user_added",
        "customer_user_changed",
        "customer_user_deleted",
        "changed",
        "renumbered",
        "assigned",
        "unassigned",
        "deactivated",
        "reactivated",
        "deleted",
        "linked",
        "unlinked",
        "sent",
        "exported",
        "erased",
        "ordered",
    }
