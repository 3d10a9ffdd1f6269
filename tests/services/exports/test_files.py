"""A file is there whole or not at all."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from syncd.errors import RefusedError, UsageError
from syncd.services.exports import FORMATS, Column, Sheet, check_target, write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class BrokenOffError(Exception):
    """Reading went wrong half-way."""


def sheet(documents: Iterable[dict[str, Any]]) -> Sheet:
    return Sheet("Kunder", (Column("Nummer", lambda one: one["number"]),), documents, datetime(2026, 3, 1, tzinfo=UTC))


def numbers(count: int) -> Iterator[dict[str, Any]]:
    return ({"number": str(number)} for number in range(count))


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_written_for_its_owner_alone(tmp_path: Path, form: str) -> None:
    """It is personal data, whatever the umask says."""
    target = tmp_path / f"kunder.{form.upper()}"
    heard: list[float] = []
    assert write_file(target, sheet(numbers(1001)), advance=heard.append) == 1001
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert heard == [500, 1000]
    assert [file.name for file in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("form", FORMATS)
def test_a_failure_half_way_leaves_nothing(tmp_path: Path, form: str) -> None:
    """Neither a part of the file nor a draft of it."""

    def broken() -> Iterator[dict[str, Any]]:
        yield from numbers(3)
        raise BrokenOffError

    with pytest.raises(BrokenOffError):
        write_file(tmp_path / f"kunder.{form}", sheet(broken()))
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_kept_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    """And also when replacing it fails."""
    target = tmp_path / "kunder.csv"
    target.write_text("mine")
    with pytest.raises(RefusedError, match="exists already"):
        write_file(target, sheet(numbers(1)))
    with pytest.raises(RefusedError, match="exists already"):
        check_target(target)
    with pytest.raises(KeyError):
        write_file(target, sheet([{}]), overwrite=True)
    assert target.read_text() == "mine"
    write_file(target, sheet(numbers(1)), overwrite=True)
    assert target.read_text("utf-8-sig") == "Nummer\n0\n"


def test_a_name_that_is_taken_meanwhile_is_not_taken_away(tmp_path: Path) -> None:
    """Two exports at once: the second one is refused."""
    target = tmp_path / "kunder.csv"

    def meanwhile() -> Iterator[dict[str, Any]]:
        yield from numbers(1)
        target.write_text("theirs")

    with pytest.raises(RefusedError, match="exists already"):
        write_file(target, sheet(meanwhile()))
    assert [file.read_text() for file in tmp_path.iterdir()] == ["theirs"]


def test_a_dangling_link_is_a_file_too(tmp_path: Path) -> None:
    """Nothing is written where somebody else's link points."""
    (tmp_path / "kunder.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(RefusedError, match="exists already"):
        write_file(tmp_path / "kunder.csv", sheet(numbers(1)))
    assert not (tmp_path / "elsewhere.csv").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the system's reason: no such folder, a folder instead of a file, no room."""

    def full() -> Iterator[dict[str, Any]]:
        yield from numbers(1)
        raise OSError(28, "No space left on device")

    (tmp_path / "folder.csv").mkdir()
    for target, reason in (("nowhere/kunder.csv", "No such file"), ("folder.csv", "Is a directory")):
        with pytest.raises(RefusedError, match=f"{target} cannot be written: {reason}"):
            write_file(tmp_path / target, sheet(numbers(1)), overwrite=True)
    with pytest.raises(RefusedError, match="No space left"):
        write_file(tmp_path / "kunder.csv", sheet(full()))
    assert [file.name for file in tmp_path.iterdir()] == ["folder.csv"]


@pytest.mark.parametrize("name", ["kunder", "kunder.pdf", ".csv", "csv"])
def test_a_name_without_a_format_is_wrong_use(tmp_path: Path, name: str) -> None:
    """The formats there are, are named."""
    with pytest.raises(UsageError) as wrong:
        check_target(tmp_path / name)
    assert "csv" in str(wrong.value.remedy)
