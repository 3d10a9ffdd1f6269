from __future__ import annotations

import os
import re
import tempfile
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from syncd.demo.inventing import invented
from syncd.demo.place import prepared
from syncd.demo.sides import split
from syncd.demo.story import StoryError, tell_story
from syncd.register.identity import check_identity, is_personal

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.cli.conftest import Shell


def test_the_story_ends_well(empty_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command in it, and in the end both sides are in step. No secret, no personal number."""
    monkeypatch.setenv("SYNCD_DATABASE", "sqlite:////nowhere/real.db")
    before = dict(os.environ)
    place = tmp_path / "demo"
    answer = empty_shell.ok("demo", "--directory", str(place), "--customers", "20")
    assert dict(os.environ) == before
    story = answer.out
    commands = re.findall(r"^\$ syncd (.*)$", story, re.MULTILINE)
    assert len(commands) > 15
    for part in ("Held, nothing written", "references written", "both sides changed phone", "renumber in the register"):
        assert part in story
    assert "Nothing to do: visma is in step" in story.split("=== In step ===")[1]
    secrets = [(place / name).read_text().strip() for name in ("admin_password", "visma_client_secret", "secret_key")]
    assert not any(secret in story + answer.err for secret in secrets)
    assert not (place / "refresh_token").exists()
    shown = re.findall(r"\d{6}-[\d*]{4}", story)
    assert shown
    assert not any(is_personal(text) for text in shown if "*" not in text)


def test_a_story_needs_an_empty_place(empty_shell: Shell, tmp_path: Path) -> None:
    """Nobody's files are mixed with it."""
    (tmp_path / "file").touch()
    answer = empty_shell("demo", "--directory", str(tmp_path))
    assert (answer.code, "not empty" in answer.err) == (1, True)
    assert empty_shell("demo", "--directory", str(tmp_path / "file")).code == 1
    assert empty_shell("demo", "--customers", "3").code == 64


def test_invented_customers_are_the_same_every_time() -> None:
    """Each with a number of its own that a register accepts."""
    some = list(islice(invented(), 2000))
    assert some == list(islice(invented(), 2000))
    assert len({one.identity for one in some}) == len(some)
    for one in some:
        assert check_identity(one.identity) == one.identity
        assert is_personal(one.identity) == one.private


def test_the_sides_overlap_in_part() -> None:
    """Of ten, five agree; both sides have customers of their own."""
    sides = split(100)
    here, there = {one.number for one in sides.here}, {one.number for one in sides.there}
    assert len(sides.agreeing) == 50
    assert here - there
    assert there - here


class Careless:
    """Tells a story whose commands all go wrong."""

    def heading(self, text: str) -> None:
        """Say nothing."""

    def tell(self, text: str) -> None:
        """Say nothing."""

    def run(self, *_words: str) -> int:
        return 9

    def progress(self, description: str) -> AbstractContextManager[Callable[[float, float], object]]:
        raise AssertionError(description)


def test_a_story_that_goes_wrong_ends_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that did not end as it should."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(StoryError, match=r"syncd init .* exit code 9"):
        tell_story(Careless(), prepared(None), 20)
