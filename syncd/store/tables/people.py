"""Groups, their people, and how these log in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.tables.base import Base, Json


class Group(Base):
    """A company's account: one register, its users, settings and connections."""

    __tablename__ = "groups"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    settings: Mapped[Json] = mapped_column(default=dict)
    created_at: Mapped[str]


class User(Base):
    """A person who can log in, or be assigned to customers. ``one_time``: the password must be changed at login.

    ``subject``: what the company's login service calls them, once they came from there.

    With ``customer_id`` it is a customer user: somebody of that customer, who is deleted with it. A table whose rows
    are only about a user lets them go by ``ON DELETE CASCADE``.
    """

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("group_id", "login"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    login: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    employee_number: Mapped[str | None]
    administrator: Mapped[bool] = mapped_column(default=False)
    permissions: Mapped[list[Any]] = mapped_column(default=list)
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    email_notices: Mapped[bool] = mapped_column(default=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    one_time: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    subject: Mapped[str | None]
    created_at: Mapped[str]


class LoginSession(Base):
    """A browser that is logged in: its token's hash, never the token; ``opened_by`` a password or ``oidc``."""

    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    created_at: Mapped[str]
    seen_at: Mapped[str]
    opened_by: Mapped[str] = mapped_column(default="password")


class Attempt(Base):
    """A login, or an attempt at one. ``mark`` stands for the group and login that were typed."""

    __tablename__ = "attempts"
    __table_args__ = (
        Index("ix_attempts_mark", "mark", "at"),
        Index("ix_attempts_address", "address", "at"),
        Index("ix_attempts_user", "user_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    mark: Mapped[str]
    address: Mapped[str]
    at: Mapped[str]
    outcome: Mapped[str]
