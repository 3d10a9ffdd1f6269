"""Uploading a register: every row is checked before the first is stored, and all are stored or none (R-28)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from syncd.errors import UsageError
from syncd.register.access import Verb, require, sight
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.problems import Problem
from syncd.services.uploads.headings import fields_of
from syncd.services.uploads.kinds import Contacts, Customers, Entries
from syncd.services.uploads.reading import UnreadableFileError, opened
from syncd.services.uploads.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from syncd.ports.register import RegisterWork
    from syncd.ports.work import Store
    from syncd.register.access import Actor
    from syncd.services.exports.files import Advance
    from syncd.services.register.foreign import LedByAccounting
    from syncd.services.uploads.kinds import Cells, Kind

KINDS = ("customers", "contacts", "articles", "discount_letters")
"""Every register that can be uploaded."""

_CHUNK = 500


def kind_of(work: RegisterWork, actor: Actor, group_id: int, name: str, led: Mapping[str, str]) -> Kind:
    """Return how rows of a register are taken. Raises ``UsageError``."""
    work.show(sight(actor))
    kinds: dict[str, Callable[[], Kind]] = {
        "customers": lambda: Customers(work, actor, group_id, led),
        "contacts": lambda: Contacts(work, actor, group_id, led),
        "articles": lambda: Entries(work, group_id, ARTICLES),
        "discount_letters": lambda: Entries(work, group_id, DISCOUNT_LETTERS),
    }
    if name not in kinds:
        raise UsageError(f"There is no register {name}.", remedy=f"One of: {', '.join(KINDS)}.")
    return kinds[name]()


def upload(  # noqa: PLR0913 - a file, whose it is, and how it is taken
    store: Store,
    actor: Actor,
    group_id: int,
    name: str,
    file: Path,
    *,
    led: LedByAccounting,
    dry_run: bool,
    advance: Advance,
) -> Report:
    """Check a file, and store it unless something is wrong with it or ``dry_run``. Read twice, never held whole."""
    require(actor, Verb.UPLOAD)
    directions = led(group_id)
    with store.reading() as work:
        report = _taken(kind_of(work, actor, group_id, name, directions), file, advance, store=False)
    if dry_run or report.problems:
        return report
    with store.work() as work:
        report = _taken(kind_of(work, actor, group_id, name, directions), file, advance, store=True)
        if not report.problems:  # somebody may have changed something since the check
            work.commit()
    return report


def _taken(kind: Kind, file: Path, advance: Advance, *, store: bool) -> Report:
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
            kind.take(taken, report, store=store)
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
