"""Personal data: customers and mirrored records that were erased, and reports found by whom they are about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("erased_at", sa.Text(), nullable=True))
    op.add_column("mirror", sa.Column("erased", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_run_lines_subject", "run_lines", ["subject"])
    op.create_index("ix_intents_customer", "intents", ["customer_id"])
    op.create_index("ix_intents_remote", "intents", ["connection_id", "remote_id"])


def downgrade() -> None:
    op.drop_index("ix_intents_remote", "intents")
    op.drop_index("ix_intents_customer", "intents")
    op.drop_index("ix_run_lines_subject", "run_lines")
    op.drop_column("mirror", "erased")
    op.drop_column("customers", "erased_at")
