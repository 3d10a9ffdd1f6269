"""`syncd notifications`: what the acting user is told."""

from __future__ import annotations

from typing import Any

import click

from syncd.cli.application import typed
from syncd.cli.context import acting
from syncd.cli.output import json_option, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.errors import UsageError

_SHOWN_CUSTOMERS = 3


@click.group(cls=CommandGroup)
def notifications() -> None:
    """What you are told of: customers assigned to you, and what happens to them."""


@notifications.command("list")
@click.option("--all", "everything", is_flag=True, help="Those you have read, too.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@json_option
def list_(*, everything: bool, limit: int, as_json: bool) -> None:
    """List your notifications, newest first. Somebody else's: --as LOGIN."""
    from syncd.services.notices import list_notices

    with acting(reading=True) as now:
        found = list_notices(now.work, now.actor, everything=everything, limit=limit)
    if as_json:
        print_json(found)
    elif found:
        headings = ("id", "when (UTC)", "what", "customers", "by", "read")
        print_table(headings, (_row(one) for one in found))
        say(f"To mark them as read: {typed('notifications', 'read', '--all')}")
    else:
        say("No notifications." if everything else "No unread notifications.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    told = [" ".join(part for part in (who["number"], who["name"]) if part) for who in one["customers"]]
    more = one["count"] - _SHOWN_CUSTOMERS if told else 0
    customers = ", ".join(told[:_SHOWN_CUSTOMERS]) + (f" and {more} more" if more > 0 else "")
    what = f"{one['message']}: {one['about']}" if one["about"] else one["message"]
    return one["id"], one["when"][:16].replace("T", " "), what, customers, one["who"], one["read"]


@notifications.command()
@click.argument("ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@json_option
def read(ids: tuple[int, ...], *, everything: bool, as_json: bool) -> None:
    """Mark notifications of yours as read."""
    from syncd.services.notices import mark_read

    if bool(ids) == everything:
        raise UsageError("Which notifications?", remedy="Give their IDs, or --all.")
    with acting() as now:
        number = mark_read(now.work, now.actor, None if everything else ids)
    if as_json:
        print_json({"read": number})
    else:
        say(f"Marked {number} notification{'' if number == 1 else 's'} as read.")
