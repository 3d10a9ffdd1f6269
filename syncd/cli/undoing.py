"""`syncd runs undo` and `syncd connection take-back-references`: what runs wrote, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.application import opened
from syncd.cli.output import json_option
from syncd.cli.root import Command
from syncd.cli.sync import personal_option, refuse_contradictions, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.cli.application import Session
    from syncd.ports.queue import Order
    from syncd.ports.records import ConnectionInfo

_OPTIONS = (
    click.option("--dry-run", is_flag=True, help="Show what would be taken back, write nothing."),
    click.option("--approve", is_flag=True, help="Carry out exactly the undo that was held."),
    click.option("--no-wait", is_flag=True, help="Give up at once (5) while another run is under way."),
    personal_option,
    json_option,
)


def _how(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(cls=Command)
@click.argument("run_id", metavar="ID", type=int)
@click.option("--customer", metavar="NUMBER", help="One customer only.")
@_how
def undo(run_id: int, *, customer: str | None, **asked: Any) -> int:  # noqa: ANN401 - the options above
    """Take the writes of run ID back, on the side where it wrote. What was edited since is left alone and listed.

    Each field that is put back is then a conflict: no run repeats or spreads it until somebody answers.
    """
    from syncd.services.undo import undo_run

    def ordered(session: Session) -> tuple[ConnectionInfo, Order]:
        return undo_run(session.store, session.actor, session.group_id, run_id, customer, **_asked(asked))

    return _carry_out(ordered, asked)


@click.command("take-back-references", cls=Command)
@click.argument("name")
@_how
def take_back_references(name: str, **asked: Any) -> int:  # noqa: ANN401 - the options above
    """Take back every reference that syncd wrote and that still stands so on open documents.

    What stood there before comes back; later runs leave it until something changes.
    """
    from syncd.services.undo import take_back_references as ordering

    def ordered(session: Session) -> tuple[ConnectionInfo, Order]:
        return session.connection(name), ordering(session.actor, **_asked(asked))

    return _carry_out(ordered, asked)


def _asked(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "dry_run": asked["dry_run"],
        "approve": asked["approve"],
    }


def _carry_out(ordered: Callable[[Session], tuple[ConnectionInfo, Order]], asked: dict[str, Any]) -> int:
    """Run as ordered and tell how it went, as `syncd sync` does."""
    refuse_contradictions(asked)
    from syncd.cli.carrying_out import PATIENCE, run_all
    from syncd.register.access import Verb

    with opened() as session:
        session.require(Verb.SYNC)
        if asked["personal"]:
            session.require(Verb.UNMASK)
        connection, order = ordered(session)
        wait = 0 if asked["no_wait"] else PATIENCE
        attempts = run_all(session, [connection], order, wait=wait, personal=asked["personal"])
    tell(attempts, as_json=asked["as_json"], as_list=False)
    return attempts[0].code
