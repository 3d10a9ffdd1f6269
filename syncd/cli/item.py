"""`syncd item`: the service and work order articles placed on a customer (R-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.output import json_option, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.errors import UsageError
from syncd.register.items import ITEM_COLUMNS, ItemKind
from syncd.services.register import items, shapes

if TYPE_CHECKING:
    from syncd.cli.context import Acting

_COLUMNS = ("place", "kind", "article", "text", "quantity", "unit", "price")
_FIELDS = "Fields: text quantity price; text and price are the article's own where they are empty."
_WHICH = "WHICH: an article, or a place in the list."


@click.group(cls=CommandGroup)
def item() -> None:
    """Articles placed on a customer: new service orders and work orders copy them."""


@item.command("list")
@click.argument("number")
@json_option
def list_(number: str, *, as_json: bool) -> None:
    """List what is placed on a customer."""
    with acting(reading=True) as now:
        documents = _documents(now, number)
    if as_json:
        print_json(documents)
    else:
        print_table(_COLUMNS, ([document[name] for name in _COLUMNS] for document in documents))


@item.command(epilog=_FIELDS)
@click.argument("number")
@click.argument("kind", type=click.Choice([kind.value for kind in ItemKind]))
@click.argument("article")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@json_option
def add(number: str, kind: str, article: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Place an article on a customer."""
    typed = pairs(fields)
    if typed.keys() & {"kind", "article"}:
        raise UsageError("kind and article come first, without a field name.", remedy=_FIELDS)
    with acting() as now:
        raw = {**typed, "kind": kind, "article": article}
        changed = items.add_item(now.work, now.actor, now.group.id, number, raw)
        _tell(now, changed.number, f"Placed an article on {changed.number}.", as_json=as_json)


@item.command("set", epilog=f"Fields: {' '.join(ITEM_COLUMNS)}. {_WHICH}")
@click.argument("number")
@click.argument("which")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
def set_(number: str, which: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Change what was agreed about one of them; orders keep what they copied."""
    with acting() as now:
        changed = items.change_item(now.work, now.actor, now.group.id, (number, which), pairs(fields))
        _tell(now, changed.number, f"The item of {changed.number} is saved.", as_json=as_json)


@item.command(epilog=_WHICH)
@click.argument("number")
@click.argument("which")
@json_option
def remove(number: str, which: str, *, as_json: bool) -> None:
    """Take an article away from a customer."""
    with acting() as now:
        changed = items.remove_item(now.work, now.actor, now.group.id, (number, which))
        _tell(now, changed.number, f"Removed an item from {changed.number}.", as_json=as_json)


def _tell(now: Acting, number: str, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_documents(now, number))
    else:
        say(message)


def _documents(now: Acting, number: str) -> list[dict[str, Any]]:
    known = items.list_items(now.work, now.actor, now.group.id, number)
    return [{"place": place, **shapes.item(line)} for place, line in enumerate(known, 1)]
