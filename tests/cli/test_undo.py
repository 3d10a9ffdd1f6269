"""`syncd runs undo` and `syncd connection take-back-references`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.connected import Connected, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell

HOME = ("invoice_city=Umeå", "invoice_postal_code=1")


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    """A connection; the phone of customer 1 was pushed by its last run."""
    with connected(shell, tmp_path) as made:
        made.ok("customer", "add", "1", "Åkes Bygg", "phone=08-100 10 10", *HOME)
        made.first_sync()
        made.ok("customer", "set", "1", "phone=08-200 20 20")
        made.sync()
        yield made


def last_run(visma: Connected) -> str:
    return str(visma.ok("runs", "list", "--json").json[0]["id"])


def undo(visma: Connected, run: str, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - any JSON
    answer = visma("runs", "undo", run, *words, "--json")
    assert answer.code == code, answer.err
    return answer.json


def told(document: Any) -> list[tuple[str, str | None, str]]:  # noqa: ANN401 - any JSON
    return [(a["kind"], a["field"], a["outcome"]) for a in document["actions"]]


def test_an_undo_is_a_run_of_its_own(visma: Connected) -> None:
    """Its document is that of a sync, of kind undo; the field is a conflict afterwards; runs say of what it is."""
    run = last_run(visma)
    planned = undo(visma, run, "--dry-run")
    assert (planned["run"]["kind"], planned["run"]["status"]) == ("undo", "planned")
    assert visma.company.customer("1")["Telephone"] == "08-200 20 20"
    done = undo(visma, run)
    assert (done["run"]["kind"], done["run"]["status"]) == ("undo", "succeeded")
    assert told(done) == [("update_in_accounting", "phone", "done"), ("open_conflict", "phone", "done")]
    assert visma.company.customer("1")["Telephone"] == "08-100 10 10"
    (conflict,) = visma.ok("conflicts", "list", "--json").json
    assert (conflict["kind"], conflict["field"], conflict["choices"]) == (
        "field",
        "phone",
        ["register", "accounting", "value"],
    )
    assert visma.ok("runs", "list", "--json").json[0]["undoes"] == run
    assert f"undo of run {run}" in visma.ok("runs", "list").out
    assert f"undo of run {run}" in visma.ok("runs", "show", last_run(visma)).out


def test_people_read_what_an_undo_does(visma: Connected) -> None:
    """A table like that of a run; the second time there is nothing to take back."""
    run = last_run(visma)
    answer = visma.ok("runs", "undo", run)
    assert "08-200 20 20 → 08-100 10 10" in answer.out
    assert "1 conflict waits for an answer" in answer.out
    assert visma.ok("runs", "undo", run).out.startswith("Nothing to take back.")


def test_what_was_edited_since_is_listed(visma: Connected) -> None:
    """With the reason, in the document and for people."""
    visma.company.edit_customer("1", Telephone="08-300 30 30")
    (action,) = undo(visma, last_run(visma), "--dry-run")["actions"]
    assert (action["outcome"], action["message"]) == ("skipped", "edited since: phone")
    assert (action["before"], action["after"]) == ("08-300 30 30", "08-100 10 10")
    assert "skipped: edited since: phone" in visma.ok("runs", "undo", "3", "--customer", "1").out


def test_a_held_undo_is_approved_by_its_own_command(visma: Connected) -> None:
    """The reason, the code 3, and what to type; approving a synchronisation is something else."""
    visma.ok("connection", "set", "visma", "max_changes_minimum=0", "max_changes_percent=0")
    run = last_run(visma)
    held = visma("runs", "undo", run, "--customer", "1")
    assert held.code == 3
    assert f"syncd runs undo {run} --customer 1 --approve" in held.out
    assert f"syncd runs undo {run} --customer 1 --dry-run" in visma.ok("status").out
    visma.sync("visma", "--approve")
    assert visma.company.customer("1")["Telephone"] == "08-200 20 20"
    assert undo(visma, run, "--customer", "1", code=3)["run"]["error"]["remedy"].startswith(
        f"Look at the plan (`syncd runs undo {run} --customer 1 --dry-run`)"
    )
    assert undo(visma, run, "--customer", "1", "--approve")["run"]["status"] == "succeeded"
    assert visma.company.customer("1")["Telephone"] == "08-100 10 10"


def test_what_cannot_be_undone_is_refused(visma: Connected) -> None:
    """Unknown runs and customers, runs that wrote nothing, contradicting options, other people."""
    visma.sync("visma", "--dry-run")
    refused = visma("runs", "undo", last_run(visma))
    assert refused.code == 1
    assert "it was a dry run" in refused.err
    assert "it was held" in visma("runs", "undo", "1").err
    assert visma("runs", "undo", "99").code == 1
    assert visma("runs", "undo", "3", "--customer", "4711").code == 1
    assert visma("runs", "undo", "3", "--dry-run", "--approve").code == 64
    visma.ok("user", "add", "bo", "--name", "Bo")
    assert visma("runs", "undo", "3", "--as", "bo").code == 77
    assert visma("runs", "undo", "3", "--show-personal", "--as", "bo").code == 77
    assert visma.company.customer("1")["Telephone"] == "08-200 20 20"


def test_an_undo_goes_the_way_of_any_run(visma: Connected) -> None:
    """One at a time, and not while the connection is paused: a document says so in either case."""
    with visma.held_lock():
        assert undo(visma, "3", "--no-wait", code=5)["run"]["kind"] == "undo"
    visma.ok("connection", "pause", "visma")
    assert undo(visma, "3", code=4)["run"]["error"]["code"] == "paused"


def test_whole_identity_numbers_are_shown_to_administrators_on_record(visma: Connected) -> None:
    """As for any run (R-07)."""
    visma.ok("customer", "set", "1", "type=private", "organisation_number=811228-9874")
    visma.sync()
    run = last_run(visma)
    assert "811228-****" in visma.ok("runs", "undo", run, "--dry-run").out
    assert "811228-9874" in visma.ok("runs", "undo", run, "--dry-run", "--show-personal").out
    assert visma.ok("customer", "history", "1", "--json").json[0]["kind"] == "unmasked"


def test_references_are_taken_back_by_a_command(visma: Connected) -> None:
    """Looked at first, then done; afterwards there is nothing to take back (S-34)."""
    visma.ok("user", "add", "tord", "--name", "Tord Tekniker")
    visma.ok("customer", "assign", "1", "tord")
    visma.company.add_document("orders", "1")
    visma.ok("connection", "set", "visma", "add_assigned_in_our_reference=true", "approve_first_run=false")
    visma.sync()
    command = ("connection", "take-back-references", "visma")
    planned = visma.ok(*command, "--dry-run", "--json").json
    assert (planned["run"]["kind"], planned["counts"]["our_reference"]) == ("undo", 1)
    done = visma.ok(*command, "--json").json
    assert [(a["kind"], a["target"], a["after"]) for a in done["actions"]] == [("our_reference", "document", None)]
    assert [row["OurReference"] for row in visma.company.documents("orders")] == [None]
    assert "Nothing to take back." in visma.ok(*command).out
    assert "undo of references" in visma.ok("runs", "list").out
    assert visma("connection", "take-back-references", "no such").code == 1
    visma.ok("connection", "set", "visma", "max_changes_minimum=0", "max_changes_percent=0")
    visma.company.add_document("orders", "1")
    visma.sync(code=3)
    visma.sync("visma", "--approve")
    held = visma(*command)
    assert held.code == 3
    assert "syncd connection take-back-references visma --approve" in held.out
