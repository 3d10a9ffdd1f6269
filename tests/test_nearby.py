"""Thousands of stories are played without a network: what they show holds over HTTP too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.sandbox import Fault
from tests.scenarios.sweeping import FAULTS, on_sqlite

if TYPE_CHECKING:
    from pathlib import Path

QUICK = {"seconds": 0.0}
"""Nobody waits: over HTTP a silent answer is a closed connection, as one that came too late."""


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_strikes_the_same_run_alike_near_and_far(kind: str, sqlite_template: Path, tmp_path: Path) -> None:
    """A read and a write go wrong; report, requests and what is in the books are the same."""
    (far, near) = (_told(kind, sqlite_template, tmp_path / place, nearby=place == "near") for place in ("far", "near"))
    assert near == far


def _told(kind: str, sqlite_template: Path, directory: Path, *, nearby: bool) -> dict[str, Any]:
    """A customer is on its way into the books when something goes wrong with a read, then with a write."""
    directory.mkdir()
    worlds = on_sqlite(sqlite_template, directory, nearby=nearby)
    with worlds(20.0) as world:
        world.configure({"approve_first_run": "false"})
        world.add("1001", {"name": "Alfa AB", "invoice_postal_code": "111 22", "invoice_city": "Umeå"})
        faults = [Fault(**(vars(FAULTS[kind]) | QUICK | {"method": method, "path": "/v2/*"})) for method in METHODS]
        world.sandbox.faults.add(*faults)
        runs = [world.sync() for _ in range(3)]
        asked = [(one.method, one.path, one.status, one.fault) for one in world.sandbox.requests]
        there = [row["CustomerNumber"] for row in world.company.customers()]
        return {"runs": [_plain(run) for run in runs], "asked": asked, "there": there}


METHODS = ("GET", "POST")


def _plain(document: dict[str, Any]) -> list[Any]:
    lines = [(line["kind"], line["outcome"]) for line in document["actions"]]
    return [document["run"]["status"], (document["run"]["error"] or {}).get("code"), lines]
