"""What people are told: in the program, and by mail."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.tables.base import Base, Json


class Notification(Base):
    """Something a user is told inside the program. Customers by id and number: names are looked up by who may see."""

    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_user", "user_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    who: Mapped[str]
    data: Mapped[Json] = mapped_column(default=dict)
    created_at: Mapped[str]
    read_at: Mapped[str | None]


class Outbox(Base):
    """A mail to send, written in the transaction of what it tells. To a user, or to an address.

    What was sent keeps neither subject nor body. ``key`` makes sure that one thing is told once.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting", "next_try",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    address: Mapped[str | None]
    subject: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[str]
    last_error: Mapped[str | None]
    created_at: Mapped[str]
    queued_at: Mapped[str]
    sent_at: Mapped[str | None]


class Told(Base):
    """A matter that the administrators of a group were told of, with the mark under which they were."""

    __tablename__ = "told"
    __table_args__ = (UniqueConstraint("group_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    key: Mapped[str]
    mark: Mapped[str]
