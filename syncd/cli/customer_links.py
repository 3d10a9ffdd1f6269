"""`syncd customer link` and `unlink`: pairs made and ended on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.application import opened, typed
from syncd.cli.output import json_option, print_json, say
from syncd.cli.root import Command
from syncd.errors import UsageError

if TYPE_CHECKING:
    from syncd.cli.application import Session

_connection = click.option("--connection", "name", metavar="NAME", help="The connection; not needed if it is alone.")


@click.command(cls=Command)
@click.argument("number")
@_connection
@click.option("--remote-number", metavar="NUMBER", help="Its number in accounting, where that is another one.")
@click.option("--remote-id", metavar="ID", help="Its id in accounting, where two have the number.")
@click.option("--same", is_flag=True, help="They are one customer although names or organisation numbers differ.")
@json_option
def link(
    number: str, *, name: str | None, remote_number: str | None, remote_id: str | None, same: bool, as_json: bool
) -> None:
    """Link a customer to its record in accounting; the next run compares the two as at their first meeting."""
    from syncd.services import linking

    if remote_number is not None and remote_id is not None:
        raise UsageError("--remote-number and --remote-id exclude each other.", remedy="Leave one of them out.")
    with opened() as session:
        connection = session.connection(name)
        partner = linking.Partner(remote_id, remote_number, same=same)
        customer = linking.link(session.store, session.actor, connection, number, partner)
        if as_json:
            print_json(_document(session, customer.number))
    if not as_json:
        say(f"Customer {customer.number} is linked to {connection.name}.")
        say(f"The next sync compares both sides: {typed('sync', connection.name)}")


@click.command(cls=Command)
@click.argument("number")
@_connection
@json_option
def unlink(number: str, *, name: str | None, as_json: bool) -> None:
    """End the link between a customer and its record in accounting; both stay as they are, and apart."""
    from syncd.services import linking

    with opened() as session:
        connection = session.connection(name)
        customer = linking.unlink(session.store, session.actor, connection, number)
        if as_json:
            print_json(_document(session, customer.number))
    if not as_json:
        say(f"Customer {customer.number} is no longer linked to {connection.name}; both sides stay as they are.")
        say(f"To link it again: {typed('customer', 'link', customer.number, '--connection', connection.name)}")


def _document(session: Session, number: str) -> dict[str, Any]:
    from syncd.services.register import reading, shapes

    with session.store.reading() as work:
        return shapes.customer(reading.show_customer(work, session.actor, session.group_id, number))
