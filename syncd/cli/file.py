"""`syncd file`: files attached to customers (R-29)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncd.cli.application import opened
from syncd.cli.output import json_option, print_json, print_table, progress, say
from syncd.cli.root import CommandGroup
from syncd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from syncd.cli.output import Advance
    from syncd.ports.files import AttachedFile

_CHUNK = 2**16
_LISTED = ("id", "name", "media_type", "size", "added_at", "added_by")
_WHICH = "WHICH: a file's name, or its id in the list."


@click.group(cls=CommandGroup)
def file() -> None:
    """Files attached to customers: agreements, drawings, pictures."""


@file.command("list")
@click.argument("number")
@json_option
def list_(number: str, *, as_json: bool) -> None:
    """List the files of a customer."""
    from syncd.services.files import list_files

    with opened() as session, session.store.reading() as work:
        documents = [_shape(one) for one in list_files(work, session.actor, session.group_id, number)]
    if as_json:
        print_json(documents)
    elif documents:
        print_table(_LISTED, ([document[name] for name in _LISTED] for document in documents))
    else:
        say("No files.")


@file.command()
@click.argument("number")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", help="Under another name than the file's own.")
@json_option
def add(number: str, path: Path, *, name: str | None, as_json: bool) -> None:
    """Attach a file to a customer. Its type is told by what it holds, and must be what its name says."""
    from syncd.services.files import attach

    with opened() as session, _readable(path) as stream, progress("Reading") as advance:
        added = attach(
            session.store,
            session.app.shelf,
            session.actor,
            session.group_id,
            number,
            (name or path.name, _chunks(stream, advance)),
            rules=session.app.file_rules,
        )
    if as_json:
        print_json(_shape(added))
    else:
        say(f"Attached {added.name} to customer {number.strip()}.")


@file.command(epilog=_WHICH)
@click.argument("number")
@click.argument("which")
@click.argument("target", metavar="[FILE]", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--overwrite", is_flag=True, help="Also in place of a file that is there.")
def get(number: str, which: str, target: Path | None, *, overwrite: bool) -> None:
    """Write an attached file into FILE; without one, under its own name into the current directory."""
    from syncd.services.exports.files import write_bytes
    from syncd.services.files import open_file

    with opened() as session, session.store.reading() as work:
        found, content = open_file(work, session.app.shelf, session.actor, session.group_id, (number, which))
        write_bytes(target or Path(found.name), content, overwrite=overwrite)
    say(f"Wrote {target or found.name}.")


@file.command(epilog=_WHICH)
@click.argument("number")
@click.argument("which")
def delete(number: str, which: str) -> None:
    """Delete an attached file for good; the history keeps that there was one."""
    from syncd.services.files import delete_file

    with opened() as session:
        gone = delete_file(session.store, session.app.shelf, session.actor, session.group_id, (number, which))
    say(f"Deleted {gone.name} of customer {number.strip()}.")


@file.command()
@json_option
def tidy(*, as_json: bool) -> None:
    """Clear away contents that no file has, as the daemon does once a day (administrators only)."""
    from syncd.bootstrap import now
    from syncd.register.access import Verb
    from syncd.services.files import tidy as carry_out

    with opened() as session:
        session.require(Verb.SETTINGS)
        number = carry_out(session.store, session.app.shelf, now())
    if as_json:
        print_json({"set_aside": number})
    else:
        say(f"Set aside: {number}. It is kept for 30 days.")


def _shape(one: AttachedFile) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _LISTED}


def _readable(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}.", remedy="Check its name and rights.") from None


def _chunks(stream: BinaryIO, advance: Advance) -> Iterator[bytes]:
    size, done = os.fstat(stream.fileno()).st_size, 0
    while chunk := stream.read(_CHUNK):
        yield chunk
        done += len(chunk)
        advance(done, size)
