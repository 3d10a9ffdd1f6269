"""Accounting records as last seen, whose they are, what moved, and what is asked about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.tables.base import Base, Json


class Mirror(Base):
    """What the accounting system last showed us of a customer, with its untouched text.

    ``erased``: the customer was erased here, so what accounting shows of it is not stored again.
    """

    __tablename__ = "mirror"
    __table_args__ = (
        Index("ix_mirror_number", "connection_id", "number"),
        Index("ix_mirror_organisation", "connection_id", "organisation_key"),
        Index("ix_mirror_version", "connection_id", "version"),
    )
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"), primary_key=True)
    remote_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str | None]
    organisation_key: Mapped[str | None]
    version: Mapped[str | None]
    fields: Mapped[Json]
    unfit: Mapped[Json] = mapped_column(default=dict)
    raw: Mapped[str]
    raw_mark: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(32))
    first_seen_by: Mapped[int] = mapped_column(default=0)
    gone: Mapped[bool] = mapped_column(default=False)
    erased: Mapped[bool] = mapped_column(default=False)


class Document(Base):
    """An open document of the accounting system, as far as *our reference* needs it."""

    __tablename__ = "documents"
    __table_args__ = (Index("ix_documents_customer", "connection_id", "remote_customer_id"),)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"), primary_key=True)
    feed: Mapped[str] = mapped_column(primary_key=True)
    remote_id: Mapped[str] = mapped_column(primary_key=True)
    remote_customer_id: Mapped[str]
    number: Mapped[str | None]
    reference: Mapped[str | None]
    version: Mapped[str | None]
    is_open: Mapped[bool]
    written: Mapped[str | None]
    earlier: Mapped[str | None]
    judged: Mapped[str | None]
    seen_by: Mapped[int] = mapped_column(default=0)


class Link(Base):
    """The pair (customer, remote customer) of a connection, with the base per field and side.

    ``customer_version`` and ``fingerprint`` are what both sides were when the pair was last found in step:
    a pair where neither moved is never looked at. ``undone`` names the units that wait for a person after an undo.
    """

    __tablename__ = "links"
    __table_args__ = (
        Index("ix_links_customer", "connection_id", "customer_id"),
        Index("ix_links_remote", "connection_id", "remote_id"),
        Index(
            "ux_links_customer", "connection_id", "customer_id", unique=True,
            sqlite_where=text("state = 'linked'"), postgresql_where=text("state = 'linked'"),
        ),
        Index(
            "ux_links_remote", "connection_id", "remote_id", unique=True,
            sqlite_where=text("state = 'linked'"), postgresql_where=text("state = 'linked'"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    customer_id: Mapped[int]
    remote_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="linked")
    base: Mapped[Json] = mapped_column(default=dict)
    undone: Mapped[Json] = mapped_column(default=dict)
    customer_version: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str] = mapped_column(String(32), default="")
    failures: Mapped[int] = mapped_column(default=0)
    retry_at_run: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[str | None]
    created_at: Mapped[str]


class Touched(Base):
    """The work list: a customer, remote customer or document that may have moved since it was last judged.

    Written in the transaction of the change itself, so that a change cannot be missed by committing late (S-51).
    """

    __tablename__ = "touched"
    __table_args__ = (Index("ix_touched", "connection_id", "kind", "ref"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    kind: Mapped[str]
    ref: Mapped[str]


class Conflict(Base):
    """A question to a person, from first seen to carried out."""

    __tablename__ = "conflicts"
    __table_args__ = (
        Index(
            "ux_conflicts_open", "connection_id", "subject", "kind", "field_key", unique=True,
            sqlite_where=text("pending"), postgresql_where=text("pending"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str]
    kind: Mapped[str]
    field_key: Mapped[str]
    customer_id: Mapped[int | None]
    remote_id: Mapped[str | None]
    customer_number: Mapped[str | None]
    customer_name: Mapped[str | None]
    base: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    register: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    accounting: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    choices: Mapped[list[Any]] = mapped_column(default=list)
    message: Mapped[str]
    digest: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="open")
    pending: Mapped[bool] = mapped_column(default=True)
    first_seen: Mapped[str]
    last_seen: Mapped[str]
    times_seen: Mapped[int] = mapped_column(default=1)
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[str | None]
    resolution: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
