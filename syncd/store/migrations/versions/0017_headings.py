"""Lists of customers are sorted by every heading. The keys are made as the program makes them for every save."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from syncd.store.sort_keys import LAST, ByteOrder, customer_keys, shown_key

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NEW = ("type", "organisation_number", "invoice_city", "phone", "email", "assigned", "active")
BATCH = 5000

CUSTOMERS = sa.table(
    "customers",
    *map(sa.column, ("id", "number", "name", "type", "organisation_number")),
    sa.column("active", sa.Boolean()),
    sa.column("values", sa.JSON()),
)
ASSIGNMENTS = sa.table("assignments", *map(sa.column, ("customer_id", "user_id", "position")))
USERS = sa.table("users", *map(sa.column, ("id", "name")))
SEARCH = sa.table("customer_search", sa.column("customer_id"), *(sa.column(f"{name}_key") for name in ("name", *NEW)))


def upgrade() -> None:
    for heading in NEW:
        column = sa.Column(f"{heading}_key", ByteOrder, nullable=False, server_default=LAST)
        op.add_column("customer_search", column)
    _fill(op.get_bind())
    for heading in NEW:
        columns = ["group_id", f"{heading}_key", "customer_id"]
        op.create_index(f"ix_customer_search_{heading}", "customer_search", columns)


def downgrade() -> None:
    for heading in NEW:
        op.drop_index(f"ix_customer_search_{heading}", "customer_search")
        op.drop_column("customer_search", f"{heading}_key")


def _fill(bind: sa.Connection) -> None:
    """Give every customer its keys."""
    responsible = sa.and_(ASSIGNMENTS.c.customer_id == CUSTOMERS.c.id, ASSIGNMENTS.c.position == 0)
    joined = CUSTOMERS.outerjoin(ASSIGNMENTS, responsible).outerjoin(USERS, USERS.c.id == ASSIGNMENTS.c.user_id)
    chosen = sa.select(*CUSTOMERS.c, USERS.c.name.label("responsible")).select_from(joined).order_by(CUSTOMERS.c.id)
    known = SEARCH.update().where(SEARCH.c.customer_id == sa.bindparam("customer"))
    update = known.values({f"{name}_key": sa.bindparam(name) for name in ("name", *NEW)})
    last = 0
    while rows := bind.execute(chosen.where(CUSTOMERS.c.id > last).limit(BATCH)).mappings().all():
        bind.execute(update, [_keys(row) for row in rows])
        last = rows[-1]["id"]


def _keys(row: sa.RowMapping) -> dict[str, Any]:
    own = ("number", "name", "type", "organisation_number", "active")
    keys = customer_keys({**row["values"], **{name: row[name] for name in own}})
    responsible = LAST if row["responsible"] is None else shown_key(row["responsible"])
    return {"customer": row["id"], **{name: keys.get(name, responsible) for name in ("name", *NEW)}}
