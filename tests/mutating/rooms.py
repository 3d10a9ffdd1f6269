"""The rooms whose code is changed, with the tests that guard each and are quick."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Room:
    """Files to change, and the tests that should notice, as pytest is told of them."""

    patterns: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self, parts: list[str]) -> list[Path]:
        """The room's files; with parts, those whose names without ending are among them."""
        found = sorted(path for pattern in self.patterns for path in Path("syncd").glob(pattern))
        return [path for path in found if not parts or path.stem in parts]


def _sync(*names: str) -> tuple[str, ...]:
    return tuple(f"services/sync/{name}.py" for name in names)


ROOMS = {
    "engine": Room(("engine/*.py",), ("tests/engine",)),
    "mapping": Room(("mapping/**/*.py",), ("tests/mapping",)),
    "register": Room(("register/*.py",), ("tests/register",)),
    "journal": Room(
        ("store/journal.py", *_sync("settle", "seek", "writes", "sending", "batches", "apply*")),
        ("tests/store/test_journal.py", "tests/scenarios/test_scenarios.py", "-k", "sqlite and (journal or writing)"),
    ),
}
