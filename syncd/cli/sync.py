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
    from syncd.cli.carrying_out import Attempt
    from syncd.ports.queue import Order
    from syncd.ports.records import ConnectionInfo

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
@click.option("--fail-on-conflict", is_flag=True, help="Exit with 10 while conflicts are open.")
@personal_option
@json_option
def sync(name: str | None, *, as_json: bool, personal: bool, **asked: Any) -> int:  # noqa: ANN401 - the options above
    """Bring the register and accounting in step: the connection NAME, or every one."""
    refuse_contradictions(asked)
    from syncd.cli.carrying_out import PATIENCE, run_all, unanswered, worst
    from syncd.cli.mailing import send_queued
    from syncd.register.access import Verb

    with opened() as session:
        session.require(Verb.SYNC)
        if personal:
            session.require(Verb.UNMASK)
        connections = _chosen(session, name)
        order = _order(session, asked)
        attempts = run_all(session, connections, order, wait=0 if asked["no_wait"] else PATIENCE)
        if asked["fail_on_conflict"]:
            attempts = [unanswered(attempt) for attempt in attempts]
        tell(session, attempts, as_json=as_json, personal=personal, as_list=len(connections) > 1)
        send_queued(session.app)
    return worst(attempt.code for attempt in attempts)


def refuse_contradictions(asked: dict[str, Any]) -> None:
    """Raise ``UsageError`` for options that exclude each other."""
    if asked.get("full") and asked["customer"] is not None:
        raise UsageError("--full and --customer exclude each other.", remedy="Leave one of them out.")
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


def tell(session: Session, attempts: Sequence[Attempt], *, as_json: bool, personal: bool, as_list: bool) -> None:
    """Print runs, for people or as JSON. Why one failed is said on standard error in either case."""
    from syncd.cli import run_words

    if personal:
        _reveal(session, attempts)
    if as_json:
        documents = json_documents(attempts, personal=personal)
        print_json(documents if as_list or not documents else documents[0])
    for attempt in attempts:
        if not as_json:
            if as_list:
                say(f"\n{attempt.connection.name}")
            _print(session, attempt, personal=personal)
        run_words.note_error(attempt.document)


def json_documents(attempts: Sequence[Attempt], *, personal: bool) -> list[dict[str, Any]]:
    """The ``sync`` documents of runs."""
    from syncd.cli import sync_shapes

    return [sync_shapes.sync(attempt.document, personal=personal) for attempt in attempts]


def _print(session: Session, attempt: Attempt, *, personal: bool) -> None:
    from syncd.cli import run_words, sync_shapes
    from syncd.cli.names import names_of
    from syncd.services.sync.finish import command_of

    document = sync_shapes.sync(attempt.document, personal=personal)
    names = names_of(session, attempt.connection.id, attempt.lines)
    run_words.print_lines(document["actions"], names, most=run_words.MANY_ROWS)
    run_words.print_summary(document)
    run_words.print_end(
        document, command_of(attempt.order, attempt.connection.name), open_conflicts=attempt.open_conflicts
    )


def _reveal(session: Session, attempts: Sequence[Attempt]) -> None:
    from syncd.cli.names import local_ids
    from syncd.services.register.masking import reveal

    with session.store.work() as work:
        reveal(work, session.actor, sorted(local_ids(line for attempt in attempts for line in attempt.lines)))
