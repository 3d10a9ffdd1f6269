"""`syncd runs`: what happened, run by run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.application import opened, typed
from syncd.cli.output import json_option, print_json, print_pairs, print_table, say
from syncd.cli.root import CommandGroup
from syncd.cli.sync import personal_option
from syncd.cli.undoing import undo

if TYPE_CHECKING:
    from syncd.ports.records import RunInfo


@click.group(cls=CommandGroup)
def runs() -> None:
    """Reports of past runs; a run can be undone."""


runs.add_command(undo)


@runs.command("list")
@click.option("--connection", metavar="NAME", help="Only runs of this connection.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@json_option
def list_(*, connection: str | None, limit: int, as_json: bool) -> None:
    """List the latest runs, newest first."""
    from syncd.services.runs import list_runs
    from syncd.services.standing import run_shape

    with opened() as session:
        found = list_runs(session.store, session.actor, session.group_id, connection, limit)
    documents = [run_shape(one) for one in found]
    if as_json:
        print_json(documents)
    elif documents:
        headings = ("id", "connection", "kind", "status", "started (UTC)", "by", "what")
        print_table(headings, (_row(one) for one in documents))
    else:
        say(f"Nothing has run yet: {typed('sync')}")


def _row(run: dict[str, Any]) -> tuple[object, ...]:
    from syncd.cli.run_words import counted

    what = [*([run["error"]["message"]] if run["error"] else []), *counted(run["counts"])]
    started = run["started_at"][:19].replace("T", " ")
    kind = _kind(run["kind"], run["undoes"])
    return run["id"], run["connection"], kind, run["status"], started, run["who"], ", ".join(what)


def _kind(kind: str, undoes: str | None) -> str:
    """What kind of run; of an undo, of what."""
    return f"{kind} of {f'run {undoes}' if undoes.isdecimal() else undoes}" if undoes else kind


@runs.command()
@click.argument("run_id", metavar="ID", type=int)
@personal_option
@json_option
def show(run_id: int, *, as_json: bool, personal: bool) -> None:
    """Show the report of one run: every action with its field, before, after and outcome."""
    from syncd.cli import run_words
    from syncd.services.runs import show as report_of
    from syncd.services.sync.attempts import attempt_of

    with opened() as session:
        run, _ = report_of(session.store, session.actor, session.group_id, run_id)
        attempt = attempt_of(session.store, session.actor, run, personal=personal)
    document = attempt.document
    if as_json:
        print_json(document)
        return
    print_pairs(_facts(document["run"], document["requests"], run))
    run_words.print_lines(document["actions"], attempt.names)
    run_words.print_summary(document)


def _facts(run: dict[str, Any], requests: int, info: RunInfo) -> list[tuple[str, object]]:
    error = run["error"] or {}
    facts = [
        ("run", f"{run['id']} of {run['connection']}, {_kind(run['kind'], info.undoes)}, {run['status']}"),
        ("started", f"{run['started_at']} by {info.who}"),
        ("finished", run["finished_at"]),
        ("requests", requests),
        ("reason", error.get("message")),
        ("remedy", error.get("remedy")),
    ]
    return [(name, value) for name, value in facts if value is not None]
