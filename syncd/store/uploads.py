"""Uploads on their way into a register: rows are set down, accepted as a whole, and stored a few at a time (R-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from syncd.ports.clock import stamp
from syncd.ports.uploads import UploadInfo
from syncd.store.customer_rows import number_value
from syncd.store.dialect import chunks
from syncd.store.tables.uploads import StagedRow, Upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.uploads import Staged


class Uploads:
    """Reads and writes the uploads of all groups."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def begin(self, group_id: int, kind: str, login: str) -> int:
        """Begin to set rows down; returns the upload's id."""
        row = Upload(group_id=group_id, kind=kind, login=login, created_at=stamp(self._clock()))
        self._session.add(row)
        self._session.flush()
        return row.id

    def stage(self, upload_id: int, group_id: int, rows: Sequence[Staged], numbers: Mapping[int, str]) -> None:
        """Set rows down. ``numbers`` are those of customers, by place: nobody else gets them meanwhile."""
        staged = [
            {
                "upload_id": upload_id,
                "place": place,
                "group_id": group_id,
                "number": numbers.get(place),
                "number_value": number_value(numbers[place]) if place in numbers else None,
                "cells": cells,
            }
            for place, cells in rows
        ]
        if staged:
            self._session.execute(insert(StagedRow), staged)

    def accept(self, upload_id: int) -> None:
        """Every row is set down: from now on all of them will be stored."""
        self._session.execute(update(Upload).where(Upload.id == upload_id).values(accepted=True))

    def take(self, upload_id: int, most: int) -> list[Staged]:
        """Take rows away, in order, to store them in this very transaction."""
        mine = select(StagedRow.place, StagedRow.cells).where(StagedRow.upload_id == upload_id)
        found = [(place, cells) for place, cells in self._session.execute(mine.order_by(StagedRow.place).limit(most))]
        if found:
            rows = delete(StagedRow).where(StagedRow.upload_id == upload_id, StagedRow.place <= found[-1][0])
            self._session.execute(rows.execution_options(synchronize_session=False))
        return found

    def forget(self, upload_id: int) -> None:
        """Forget an upload with the rows that are left of it."""
        rows = delete(Upload).where(Upload.id == upload_id)
        self._session.execute(rows.execution_options(synchronize_session=False))

    def list(self, group_id: int | None = None) -> list[UploadInfo]:
        """The uploads that are not stored yet, of one group or of all."""
        columns = (Upload.id, Upload.group_id, Upload.kind, Upload.login, Upload.accepted)
        statement = select(*columns).order_by(Upload.id)
        if group_id is not None:
            statement = statement.where(Upload.group_id == group_id)
        return [UploadInfo(*row) for row in self._session.execute(statement)]


def staged_numbers(session: Session, group_id: int, numbers: Iterable[str]) -> set[str]:
    """Those of these numbers that an upload is about to give."""
    found: set[str] = set()
    for part in chunks(numbers):
        mine: Any = select(StagedRow.number).where(StagedRow.group_id == group_id, StagedRow.number.in_(part))
        found.update(session.scalars(mine))
    return found


def highest_staged(session: Session, group_id: int) -> int:
    """The highest number that an upload is about to give."""
    return session.scalar(select(func.max(StagedRow.number_value)).where(StagedRow.group_id == group_id)) or 0
