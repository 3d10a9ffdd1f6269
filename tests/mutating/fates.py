"""What became of each change, kept in `mutants/` beside the changed code."""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mutmut.__main__ import create_file_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_also_copy_files, setup_source_paths, walk_source_files

if TYPE_CHECKING:
    from collections.abc import Container

SURVIVED, NOTICED, NO_TESTS, WORDING = 0, 1, 33, 34
OFTEN = 50
_SENTENCE = re.compile(r'"[^"]*\w[,.:;]? \w[^"]*"')
LIVED = ("survived", "no tests", "timeout", "suspicious")
ALL = ("not checked", "killed", "segfault", "wording", *LIVED)


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
    _path: dict[str, Path] = field(default_factory=dict)
    _unsaved: int = 0

    def __post_init__(self) -> None:
        for path in self.files:
            data = self._data[path] = SourceFileMutationData(path=path)
            data.load()
            data.meta_path = data.meta_path.absolute()
            self._path |= dict.fromkeys(data.exit_code_by_key, path)

    def all(self) -> dict[str, str]:
        codes = {name: self._data[path].exit_code_by_key[name] for name, path in self._path.items()}
        return {name: "wording" if code == WORDING else status_by_exit_code[code] for name, code in codes.items()}

    def pick(self, wanted: Container[str]) -> list[str]:
        """Those to try: what changes the wording alone is not, since no contract asks for it."""
        chosen = {name: self._change(name) for name, fate in self.all().items() if fate in wanted}
        for name, change in chosen.items():
            if _is_wording(change):
                self.note(name, WORDING)
        return [name for name, change in chosen.items() if not _is_wording(change)]

    def note(self, name: str, code: int) -> None:
        self._data[self._path[name]].exit_code_by_key[name] = code
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
        fates = self.all()
        lived = [name for name, fate in fates.items() if fate in LIVED]
        return [
            str(dict(Counter(fates.values()))),
            *("\n".join((f"{fates[name]}: {name}", *self._change(name))) for name in lived),
        ]

    def _change(self, name: str) -> list[str]:
        lines = get_diff_for_mutant(name, path=self._path[name]).splitlines()[2:]
        return [line for line in lines if line.startswith(("-", "+"))]


def _is_wording(lines: list[str]) -> bool:
    """Whether a sentence is in other letters, and nothing else."""
    return len({_SENTENCE.sub("", line[1:]) for line in lines}) == 1
