"""What became of each change, kept in `mutants/` beside the changed code."""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mutmut.__main__ import copy_also_copy_files, create_file_mutants, setup_source_paths, walk_source_files
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

SURVIVED, NOTICED, NO_TESTS = 0, 1, 33
OFTEN = 50
_SENTENCE = re.compile(r'"[^"]*\w[,.:;]? \w[^"]*"')
LIVED = ("survived", "no tests", "timeout", "suspicious")


def change_code(files: list[Path]) -> None:
    """Write every change of these files; what was found out about functions that are as before is kept."""
    shutil.rmtree("mutants/tests", ignore_errors=True)
    changed = {*files, *(path for path in walk_source_files() if Path(f"mutants/{path}.meta").exists())}
    for path in changed:
        create_file_mutants(path)
    shutil.copytree("syncd", "mutants/syncd", ignore=lambda *found: _kept(changed, *found), dirs_exist_ok=True)
    copy_also_copy_files()
    setup_source_paths()


def _kept(changed: set[Path], folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "__pycache__" or Path(folder, name) in changed}


@dataclass
class Fates:
    """The changes of some files."""

    files: list[Path]
    _data: dict[Path, SourceFileMutationData] = field(default_factory=dict)
    _unsaved: int = 0

    def __post_init__(self) -> None:
        for path in self.files:
            self._data[path] = SourceFileMutationData(path=path)
            self._data[path].load()
            self._data[path].meta_path = self._data[path].meta_path.absolute()

    def all(self) -> dict[str, str]:
        return {
            name: status_by_exit_code[code]
            for data in self._data.values()
            for name, code in data.exit_code_by_key.items()
        }

    def note(self, name: str, code: int) -> None:
        data = next(data for data in self._data.values() if name in data.exit_code_by_key)
        data.exit_code_by_key[name] = code
        self._unsaved += 1
        if self._unsaved == OFTEN:
            self.save()
        if status_by_exit_code[code] in LIVED:
            sys.stderr.write(f"{status_by_exit_code[code]}: {name}\n")

    def save(self) -> None:
        for data in self._data.values():
            data.save()
        self._unsaved = 0

    def told(self) -> list[str]:
        """How many there were, then every change that was not noticed: what it is called, was and became."""
        fates = {name: _said(name, fate) for name, fate in self.all().items()}
        lived = [(name, fate) for name, fate in fates.items() if fate in LIVED]
        return [
            str(dict(Counter(fates.values()))),
            *("\n".join((f"{fate}: {name}", *_change(name))) for name, fate in lived),
        ]


def _said(name: str, fate: str) -> str:
    return "wording" if fate == "survived" and _is_wording(*_change(name)) else fate


def _is_wording(*lines: str) -> bool:
    """What no contract asks for: a sentence is in other letters."""
    return len({_SENTENCE.sub("", line[1:]) for line in lines}) == 1


def _change(name: str) -> list[str]:
    lines = get_diff_for_mutant(name).splitlines()[2:]
    return [line for line in lines if line.startswith(("-", "+"))]
