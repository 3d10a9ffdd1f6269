"""The tables of uploads on their way into a register."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.tables import Base

_COUNTED = {"sqlite_autoincrement": True}


class Upload(Base):
    """A file that is being stored. ``accepted``: every row was checked and set down here, so all will be stored."""

    __tablename__ = "uploads"
    __table_args__ = (_COUNTED,)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    kind: Mapped[str]
    login: Mapped[str]
    accepted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[str]


class StagedRow(Base):
    """A checked row that is not stored yet. ``number`` is the customer's own, kept from everybody else meanwhile."""

    __tablename__ = "staged_rows"
    __table_args__ = (
        Index("ix_staged_rows_number", "group_id", "number"),
        Index("ix_staged_rows_value", "group_id", "number_value"),
    )
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int]
    number: Mapped[str | None]
    number_value: Mapped[int | None]
    cells: Mapped[Any] = mapped_column(JSON)
