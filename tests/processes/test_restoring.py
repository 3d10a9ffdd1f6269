"""A backup is worth what restoring it is worth: done here step by step, as the guide says."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from syncd.store.database import Database
from tests.access.operations import PDF
from tests.processes.conftest import SYNCD

if TYPE_CHECKING:
    from tests.processes.conftest import Machine, Office

GUIDES = ("docs/operations.md", "docs/operations.sv.md")
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def steps(guide: str) -> list[str]:
    """The commands of the guide, those for the service manager left out."""
    text = (Path(__file__).parents[2] / guide).read_text()
    block = next(part for part in text.split("```\n") if "syncd.db.damaged" in part)
    return [line for line in block.strip().split("\n") if not line.startswith("sudo ")]


def test_both_guides_say_the_same() -> None:
    """Step by step."""
    english, swedish = (steps(guide) for guide in GUIDES)
    assert english == swedish
    assert len(english) == 10


@on_sqlite
def test_a_backup_is_restored_as_the_guide_says(office: Office, machine: Machine) -> None:
    """After a broken disk: the backup is there again, and what reached accounting since comes back from it."""
    office.add("1001")
    assert machine("sync", "visma").code == 0
    (office.home / "avtal.pdf").write_bytes(PDF)
    assert machine("file", "add", "1001", str(office.home / "avtal.pdf")).code == 0
    (office.home / "backups").mkdir()
    assert machine("db", "backup", str(office.home / "backups" / "syncd-20261126T013000Z.db")).code == 0
    office.add("1002")
    assert machine("sync", "visma").code == 0
    (office.home / "syncd.db").write_bytes(b"broken disk" * 1000)
    shutil.rmtree(office.home / "files")
    assert machine("sync", "visma").code == 78
    codes = {line: run(office, machine, line) for line in steps(GUIDES[0])}
    assert {line: code for line, code in codes.items() if code} == {}
    assert machine("sync", "visma").code == 0
    assert machine("file", "get", "1001", "avtal.pdf", str(office.home / "back.pdf")).code == 0
    assert (office.home / "back.pdf").read_bytes() == PDF
    with closing(Database(office.database)) as database:
        database.require_current()
    with office.store() as store, store.reading() as work:
        assert work.customers.count(office.group.id) == 2
        assert work.links.count(office.connection) == 2
    assert [one["CustomerNumber"] for one in office.sandbox.company.customers()] == ["1001", "1002"]
    assert all(one["IsActive"] for one in office.sandbox.company.customers())


def run(office: Office, machine: Machine, line: str) -> int:
    """One step, in this installation's folders."""
    words = line.replace("/var/lib/syncd", str(office.home)).split()
    if words[0] == "cd":
        return 0 if Path(words[1]) == office.home else 1
    if words[0] == SYNCD.name:
        return machine(*words[1:]).code
    return subprocess.run(words, cwd=office.home, check=False).returncode
