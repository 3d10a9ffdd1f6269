from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from syncd.errors import ConfigurationError
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


COUNTING = """
import sys
from pathlib import Path
from syncd.store.witness import FileWitness
for counter in range(1, 101):
    FileWitness(Path(sys.argv[1])).note(int(sys.argv[2]), counter)
"""


def test_runs_of_several_connections_ending_at_once_are_all_remembered(tmp_path: Path) -> None:
    """Each process writes the whole file: none of them forgets what another one wrote."""
    arguments = [sys.executable, "-c", COUNTING, str(tmp_path)]
    counting = [subprocess.Popen([*arguments, str(connection)]) for connection in (1, 2, 3)]
    assert [process.wait(60) for process in counting] == [0, 0, 0]
    assert [FileWitness(tmp_path).last(connection) for connection in (1, 2, 3)] == [100, 100, 100]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The administrator hears which directory it is, not of a fault of the program."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"state_directory .*/file cannot be used") as caught:
        FileWitness(tmp_path / "file").note(1, 7)
    assert "Make room" in str(caught.value.remedy)


def test_a_counter_that_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    """Nobody guesses that a database is the newest one."""
    (tmp_path / "runs.json").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be used"):
        FileWitness(tmp_path).last(1)
