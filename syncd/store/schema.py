"""The schema's revisions: which this program knows, which a database has, and how it is brought up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"


def revisions() -> tuple[str, ...]:
    """Every revision that this program ships, oldest first: the first word of its file's name."""
    return tuple(sorted(file.name.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def revision(connection: Connection) -> str | None:
    """The revision of a database; None for one without tables. Raises ``LookupError`` for tables without a revision."""
    names = inspect(connection).get_table_names()
    found = None
    if _TABLE in names:
        found = connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar()  # noqa: S608 - a constant
    if found is None and set(names) - {_TABLE}:
        raise LookupError(_TABLE)
    return str(found) if found is not None else None


def upgrade(engine: Engine) -> None:
    """Apply every revision that is missing, with Alembic (loaded only here: it costs a command half a second)."""
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
