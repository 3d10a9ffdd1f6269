"""`syncd customer link` and `unlink`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.connected import Connected, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    """A connection whose customer 1 stands on both sides, linked."""
    with connected(shell, tmp_path) as made:
        made.ok("customer", "add", "1", "Åkes Bygg", "invoice_city=Umeå", "invoice_postal_code=1")
        made.first_sync()
        yield made


def states(document: Any) -> list[str]:  # noqa: ANN401 - any JSON
    return [link["state"] for link in document["links"]]


def test_a_link_is_ended_and_made_again(visma: Connected) -> None:
    """Between the two, edits stay where they are; afterwards the sides are compared."""
    assert states(visma.ok("customer", "unlink", "1", "--json").json) == ["ended"]
    visma.ok("customer", "set", "1", "phone=08-200 20 20")
    assert visma.sync()["actions"] == []
    assert states(visma.ok("customer", "link", "1", "--connection", "visma", "--json").json) == ["ended", "linked"]
    assert [a["field"] for a in visma.sync()["actions"]] == ["phone"]


def test_people_are_told_what_happens_next(visma: Connected) -> None:
    """Each command names the one that follows."""
    said = visma.ok("customer", "unlink", "1").out
    assert "no longer linked to visma" in said
    assert "syncd customer link 1 --connection visma" in said
    assert "syncd sync visma" in visma.ok("customer", "link", "1").out


def test_a_pair_in_doubt_is_refused_until_somebody_says_same(visma: Connected) -> None:
    """The remedy is the option to add."""
    visma.ok("customer", "unlink", "1")
    visma.ok("customer", "add", "2", "Bröderna Östlund Schakt", "invoice_city=Umeå", "invoice_postal_code=1")
    refused = visma("customer", "link", "2", "--remote-number", "1")
    assert refused.code == 1
    assert "--same" in refused.err
    visma.ok("customer", "link", "2", "--remote-number", "1", "--same")


def test_two_ways_to_name_the_record_are_one_too_many(visma: Connected) -> None:
    """Wrong use, nothing done."""
    assert visma("customer", "link", "1", "--remote-number", "1", "--remote-id", "x").code == 64
    assert visma("customer", "link", "1").code == 1
    assert visma("customer", "unlink", "no such").code == 1
