"""A run counter kept beside the database: a database that knows fewer runs was restored from a backup (S-73)."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from syncd.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
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
        """Remember a counter durably. Raises ``ConfigurationError`` where that cannot be."""
        if self._file is None:
            return
        try:
            with _alone(self._file.parent):
                _write(self._file, {**self._read(), str(connection_id): counter})
        except OSError as error:
            raise _unusable(self._file.parent, error) from error

    def _read(self) -> dict[str, int]:
        """A file that is missing or damaged has seen nothing."""
        if self._file is None or not self._file.exists():
            return {}
        try:
            counters = json.loads(self._file.read_text())
        except ValueError:
            return {}
        except OSError as error:
            raise _unusable(self._file.parent, error) from error
        known = counters.items() if isinstance(counters, dict) else ()
        return {name: counter for name, counter in known if isinstance(counter, int)}


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Runs of several connections end side by side, also in several processes."""
    directory.mkdir(parents=True, exist_ok=True)
    handle = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(target: Path, counters: dict[str, int]) -> None:
    fresh = target.with_suffix(".new")
    with fresh.open("w") as file:
        file.write(json.dumps(counters))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)


def _unusable(directory: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"state_directory {directory} cannot be used: {error.strerror}",
        remedy="Make room, or let this program's user write there: runs are counted outside the database.",
    )
