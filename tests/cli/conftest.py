from __future__ import annotations

import json
import logging
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from syncd.cli import cli

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.out)


class Shell:
    """The command line, called within the test's own process."""

    def __call__(self, *words: str, given: str | None = None) -> Answer:
        result = CliRunner().invoke(cli, list(words), input=given)
        return Answer(result.exit_code, result.stdout, result.stderr)

    def ok(self, *words: str, given: str | None = None) -> Answer:
        answer = self(*words, given=given)
        assert answer.code == 0, answer.err
        return answer


@pytest.fixture
def empty_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_logging: None) -> Shell:  # noqa: ARG001
    """A shell in an empty directory."""
    for name in list(os.environ):
        if name.startswith("SYNCD_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Shell()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory where `syncd init` was run: group Bolaget, administrator anna."""
    directory = tmp_path_factory.mktemp("prepared")
    words = ("--config", str(directory / "syncd.toml"), "--group", "Bolaget", "--admin", "anna")
    before = logging.getLogger().handlers[:]
    assert CliRunner().invoke(cli, ["init", *words]).exit_code == 0
    logging.getLogger().handlers = before
    logging.captureWarnings(capture=False)
    return directory


@pytest.fixture
def shell(empty_shell: Shell, prepared: Path, tmp_path: Path) -> Shell:
    """A shell in a copy of the prepared directory."""
    for file in prepared.iterdir():
        shutil.copy2(file, tmp_path)
    return empty_shell
