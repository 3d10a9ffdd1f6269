"""Uploads on their way into a register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staged_rows",
        sa.Column("upload_id", BIG, nullable=False),
        sa.Column("place", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("number_value", BIG, nullable=True),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("upload_id", "place"),
    )
    op.create_index("ix_staged_rows_number", "staged_rows", ["group_id", "number"])
    op.create_index("ix_staged_rows_value", "staged_rows", ["group_id", "number_value"])


def downgrade() -> None:
    op.drop_table("staged_rows")
    op.drop_table("uploads")
