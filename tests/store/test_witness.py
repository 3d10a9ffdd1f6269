from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.store.witness import FileWitness

if TYPE_CHECKING:
    from pathlib import Path


def test_counters_are_remembered_by_connection(tmp_path: Path) -> None:
    """A restart knows how many runs each connection had."""
    witness = FileWitness(tmp_path / "state")
    assert witness.last(1) == 0
    witness.note(1, 7)
    witness.note(2, 3)
    again = FileWitness(tmp_path / "state")
    assert (again.last(1), again.last(2), again.last(3)) == (7, 3, 0)


def test_without_a_state_directory_nothing_is_remembered() -> None:
    """Where there is nowhere to write, nothing is claimed."""
    witness = FileWitness(None)
    witness.note(1, 7)
    assert witness.last(1) == 0


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '"7"', "null", '{"1": "many"}', '{"1": null}'])
def test_a_damaged_file_has_seen_nothing(tmp_path: Path, text: str) -> None:
    """A half-written file stops no run."""
    (tmp_path / "runs.json").write_text(text)
    witness = FileWitness(tmp_path)
    assert witness.last(1) == 0
    witness.note(1, 7)
    assert witness.last(1) == 7


def test_a_binary_file_has_seen_nothing(tmp_path: Path) -> None:
    """Nor does a file of another kind."""
    (tmp_path / "runs.json").write_bytes(b"\xff\xfe\x00")
    assert FileWitness(tmp_path).last(1) == 0
