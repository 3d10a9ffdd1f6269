"""Customers with what belongs to them alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.tables.base import Base, Json


class Customer(Base):
    """A customer of the register. Contacts live in their own table; ``defaulted`` names fields no person touched.

    ``erased_at``: personal data law took everything but the number; nothing is done with the customer any more.
    """

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("group_id", "number"),
        Index("ix_customers_organisation", "group_id", "organisation_key"),
        Index("ix_customers_name", "group_id", "name"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[str]
    number_value: Mapped[int | None]
    name: Mapped[str]
    type: Mapped[str]
    active: Mapped[bool]
    organisation_number: Mapped[str | None]
    organisation_key: Mapped[str | None]
    values: Mapped[Json] = mapped_column(default=dict)
    defaulted: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[str]
    erased_at: Mapped[str | None]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


Index("ix_customers_highest", Customer.group_id, Customer.number_value)


class Contact(Base):
    """A person at a customer; the one marked ``accounting`` is synchronised."""

    __tablename__ = "contacts"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str | None]
    role: Mapped[str | None]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    email: Mapped[str | None]
    send_service_protocol: Mapped[bool] = mapped_column(default=False)
    send_work_orders: Mapped[bool] = mapped_column(default=False)
    accounting: Mapped[bool] = mapped_column(default=False)


class Assignment(Base):
    """A technician assigned to a customer; the lowest position is the responsible one."""

    __tablename__ = "assignments"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    position: Mapped[int]


class History(Base):
    """What happened to a customer, append-only, written in the same transaction as the change."""

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_customer", "group_id", "customer_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    customer_id: Mapped[int]
    at: Mapped[str]
    who: Mapped[str]
    run_id: Mapped[int | None]
    kind: Mapped[str]
    field: Mapped[str | None]
    before: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    after: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
