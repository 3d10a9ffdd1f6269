"""`syncd customer export` and `erase`: what personal data law asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.cli.application import opened
from syncd.cli.output import json_option, note, print_json, say
from syncd.cli.root import Command
from syncd.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from syncd.services.personal import Erased

_id = click.option("--id", "customer_id", type=int, help="Which one, where several deleted customers had the number.")


@click.command("export", cls=Command)
@click.argument("number")
@click.argument("file", type=click.Path(path_type=Path), default="-", metavar="[FILE]")
@_id
def export_(number: str, file: Path, *, customer_id: int | None) -> None:
    """Export all that is held on a customer, also a deleted one, as one JSON document (administrators only).

    Personal identity numbers are whole. The history says that it was exported, and by whom.
    """
    from syncd.bootstrap import now
    from syncd.services import personal

    with opened() as session:
        document = personal.export(session.store, session.actor, session.group_id, number, customer_id, now=now())
    if str(file) == "-":
        print_json(document)
        return
    _write(file, document)
    say(f"All that is held on customer {document['number']} is in {file}.")


@click.command(cls=Command)
@click.argument("number")
@_id
@click.option("--yes", is_flag=True, help="Yes, I am sure.")
@json_option
def erase(number: str, *, customer_id: int | None, yes: bool, as_json: bool) -> None:
    """Erase the personal data of a customer, also a deleted one, wherever syncd holds it (administrators only).

    Number, dates and who did what stay; accounting's own records are not touched.
    """
    from syncd.register.access import Verb
    from syncd.services import personal
    from syncd.services.files import discard

    with opened() as session:
        session.require(Verb.ERASE)
        if not yes:
            remedy = "It cannot be brought back: export it first, if need be. If you are sure, add --yes."
            raise UsageError(f"Erase customer {number.strip()}?", remedy=remedy)
        done = personal.erase(session.store, session.actor, session.group_id, number, customer_id)
        discard(session.store, session.app.shelf)
    if as_json:
        print_json(_shape(done))
    else:
        _tell(done)


def _write(file: Path, document: object) -> None:
    """Write the document into a new file that its owner alone may read."""
    import json
    import os

    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123 - from a descriptor
            json.dump(document, out, ensure_ascii=False, indent=2)
    except FileExistsError:
        raise RefusedError(f"{file} exists already.", remedy="Choose another file name.") from None
    except OSError as error:
        remedy = "Choose a folder that exists and may be written."
        raise RefusedError(f"{file} cannot be written: {error.strerror}.", remedy=remedy) from None


def _shape(done: Erased) -> dict[str, object]:
    remains = [{"connection": one.connection, "number": one.number, "remote_id": one.remote_id} for one in done.remains]
    return {"number": done.number, "again": done.again, "remains": remains, "wiped": done.wiped}


def _tell(done: Erased) -> None:
    say(f"Customer {done.number} {'had been' if done.again else 'is'} erased.")
    for one in done.remains:
        say(f"What accounting holds is kept by its own rules: {one.connection}, number {one.number or 'unknown'}.")
    say("Backups still hold it until they are thrown away; after restoring one, erase again.")
    if not done.wiped:
        note("The database file was busy: remnants may be read from it until this command is repeated.")
