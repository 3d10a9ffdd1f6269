"""Runs with their reports, and the journal of writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.tables.base import Base, Json


class Run(Base):
    """One run and its report. ``undoes`` says what an undo takes back: a run by its id, or ``references``."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_connection", "connection_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    kind: Mapped[str]
    status: Mapped[str]
    trigger: Mapped[str]
    who: Mapped[str]
    started_at: Mapped[str]
    finished_at: Mapped[str | None]
    error: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    counts: Mapped[Json] = mapped_column(default=dict)
    requests: Mapped[int] = mapped_column(default=0)
    marks: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    approved_by: Mapped[str | None]
    undoes: Mapped[str | None]


class RunLine(Base):
    """One line of a run's report. ``trace`` is what an undo must know beyond it; it may hold personal values."""

    __tablename__ = "run_lines"
    __table_args__ = (Index("ix_run_lines_subject", "subject"),)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    customer_number: Mapped[str | None]
    target: Mapped[str | None]
    field: Mapped[str | None]
    before: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    after: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    outcome: Mapped[str]
    message: Mapped[str | None]
    seconds: Mapped[float | None]
    trace: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)


class Intent(Base):
    """The journal: a write to a vendor, committed before its request, settled with its outcome after (S-41).

    ``state`` is ``open``, ``settled``, or of a create that its number did not find ``sought`` (not sent again yet) and
    ``lost`` (sent again).
    """

    __tablename__ = "intents"
    __table_args__ = (
        Index(
            "ix_intents_unsettled", "connection_id",
            sqlite_where=text("state <> 'settled'"), postgresql_where=text("state <> 'settled'"),
        ),
        Index("ix_intents_customer", "customer_id"),
        Index("ix_intents_remote", "connection_id", "remote_id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    run_id: Mapped[int]
    kind: Mapped[str]
    customer_id: Mapped[int | None]
    remote_id: Mapped[str | None]
    number: Mapped[str | None]
    sent: Mapped[Json] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="open")
    outcome: Mapped[str | None]
    created_at: Mapped[str]
    settled_at: Mapped[str | None]
