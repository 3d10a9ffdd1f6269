from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from syncd.store import customer_search
from syncd.store.tables import Base

if TYPE_CHECKING:
    from syncd.store.database import Database


def test_a_migrated_database_is_exactly_what_the_program_expects(database: Database) -> None:
    """An upgrade leaves no table, column or index behind that the program would miss."""
    assert customer_search.SearchRow.__tablename__ in Base.metadata.tables
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_migrated_database_is_current(database: Database) -> None:
    """Right after an upgrade the program starts."""
    database.require_current()
    assert database.current() == ("0001", "0001")
