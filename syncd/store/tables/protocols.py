"""The tables of service protocols, and of what was sent to customers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.sort_keys import ByteOrder
from syncd.store.tables import Base

_COUNTED = {"sqlite_autoincrement": True}


class ServiceProtocol(Base):
    """What was done on a service order. ``technician_key`` sorts names as Swedish does."""

    __tablename__ = "service_protocols"
    __table_args__ = (
        UniqueConstraint("group_id", "number"),
        Index("ix_service_protocols_customer", "customer_id", "number"),
        Index("ix_service_protocols_order", "order_id"),
        _COUNTED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    number: Mapped[int]
    date: Mapped[str]
    login: Mapped[str | None]
    technician: Mapped[str | None]
    technician_key: Mapped[str] = mapped_column(ByteOrder)
    text: Mapped[str | None]
    rows: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[str]
    created_by: Mapped[str]


class SentDocument(Base):
    """A protocol or work order, or both, sent to somebody at the customer.

    ``key`` is its mail's; ``state`` and ``sent_at`` are filled when the mail is forgotten.
    """

    __tablename__ = "sent_documents"
    __table_args__ = (Index("ix_sent_documents_order", "order_id", "id"), _COUNTED)
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    protocol_id: Mapped[int | None] = mapped_column(ForeignKey("service_protocols.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    address: Mapped[str]
    work_order: Mapped[bool]
    by: Mapped[str]
    queued_at: Mapped[str]
    state: Mapped[str | None]
    sent_at: Mapped[str | None]
