"""Every table. ``group_id`` is everywhere a group's data is; a connection belongs to one group.

Times are UTC, stored as ISO 8601 text so that both databases sort and show them alike. JSON columns hold values as
the register's vocabulary spells them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = dict[str, Any]


class Base(DeclarativeBase):
    """The declarative base of all tables."""

    type_annotation_map = {int: BigId, str: Text, bool: Boolean, Json: JSON, list[Any]: JSON}  # noqa: RUF012


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


for _table in Base.metadata.tables.values():
    if "id" in _table.primary_key.columns:
        _table.dialect_options["sqlite"]["autoincrement"] = True  # an id is never given twice: history refers to it
