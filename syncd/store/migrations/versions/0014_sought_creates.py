"""Creates that are looked for by what was sent: which records are new, and which intents wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
UNSETTLED = sa.text("state <> 'settled'")


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("mirror", sa.Column("first_seen_by", big, nullable=False, server_default="0"))
    op.drop_index("ix_intents_open", "intents")
    op.create_index(
        "ix_intents_unsettled", "intents", ["connection_id"], sqlite_where=UNSETTLED, postgresql_where=UNSETTLED
    )


def downgrade() -> None:
    op.drop_index("ix_intents_unsettled", "intents")
    op.create_index("ix_intents_open", "intents", ["connection_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_column("mirror", "first_seen_by")
