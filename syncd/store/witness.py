"""A run counter kept beside the database: a database that knows fewer runs was restored from a backup (S-73)."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NAME = "runs.json"


class FileWitness:
    """Counters in one small file, written whole. Without a directory nothing is remembered."""

    def __init__(self, directory: Path | None) -> None:
        self._file = directory / _NAME if directory is not None else None

    def last(self, connection_id: int) -> int:
        """The highest counter noted for a connection."""
        return self._read().get(str(connection_id), 0)

    def note(self, connection_id: int, counter: int) -> None:
        """Remember a counter durably."""
        if self._file is None:
            return
        counters = {**self._read(), str(connection_id): counter}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        with fresh.open("w") as file:
            file.write(json.dumps(counters))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)

    def _read(self) -> dict[str, int]:
        """A file that is missing or damaged has seen nothing."""
        if self._file is None or not self._file.exists():
            return {}
        try:
            counters = json.loads(self._file.read_text())
        except ValueError:
            return {}
        known = counters.items() if isinstance(counters, dict) else ()
        return {name: counter for name, counter in known if isinstance(counter, int)}
