"""Users that belong to one customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    column = sa.Column("customer_id", BIG, sa.ForeignKey("customers.id"), nullable=True)
    op.add_column("users", column, inline_references=True)  # SQLite adds no constraint to a table that exists
    op.create_index("ix_users_customer_id", "users", ["customer_id"])


def downgrade() -> None:
    op.execute("DELETE FROM users WHERE customer_id IS NOT NULL")
    op.drop_index("ix_users_customer_id", "users")
    op.drop_column("users", "customer_id")
