"""What an undo needs: marks on links, traces in reports, the run an undo takes back, earlier texts of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("links", sa.Column("undone", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("run_lines", sa.Column("trace", sa.JSON(), nullable=True))
    op.add_column("runs", sa.Column("undoes", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("earlier", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "earlier")
    op.drop_column("runs", "undoes")
    op.drop_column("run_lines", "trace")
    op.drop_column("links", "undone")
