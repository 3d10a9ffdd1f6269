"""`syncd db`: looking after the database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from syncd.cli import context
from syncd.cli.output import json_option, note, print_json, progress, say
from syncd.cli.root import CommandGroup

COPIES = "attached-files"
"""Where attached files are copied to, beside the copy of the database."""


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
def backup(file: Path) -> int:
    """Copy an embedded database into FILE, also while it is in use, and attached files into a folder beside it.

    The folder attached-files serves every copy in the same directory: what lies there already is not copied again.
    """
    from syncd.bootstrap import App
    from syncd.services.files import copy_contents
    from syncd.store.shelf import FileShelf

    shelf, copies = App(context.settings()).shelf, FileShelf(file.parent / COPIES)
    with closing(context.database()) as database, progress("Copying attached files") as advance:
        database.backup(file)
        copies.directory.mkdir(mode=0o700, exist_ok=True)
        damaged = copy_contents(shelf, copies, advance)
    say(f"The database is copied to {file}, attached files to {copies.directory}.")
    note("The key file and the configuration are not part of it.")
    if damaged:
        named = ", ".join(str(shelf.directory / digest[:2] / digest) for digest in sorted(damaged))
        note(f"These attached contents are damaged: {named}. Put them back from an older copy.")
    return 1 if damaged else 0
