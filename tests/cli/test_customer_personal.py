"""`syncd customer export` and `erase`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


@pytest.fixture
def eva(shell: Shell) -> Shell:
    shell.ok("customer", "add", "1001", "Eva Qvist", "email=eva@qvist.example", "type=private")
    return shell


def test_an_export_is_a_file_for_its_owner_alone(eva: Shell) -> None:
    """One JSON document, never over another file; without a file it goes to standard output."""
    answer = eva.ok("customer", "export", "1001", "eva.json")
    assert answer.out == "All that is held on customer 1001 is in eva.json.\n"
    assert Path("eva.json").stat().st_mode & 0o777 == 0o600
    document = json.loads(Path("eva.json").read_text(encoding="utf-8"))
    assert document["customer"][0]["name"] == "Eva Qvist"
    assert eva("customer", "export", "1001", "eva.json").err.startswith("eva.json exists already.")
    assert eva.ok("customer", "export", "1001").json["history"][-1]["kind"] == "exported"


def test_erasing_asks_first(eva: Shell) -> None:
    """Nothing is erased by a slip of the hand; afterwards number and events are left."""
    answer = eva("customer", "erase", "1001")
    assert (answer.code, "add --yes" in answer.err) == (64, True)
    assert eva.ok("customer", "show", "1001", "--json").json["name"] == "Eva Qvist"
    assert eva.ok("customer", "erase", "1001", "--yes", "--json").json == {
        "number": "1001",
        "again": False,
        "remains": [],
        "wiped": True,
    }
    assert b"Qvist" not in Path("syncd.db").read_bytes()
    shown = eva.ok("customer", "show", "1001", "--json").json
    assert (shown["name"], shown["email"], shown["active"]) == ("Erased customer", None, False)
    assert "Customer 1001 had been erased." in eva.ok("customer", "erase", "1001", "--yes").out


def test_several_deleted_customers_of_one_number_are_told_apart(eva: Shell) -> None:
    """Deleting frees the number; whoever asks to be erased is named by id."""
    eva.ok("customer", "delete", "1001")
    eva.ok("customer", "add", "1001", "Adam Berg", "email=adam@berg.example")
    eva.ok("customer", "delete", "1001")
    answer = eva("customer", "erase", "1001", "--yes")
    assert "--id 1: deleted 20" in answer.err
    eva.ok("customer", "erase", "1001", "--id", "1", "--yes")
    assert eva.ok("customer", "erase", "1001", "--id", "1", "--yes", "--json").json["again"]
    assert not eva.ok("customer", "erase", "1001", "--id", "2", "--yes", "--json").json["again"]


def test_others_than_administrators_are_told_no(eva: Shell) -> None:
    """Also where they may see and delete the customer."""
    eva.ok("user", "add", "bo", "--name", "Bo")
    eva.ok("user", "grant", "bo", "view", "delete")
    assert eva("customer", "erase", "1001", "--yes", "--as", "bo").code == 77
    assert eva("customer", "export", "1001", "--as", "bo").code == 77
