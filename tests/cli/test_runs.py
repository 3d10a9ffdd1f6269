from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.connected import connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        yield made


def test_runs_are_looked_back_at(visma: Connected) -> None:
    """Newest first; a report is the document that the run printed."""
    assert visma.ok("runs", "list", "--json").json == []
    assert "Nothing has run yet" in visma.ok("runs", "list").out
    visma.ok("customer", "add", "1", "Åkes Bygg", "invoice_city=Umeå", "invoice_postal_code=903 26")
    held = visma.sync(code=3)
    done = visma.sync("visma", "--approve")
    listed = visma.ok("runs", "list", "--json").json
    assert [(one["id"], one["status"], one["who"]) for one in listed] == [
        (done["run"]["id"], "succeeded", "anna"),
        (held["run"]["id"], "held", "anna"),
    ]
    assert len(visma.ok("runs", "list", "--connection", "visma", "--limit", "1", "--json").json) == 1
    assert visma.ok("runs", "show", str(done["run"]["id"]), "--json").json == done
    assert visma.ok("runs", "show", str(held["run"]["id"]), "--json").json == held
    shown = visma.ok("runs", "show", str(held["run"]["id"])).out
    assert "first run: 1 customer would change" in shown
    assert "create in accounting" in shown
    assert "1 customer created in accounting" in visma.ok("runs", "list").out


def test_what_is_not_there_ends_in_1(visma: Connected) -> None:
    """Unknown runs and connections; a word for a number is wrong use."""
    assert visma("runs", "show", "99").code == 1
    assert visma("runs", "list", "--connection", "nowhere").code == 1
    assert visma("runs", "show", "last").code == 64


def test_personal_numbers_are_shown_on_record(visma: Connected) -> None:
    """Who asks for them is written into the customer's history."""
    visma.ok("customer", "add", "1", "Åkes Bygg", "invoice_city=Umeå", "invoice_postal_code=903 26")
    visma.sync(code=3)
    visma.ok("runs", "show", "1", "--show-personal")
    assert "unmasked" in visma.ok("customer", "history", "1").out
