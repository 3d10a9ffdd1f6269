"""`syncd sync`: runs connections and tells how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.application import opened
from syncd.cli.output import json_option, print_json, say
from syncd.cli.root import Command
from syncd.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.cli.application import Session
    from syncd.ports.queue import Order
    from syncd.ports.records import ConnectionInfo
    from syncd.services.sync.attempts import Attempt

personal_option = click.option(
    "--show-personal", "personal", is_flag=True, help="Whole personal identity numbers; written into the history."
)


@click.command(cls=Command)
@click.argument("name", required=False)
@click.option("--full", is_flag=True, help="Compare every customer, not only what changed.")
@click.option("--customer", metavar="NUMBER", help="One customer only.")
@click.option("--dry-run", is_flag=True, help="Show the plan, write nothing.")
@click.option("--approve", is_flag=True, help="Carry out the plan that the last run held.")
@click.option("--no-wait", is_flag=True, help="Give up at once (5) while another run is under way.")
@click.option("--follow", is_flag=True, help="Start nothing; follow what the daemon runs now.")
@click.option("--fail-on-conflict", is_flag=True, help="Exit with 10 while conflicts are open.")
@personal_option
@json_option
def sync(name: str | None, *, as_json: bool, **asked: Any) -> int:  # noqa: ANN401 - the options above
    """Bring the register and accounting in step: the connection NAME, or every one.

    Through the running daemon where there is one (Ctrl-C then ends the watching, not the run), else in this process.
    """
    refuse_contradictions(asked)
    from syncd.cli.asking import sync_there
    from syncd.cli.carrying_out import PATIENCE, unanswered, worst
    from syncd.cli.context import socket_path
    from syncd.cli.mailing import send_queued_apart

    wait = 0 if asked["no_wait"] else PATIENCE
    from_daemon = sync_there(socket_path(), name, asked, wait=wait)
    attempts = _sync_here(name, asked, wait) if from_daemon is None else from_daemon
    if asked["fail_on_conflict"]:
        attempts = [unanswered(attempt) for attempt in attempts]
    tell(attempts, as_json=as_json, as_list=len(attempts) > 1)
    if from_daemon is None:
        send_queued_apart()
    return worst(attempt.code for attempt in attempts)


def _sync_here(name: str | None, asked: dict[str, Any], wait: float) -> list[Attempt]:
    from syncd.cli.carrying_out import run_all
    from syncd.register.access import Verb

    if asked["follow"]:
        raise RefusedError("No daemon is running here.", remedy="`syncd runs list` shows what ran.", code="no_daemon")
    with opened() as session:
        session.require(Verb.SYNC)
        if asked["personal"]:
            session.require(Verb.UNMASK)
        connections = _chosen(session, name)
        return run_all(session, connections, _order(session, asked), wait=wait, personal=asked["personal"])


def refuse_contradictions(asked: dict[str, Any]) -> None:
    """Raise ``UsageError`` for options that exclude each other."""
    if asked.get("full") and asked["customer"] is not None:
        raise UsageError("--full and --customer exclude each other.", remedy="Leave one of them out.")
    started = [word for word in ("full", "customer", "dry_run", "approve", "no_wait") if asked.get(word)]
    if asked.get("follow") and started:
        raise UsageError(f"--follow and --{started[0].replace('_', '-')} exclude each other.", remedy="Leave one out.")
    if asked["dry_run"] and asked["approve"]:
        raise UsageError("--dry-run and --approve exclude each other.", remedy="Look first, then approve.")


def _chosen(session: Session, name: str | None) -> tuple[ConnectionInfo, ...]:
    from syncd.services.connections import list_connections

    if name is not None:
        return (session.connection(name),)
    known = list_connections(session.store, session.group_id)
    if not known:
        raise RefusedError("There is no connection yet.", remedy="Add one: syncd connection add NAME --system SYSTEM")
    return known


def _order(session: Session, asked: dict[str, Any]) -> Order:
    from syncd.ports.queue import Order

    return Order(
        who=session.actor.login,
        kind="full" if asked["full"] else None,
        customer=asked["customer"],
        dry_run=asked["dry_run"],
        approve=asked["approve"],
    )


def tell(attempts: Sequence[Attempt], *, as_json: bool, as_list: bool) -> None:
    """Print runs, for people or as JSON. Why one failed is said on standard error in either case."""
    from syncd.cli import run_words

    if as_json:
        documents = [attempt.document for attempt in attempts]
        print_json(documents if as_list or not documents else documents[0])
    for attempt in attempts:
        if not as_json:
            if as_list:
                say(f"\n{attempt.connection}")
            _print(attempt)
        run_words.note_error(attempt.document)


def _print(attempt: Attempt) -> None:
    from syncd.cli import run_words

    run_words.print_lines(attempt.document["actions"], attempt.names, most=run_words.MANY_ROWS)
    run_words.print_summary(attempt.document)
    run_words.print_end(attempt.document, attempt.command, open_conflicts=attempt.open_conflicts)
