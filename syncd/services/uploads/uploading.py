"""Uploading a register: every row is checked before the first is stored, and all are stored or none (R-28)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from syncd.register.access import Verb, require
from syncd.register.problems import Problem
from syncd.services.uploads.headings import fields_of
from syncd.services.uploads.kinds import Contacts, Entries
from syncd.services.uploads.reading import UnreadableFileError, opened
from syncd.services.uploads.report import Report
from syncd.services.uploads.storing import Stage, alone, finish, kind_of, no_stage, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from syncd.ports.uploads import Staged
    from syncd.ports.work import Store
    from syncd.register.access import Actor
    from syncd.services.register.foreign import LedByAccounting
    from syncd.services.uploads.kinds import Cells, Kind
    from syncd.services.uploads.storing import Progress

_CHUNK = 500


def upload(  # noqa: PLR0913 - a file, whose it is, and how it is taken
    store: Store,
    actor: Actor,
    group_id: int,
    name: str,
    file: Path,
    *,
    led: LedByAccounting,
    dry_run: bool,
    advance: Progress,
) -> Report:
    """Check a file, and store it unless something is wrong with it or ``dry_run``. Read once, never held whole.

    Rows that are right are set down in the database as they are checked. Once all are, the upload is accepted: that is
    one short transaction. Then they are stored a few at a time, so that nobody's save waits for the file; what dies in
    the middle is gone on with. Raises ``LockedError`` while another upload of the group is under way.
    """
    require(actor, Verb.UPLOAD)
    directions = led(group_id)
    if dry_run:
        with store.reading() as work:
            return _checked(kind_of(work, actor, group_id, name, directions), file, advance, no_stage)
    with alone(store, group_id):
        finish(store, group_id, directions)
        stage = Stage.begun(store, actor, group_id, name)
        with stage.dropped_unless_accepted(), store.reading() as work:
            report = _checked(kind_of(work, actor, group_id, name, directions), file, advance, stage.put)
            if not report.problems:
                stage.accept()
        return stored(store, stage.upload, directions, advance, report.rows) if stage.accepted else report


def _checked(kind: Kind, file: Path, advance: Progress, put: Callable[[Report, Kind, list[Staged]], None]) -> Report:
    report = Report()
    seen: dict[str, int] = {}
    unique = not isinstance(kind, Contacts)
    with opened(file) as rows:
        columns = _columns(kind, rows)
        while chunk := list(islice(rows, _CHUNK)):
            taken: list[tuple[int, Cells]] = []
            for place, cells in chunk:
                row = _row(columns, cells)
                report.rows += 1
                problems = _odd(columns, cells) + (_twice(kind, row, seen, place) if unique else [])
                if problems:
                    report.refuse(place, dict(row), problems)
                else:
                    taken.append((place, row))
            kind.take(taken, report, store=False)
            put(report, kind, taken)
            advance(report.rows)
    return report


def _columns(kind: Kind, rows: Iterator[tuple[int, list[str]]]) -> list[str | None]:
    first = next(rows, None)
    if first is None:
        raise UnreadableFileError("The file is empty.", remedy="Its first row names the columns.")
    return fields_of(first[1], kind.fields(), kind.labels(), kind.key)


def _row(columns: list[str | None], cells: list[str]) -> Cells:
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    return {name: value or None for name, value in zip(columns, padded, strict=False) if name is not None}


def _odd(columns: list[str | None], cells: list[str]) -> list[Problem]:
    strays = [
        place for place, value in enumerate(cells, 1) if value and (place > len(columns) or not columns[place - 1])
    ]
    return [
        Problem(f"column {place}", "has a value and no heading", "Name the column, or empty it.") for place in strays
    ]


def _twice(kind: Kind, row: Cells, seen: dict[str, int], place: int) -> list[Problem]:
    typed = str(row[kind.key] or "")
    key = typed.casefold() if isinstance(kind, Entries) else typed
    if not key:
        return [Problem(kind.key, "cannot be empty", "Every row of a file needs it.")]
    first = seen.setdefault(key, place)
    return [] if first == place else [Problem(kind.key, f"stands in row {first} already", "Keep one of the two rows.")]
