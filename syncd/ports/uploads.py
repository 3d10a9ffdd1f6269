"""Uploads on their way into a register, as services see them. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncd.register.fields import Value

Staged = tuple[int, "dict[str, Value]"]
"""A row's place in its file, and its cells by field."""


@dataclass(frozen=True, slots=True)
class UploadInfo:
    """An upload whose rows are set down. ``accepted``: all of them will be stored, whatever dies."""

    id: int
    group_id: int
    kind: str
    login: str
    accepted: bool


class UploadsPort(Protocol):
    """Rows that were checked, on their way into a register."""

    def begin(self, group_id: int, kind: str, login: str) -> int:
        """Begin to set rows down; returns the upload's id."""
        ...

    def stage(self, upload_id: int, group_id: int, rows: Sequence[Staged], numbers: Mapping[int, str]) -> None:
        """Set rows down. ``numbers`` are those of customers, by place: nobody else gets them meanwhile."""
        ...

    def accept(self, upload_id: int) -> None:
        """Every row is set down: from now on all of them will be stored."""
        ...

    def take(self, upload_id: int, most: int) -> list[Staged]:
        """Take rows away, in order, to store them in this very transaction."""
        ...

    def forget(self, upload_id: int) -> None:
        """Forget an upload with the rows that are left of it."""
        ...

    def list(self, group_id: int | None = None) -> list[UploadInfo]:
        """The uploads that are not stored yet, of one group or of all."""
        ...
