"""Logging in at a login service: what it calls a user, and how each session was opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("subject", sa.Text(), nullable=True))
    op.add_column("sessions", sa.Column("opened_by", sa.Text(), nullable=False, server_default="password"))


def downgrade() -> None:
    op.drop_column("sessions", "opened_by")
    op.drop_column("users", "subject")
