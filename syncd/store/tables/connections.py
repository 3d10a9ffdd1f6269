"""Connections to accounting systems, their tokens, and the orders that wait for a run."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.tables.base import Base, Json


class Connection(Base):
    """A group's link to one company in one accounting system."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("group_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    name: Mapped[str]
    system: Mapped[str]
    settings: Mapped[Json] = mapped_column(default=dict)
    company: Mapped[Json] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="needs_consent")
    attention: Mapped[Json] = mapped_column(default=dict)
    cursors: Mapped[Json] = mapped_column(default=dict)
    progress: Mapped[Json] = mapped_column(default=dict)
    run_counter: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[str]


class Token(Base):
    """A connection's tokens, encrypted."""

    __tablename__ = "tokens"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str]
    expires_at: Mapped[float]
    stored_at: Mapped[str]


class QueuedOrder(Base):
    """An order in the waiting line, from asked for to carried out (S-53)."""

    __tablename__ = "queue"
    __table_args__ = (
        Index(
            "ux_queue_waiting", "connection_id", "key", unique=True,
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_queue_state", "state", "connection_id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    key: Mapped[str]
    order: Mapped[Json]
    state: Mapped[str]
    run_id: Mapped[int | None]
    asked_at: Mapped[str]
    claims: Mapped[int] = mapped_column(default=0)
    askers: Mapped[int] = mapped_column(default=1, server_default="1")
