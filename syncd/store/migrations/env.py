"""Alembic's entry: runs inside the package, on the engine it is given."""

from __future__ import annotations

from alembic import context

from syncd.store.tables import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
