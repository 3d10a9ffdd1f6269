"""`syncd order send`: *Send protocol* (R-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from syncd.cli.context import acting
from syncd.cli.mailing import send_queued_apart
from syncd.cli.output import json_option, print_json, say
from syncd.cli.root import Command

if TYPE_CHECKING:
    from syncd.register.protocols import Receiver
    from syncd.services.register.sending import Sent


@click.command(cls=Command)
@click.argument("number", metavar="ORDER")
@click.option("--protocol", metavar="PROTOCOL", help="Which of the order's service protocols; else the latest.")
@click.option("--again", is_flag=True, help="Also to those who were sent the very same before.")
@json_option
def send(number: str, *, protocol: str | None, again: bool, as_json: bool) -> None:
    """Mail an order's service protocol and work order to the customer's contacts that are marked for them."""
    from syncd.services.register import sending, shapes

    with acting() as now:
        done = sending.send_protocol(now.work, now.actor, now.group.id, number, protocol, again=again)
    if as_json:
        print_json(shapes.order(done.order))
    else:
        _tell(done)
    send_queued_apart()


def _tell(done: Sent) -> None:
    for one in done.queued:
        say(f"Sending {_what(one)} to {one.address}.")
    for one in done.before:
        say(f"{one.address} was sent the very same before. Send it once more: add --again")


def _what(one: Receiver) -> str:
    return " and ".join(["the service protocol"] * one.protocol + ["the work order"] * one.work_order)
