"""What the API keeps: tokens of users, and what programs asked for once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.tables import Base

_COUNTED = {"sqlite_autoincrement": True}
_STANDS = text("revoked_at IS NULL")


class ApiTokenRow(Base):
    """A token with which a program acts as a user. The token itself is kept nowhere; a name is free once revoked."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        Index(
            "ux_api_tokens_name", "group_id", "name", unique=True,
            sqlite_where=_STANDS, postgresql_where=_STANDS,
        ),
        _COUNTED,
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    handle: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    scope: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[str]
    expires_at: Mapped[str | None]
    last_used_at: Mapped[str | None]
    revoked_at: Mapped[str | None]


class WishRow(Base):
    """A request that is carried out once, by the key its sender gave it. ``made`` names what came of it."""

    __tablename__ = "wishes"
    __table_args__ = (UniqueConstraint("user_id", "key"), Index("ix_wishes_created_at", "created_at"), _COUNTED)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str]
    mark: Mapped[str]
    made: Mapped[str] = mapped_column(default="")
    created_at: Mapped[str]
