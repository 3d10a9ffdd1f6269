"""Where a connection stands, in the words of the overview."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from syncd.errors import TryLaterError
from syncd.ports.clock import stamp
from syncd.web.pages.standing import described
from syncd.web.pages.words import Words

if TYPE_CHECKING:
    from tests.web.site import Site

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGO = stamp(NOW - timedelta(minutes=3))
SOON = stamp(NOW + timedelta(minutes=5))


def connection(**told: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of the document
    """A connection as `syncd status` tells it: in step."""
    run = {"id": 7, "status": "succeeded", "started_at": AGO, "finished_at": AGO, "error": None}
    calm = {"system": "visma_eaccounting", "state": "ready", "paused": False, "company": None, "attention": None}
    none: dict[str, Any] = {
        "linked": 0,
        "open_conflicts": 0,
        "next_run": None,
        "circuit": {"retry_at": None},
        "queue": [],
    }
    return {"name": "visma", **calm, **none, "last_run": {**run, **told.pop("run", {})}, **told}


@pytest.mark.parametrize(
    ("told", "label", "said"),
    [
        ({"next_run": {"at": SOON, "kind": "incremental"}}, "In step", "next run 12:05"),
        ({"run": {"status": "running", "finished_at": None}}, "In step", "a run is under way, begun 3 minutes ago"),
        ({"run": {"status": "partial"}}, "Questions wait", "did not go well for everybody"),
        ({"state": "paused", "paused": True}, "Paused", "until somebody resumes it"),
        ({"state": "needs_consent", "last_run": None}, "Needs attention", "gives consent"),
        (
            {"state": "needs_attention", "attention": {"code": "x", "message": "No licence", "remedy": "Buy one."}},
            "Needs attention",
            "No licence. Buy one.",
        ),
        ({"circuit": {"retry_at": SOON}}, "In step", "The schedule tries again 12:05"),
    ],
)
def test_every_state_has_its_words(told: dict[str, Any], label: str, said: str) -> None:
    """What is wrong, what comes, and what to do about it."""
    shown = described(connection(**told), Words("en"), NOW)
    everything = " ".join([shown.sentence, *shown.coming, *(remedy.why for remedy in shown.remedies)])
    assert shown.label == label
    assert said.lower() in everything.lower()


def test_a_lost_database_and_a_fault_of_ours_are_pages_too(site: Site) -> None:
    """With what to do, and without a word of what is inside."""
    anna = site.logged_in()

    def away(_group: int) -> dict[str, Any]:
        raise TryLaterError("the database is away", code="database_unreachable")

    def broken(_group: int) -> dict[str, Any]:
        raise RuntimeError("secret inside")

    site.standing = broken
    fault = anna.get("/")
    assert (fault.status, "Something unexpected happened." in fault.text, "secret" in fault.html) == (500, True, False)
    site.standing = away
    lost = anna.get("/")
    assert (lost.status, "The database cannot be reached." in lost.text) == (503, True)
