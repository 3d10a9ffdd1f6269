"""`syncd register`: registers from files and into files (R-28)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.cli.context import acting
from syncd.cli.output import json_option, note, print_json, print_table, progress, say
from syncd.cli.root import CommandGroup

if TYPE_CHECKING:
    from syncd.services.uploads.report import Report

_KINDS = click.Choice(["customers", "contacts", "articles", "discount_letters"])
_FILE = click.Path(path_type=Path, dir_okay=False)
_REFUSED = 1


@click.group(cls=CommandGroup)
def register() -> None:
    """Registers from files and into files: CSV or Excel, by the name's ending."""


@register.command()
@click.argument("kind", type=_KINDS)
@click.argument("file", type=_FILE)
@click.option("--overwrite", is_flag=True, help="Also in place of a file that is there.")
def template(kind: str, file: Path, *, overwrite: bool) -> None:
    """Write an empty file with the headings of a register."""
    from syncd.bootstrap import now as clock
    from syncd.services.exports import write_file
    from syncd.services.uploads import exporting

    with acting(reading=True) as now:
        sheet = exporting.template(now.work, now.actor, now.group.id, kind, made=clock())
        write_file(file, sheet, overwrite=overwrite)
    say(f"Wrote {file}.")


@register.command()
@click.argument("kind", type=_KINDS)
@click.argument("file", type=_FILE)
@click.option("--overwrite", is_flag=True, help="Also in place of a file that is there.")
@click.option(
    "--show-personal", "personal", is_flag=True, help="Whole personal identity numbers; needed to upload again."
)
def export(kind: str, file: Path, *, overwrite: bool, personal: bool) -> None:
    """Write a register into a file; it uploads again unchanged."""
    from syncd.bootstrap import now as clock
    from syncd.services.exports import write_file
    from syncd.services.uploads import exporting

    with acting(reading=not personal) as now, progress("Exporting") as advance:
        sheet = exporting.register_sheet(now.work, now.actor, now.group.id, kind, personal=personal, made=clock())
        rows = write_file(file, sheet, overwrite=overwrite, advance=advance)
    say(f"Wrote {rows} rows into {file}.")
    if not personal:
        note("Personal identity numbers are masked; a row that holds one is refused when it is uploaded again.")


@register.command()
@click.argument("kind", type=_KINDS)
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Check every row and say what would change; store nothing.")
@json_option
def upload(kind: str, file: Path, *, dry_run: bool, as_json: bool) -> int:
    """Upload a register: all rows, or none when one of them is wrong."""
    from syncd.bootstrap import default_directions
    from syncd.cli.application import opened
    from syncd.services.connections import led_by_accounting
    from syncd.services.uploads.uploading import upload as carry_out

    with opened() as session, progress("Reading") as advance:
        led = led_by_accounting(session.store, default_directions)
        report = carry_out(
            session.store, session.actor, session.group_id, kind, file, led=led, dry_run=dry_run, advance=advance
        )
    if as_json:
        print_json(asdict(report))
    else:
        _tell(report, dry_run=dry_run)
    return _REFUSED if report.problems else 0


def _tell(report: Report, *, dry_run: bool) -> None:
    if report.problems:
        headings = ("row", "column", "value", "reason", "remedy")
        print_table(headings, ([getattr(one, name) for name in headings] for one in report.problems))
        if not report.stored:
            say(f"{report.wrong} of {report.rows} rows are wrong. Nothing was stored.")
            return
        note(
            f"Somebody changed what {report.wrong} rows are about while the file was being stored: they were left out."
        )
    word = "Stored" if report.stored else "Would be stored"
    say(f"{word}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged.")
    if dry_run:
        say("Nothing was stored: this was a dry run.")
