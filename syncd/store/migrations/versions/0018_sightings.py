"""Which run met a remote customer last is remembered by the run itself: a listing without news writes nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_column("mirror", "seen_by")


def downgrade() -> None:
    op.add_column("mirror", sa.Column("seen_by", BIG, nullable=False, server_default="0"))
