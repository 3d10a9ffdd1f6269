"""`make mutants`: changes the code of one room, one small change at a time, and asks whether a test notices.

    make mutants ARGS=engine                     every change of a room, afresh
    make mutants ARGS="engine --resume"          those not tried yet
    make mutants ARGS="engine --lived"           those again that nobody noticed, after tests were written
    make mutants ARGS="engine --examples"        without the properties, which take longest; then --lived with them
    .venv/bin/mutmut show NAME                   what a change is

Each room has the tests that guard it and are quick: most changes cost less than a second. The seed of Hypothesis is
fixed, so that a change that lives, lives every time. Results are kept in `mutants/`, one room at a time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mutmut import configuration
from mutmut.__main__ import _run
from mutmut.mutation.data import SourceFileMutationData
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

EXAMPLES = "SYNCD_MUTANTS_EXAMPLES"
PATIENCE = 10.0
"""Seconds beside what the tests took before, times fifteen: a busy machine is no endless loop."""
LIVED = ("survived", "no tests", "timeout", "suspicious")
ALWAYS = ["--hypothesis-seed=1", "-p", "no:cacheprovider", "-p", "tests.mutating"]


@dataclass(frozen=True)
class Room:
    """Files to change, and the tests that should notice."""

    files: list[str]
    tests: list[str]


JOURNAL = ("journal", "settle", "writes", "apply", "apply_create", "apply_update", "apply_end", "apply_reference")
ROOMS = {
    "engine": Room(["syncd/engine/*"], ["tests/engine"]),
    "mapping": Room(["syncd/mapping/*"], ["tests/mapping"]),
    "register": Room(["syncd/register/*"], ["tests/register"]),
    "journal": Room(
        ["syncd/store/journal.py", *(f"syncd/services/sync/{name}.py" for name in JOURNAL[1:])],
        ["tests/store/test_journal.py", "tests/services/sync"],
    ),
}


def main() -> None:
    """Try a room's changes and say which of them nobody noticed."""
    options = _options()
    if not options.resume and not options.lived:
        shutil.rmtree("mutants", ignore_errors=True)
    if options.examples:
        os.environ[EXAMPLES] = "1"
    _enter(ROOMS[options.room])
    _run([name for name, fate in _fates() if fate in LIVED] if options.lived else [], 1)
    sys.stdout.write("\n".join(("", *_told())) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--resume", action="store_true", help="go on where it ended")
    parser.add_argument("--lived", action="store_true", help="try again what nobody noticed")
    parser.add_argument("--examples", action="store_true", help="without the properties")
    return parser.parse_args()


def _enter(room: Room) -> None:
    configuration._config = replace(
        configuration.config(),
        only_mutate=room.files,
        timeout_constant=PATIENCE,
        pytest_add_cli_args=ALWAYS,
        pytest_add_cli_args_test_selection=room.tests,
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Examples before properties, which take longest: most changes are noticed early."""
    items.sort(key=_is_property)
    if EXAMPLES in os.environ:
        items[:] = [item for item in items if not _is_property(item)]


def _is_property(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def _fates() -> Iterator[tuple[str, str]]:
    """Every change of the room, and what became of it."""
    for path in sorted(walk_mutatable_files()):
        found = SourceFileMutationData(path=path)
        found.load()
        yield from ((name, status_by_exit_code[code]) for name, code in found.exit_code_by_key.items())


def _told() -> list[str]:
    """How many there were, then every change that was not noticed."""
    fates = dict(_fates())
    return [
        str(dict(Counter(fates.values()))),
        *(f"{fate}: {name}" for name, fate in fates.items() if fate != "killed"),
    ]


if __name__ == "__main__":
    main()
