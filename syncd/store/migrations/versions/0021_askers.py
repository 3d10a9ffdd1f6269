"""A place in the waiting line knows how many share it: one who gives up waiting takes it from nobody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("queue", sa.Column("askers", BIG, nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("queue", "askers")
