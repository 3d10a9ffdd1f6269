"""The tables of the register beside the customers themselves: catalogues, what is placed on a customer, teams."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from syncd.store.sort_keys import LAST, ByteOrder
from syncd.store.tables import Base, Json

_COUNTED = {"sqlite_autoincrement": True}


class CatalogueEntry(Base):
    """An entry of a register beside the customers: a discount letter, an article. ``folded``: in no letter case."""

    __tablename__ = "catalogue_entries"
    __table_args__ = (
        UniqueConstraint("group_id", "kind", "folded"),
        Index("ix_catalogue_entries_order", "group_id", "kind", "order_key"),
        _COUNTED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    kind: Mapped[str]
    key: Mapped[str]
    folded: Mapped[str]
    order_key: Mapped[str] = mapped_column(ByteOrder)
    text: Mapped[str]
    values: Mapped[Json] = mapped_column(JSON, default=dict)
    retired: Mapped[bool] = mapped_column(default=False)


class CustomerLetter(Base):
    """A discount letter selected for a customer."""

    __tablename__ = "customer_letters"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("catalogue_entries.id"), primary_key=True, index=True)


class CustomerItem(Base):
    """An article placed on a customer, copied to its orders."""

    __tablename__ = "customer_items"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    entry_id: Mapped[int] = mapped_column(ForeignKey("catalogue_entries.id"), index=True)
    text: Mapped[str | None]
    quantity: Mapped[str]
    price: Mapped[str | None]


class CustomerFacility(Base):
    """A place where work is done for a customer."""

    __tablename__ = "facilities"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    line1: Mapped[str | None]
    line2: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]


class CustomerFile(Base):
    """A file attached to a customer. Its content lies on the shelf, under its digest."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("customer_id", "folded"), _COUNTED)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    name: Mapped[str]
    folded: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(index=True)
    added_at: Mapped[str]
    added_by: Mapped[str]


class DiscardedContent(Base):
    """A content to take off the shelf for good, noted in the transaction that forgot its file."""

    __tablename__ = "discarded_contents"
    digest: Mapped[str] = mapped_column(primary_key=True)


class Team(Base):
    """Users shown together where somebody is assigned."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("group_id", "folded"), _COUNTED)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    name: Mapped[str]
    folded: Mapped[str]


class TeamMember(Base):
    """A user in a team; one user may be in several."""

    __tablename__ = "team_members"
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class Order(Base):
    """An order, error report or quotation. The keys sort its title and responsible technician as Swedish does."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("group_id", "number"),
        Index("ix_orders_customer", "customer_id", "number"),
        _COUNTED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[int]
    kind: Mapped[str]
    type: Mapped[str | None]
    title: Mapped[str]
    title_key: Mapped[str] = mapped_column(ByteOrder)
    technician_key: Mapped[str] = mapped_column(ByteOrder, default=LAST)
    status: Mapped[str]
    date: Mapped[str]
    cost_center: Mapped[str | None]
    customer_order_number: Mapped[str | None]
    facility: Mapped[str | None]
    description: Mapped[str | None]
    created_at: Mapped[str]
    created_by: Mapped[str]


class OrderTechnician(Base):
    """A technician that an order was placed on, as the user was called then."""

    __tablename__ = "order_technicians"
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str]
    name: Mapped[str]


class OrderArticle(Base):
    """An article that an order copied from its customer."""

    __tablename__ = "order_articles"
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    article: Mapped[str]
    text: Mapped[str]
    quantity: Mapped[str]
    unit: Mapped[str | None]
    price: Mapped[str | None]
