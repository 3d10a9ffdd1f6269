from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.connected import OTHER_PERSON, PERSON, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        yield made


def test_conflicts_are_written_into_a_file_of_each_kind(visma: Connected) -> None:
    """The suffix says which; JSON holds what the list shows."""
    visma.question()
    for form in ("csv", "xlsx", "json", "html"):
        answer = visma.ok("conflicts", "export", f"open.{form}")
        assert answer.out == f"Wrote 1 conflict into open.{form}.\n"
    assert json.loads((visma.directory / "open.json").read_text()) == visma.ok("conflicts", "list", "--json").json
    (row,) = csv.DictReader(io.StringIO((visma.directory / "open.csv").read_text("utf-8-sig")))
    assert (row["Customer number"], row["Register"], row["Accounting"]) == ("1", "08-200 20 20", "08-300 30 30")
    page = CalamineWorkbook.from_path(str(visma.directory / "open.xlsx")).get_sheet_by_name("Conflicts").to_python()
    assert "08-300 30 30" in page[1]
    assert "<td>08-300 30 30</td>" in (visma.directory / "open.html").read_text()


def test_an_export_is_narrowed_like_a_list(visma: Connected) -> None:
    """And an empty one is a file all the same."""
    visma.question()
    visma.company.add_customer(CustomerNumber=None)
    visma.sync()
    told = visma.ok("conflicts", "export", "some.json", "--kind", "no_number", "--connection", "visma", "--json").json
    assert told == {"file": "some.json", "conflicts": 1}
    assert visma.ok("conflicts", "export", "none.csv", "--customer", "99").out == "Wrote 0 conflicts into none.csv.\n"
    assert visma.ok("conflicts", "export", "all.json", "--all", "--status", "resolved", "--json").json["conflicts"] == 0
    assert visma("conflicts", "export", "x.csv", "--kind", "nonsense").code == 64
    assert visma("conflicts", "export", "x.csv", "--connection", "nowhere").code == 1
    assert not (visma.directory / "x.csv").exists()


def test_a_file_is_replaced_only_when_told_to(visma: Connected) -> None:
    """And its name must say what it holds."""
    file = visma.directory / "open.csv"
    file.write_text("mine")
    refused = visma("conflicts", "export", "open.csv")
    assert (refused.code, "--overwrite" in refused.err, file.read_text()) == (1, True, "mine")
    visma.ok("conflicts", "export", "open.csv", "--overwrite")
    assert "Customer number" in file.read_text()
    unknown = visma("conflicts", "export", "open.pdf")
    assert (unknown.code, ".csv .xlsx .json .html" in unknown.err) == (64, True)
    assert visma("conflicts", "export", "nowhere/open.csv").code == 1


def test_an_export_masks_personal_numbers_unless_asked_not_to(visma: Connected) -> None:
    """By an administrator, and the customer's history shows it."""
    visma.ok("customer", "add", "1", "Åke Ek", "type=private", f"organisation_number={PERSON}")
    visma.company.add_customer(CustomerNumber="1", Name="Åke Ek", CorporateIdentityNumber=OTHER_PERSON)
    visma.first_sync()
    visma.ok("conflicts", "export", "masked.csv")
    text = (visma.directory / "masked.csv").read_text()
    assert "811228-****" in text
    assert PERSON not in text
    assert "unmasked" not in visma.ok("customer", "history", "1").out
    visma.ok("conflicts", "export", "whole.csv", "--show-personal")
    assert PERSON in (visma.directory / "whole.csv").read_text()
    assert "unmasked" in visma.ok("customer", "history", "1").out
    visma.ok("user", "add", "kalle", "--name", "Kalle")
    assert visma("conflicts", "export", "kalles.csv", "--as", "kalle").code == 77
