"""Lists of orders are sorted by the technician they were placed on, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from syncd.store.sort_keys import LAST, ByteOrder, shown_key

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BATCH = 5000
ORDERS = sa.table("orders", sa.column("id"), sa.column("technician_key"))
PEOPLE = sa.table("order_technicians", *map(sa.column, ("order_id", "position", "name")))


def upgrade() -> None:
    op.add_column("orders", sa.Column("technician_key", ByteOrder, nullable=False, server_default=LAST))
    bind, last = op.get_bind(), 0
    responsible = sa.select(PEOPLE.c.order_id, PEOPLE.c.name).where(PEOPLE.c.position == 0).order_by(PEOPLE.c.order_id)
    update = ORDERS.update().where(ORDERS.c.id == sa.bindparam("order"))
    while rows := bind.execute(responsible.where(PEOPLE.c.order_id > last).limit(BATCH)).all():
        keys = [{"order": row.order_id, "technician_key": shown_key(row.name)} for row in rows]
        bind.execute(update.values(technician_key=sa.bindparam("technician_key")), keys)
        last = rows[-1].order_id


def downgrade() -> None:
    op.drop_column("orders", "technician_key")
