"""`syncd db`: looking after the database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from syncd.cli import context
from syncd.cli.output import json_option, print_json, say
from syncd.cli.root import CommandGroup


@click.group(cls=CommandGroup)
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date; creates it where there is none."""
    with closing(context.database()) as database:
        database.upgrade()
        say(f"The schema is {database.current()[0]}.")


@db.command()
@json_option
def current(*, as_json: bool) -> None:
    """Show the schema of the database and the one this program needs."""
    with closing(context.database()) as database:
        missing = database.file is not None and not database.file.exists()
        found, newest = (None, None) if missing else database.current()
    if as_json:
        print_json({"found": found, "newest": newest})
    elif missing:
        say("There is no database yet.")
    else:
        say(f"The schema is {found or 'empty'}, this program needs {newest}.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy an embedded database into FILE, also while it is in use."""
    with closing(context.database()) as database:
        database.require_current()
        database.backup(file)
    say(f"The database is copied to {file}. The key file, the configuration and attached files are not part of it.")
