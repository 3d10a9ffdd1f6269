"""Logging in: attempts, sessions, one-time passwords and a language per user."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("users", sa.Column("one_time", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("language", sa.Text(), nullable=True))
    op.create_table(
        "attempts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=True),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempts_mark", "attempts", ["mark", "at"], unique=False)
    op.create_index("ix_attempts_address", "attempts", ["address", "at"], unique=False)
    op.create_index("ix_attempts_user", "attempts", ["user_id", "id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("attempts")
    op.drop_column("users", "language")
    op.drop_column("users", "one_time")
