"""`syncd protocol`: service protocols of service orders (R-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.order_words import print_sent
from syncd.cli.output import json_option, note, print_json, print_pairs, print_table, say
from syncd.cli.root import CommandGroup
from syncd.ports.protocols import SORTS, ProtocolQuery
from syncd.register.protocols import PROTOCOL_COLUMNS
from syncd.services.register import orders, protocols, reading, shapes

if TYPE_CHECKING:
    from syncd.services.register.protocols import ProtocolView

_FIELDS = f"Fields: {' '.join(PROTOCOL_COLUMNS)}. technician: a login. FIELD= empties a field."
_LISTED = ("number", "order", "date", "customer", "technician", "sent")
_FEW = 10
_SORTS = click.Choice([*SORTS, *(f"-{name}" for name in SORTS)])


@click.group(cls=CommandGroup)
def protocol() -> None:
    """Service protocols: what was done on service orders."""


@protocol.command(epilog=_FIELDS)
@click.argument("order", metavar="ORDER")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--row", "rows", multiple=True, metavar="TEXT", help="One more row, after the order's articles.")
@json_option
def add(order: str, fields: tuple[str, ...], *, rows: tuple[str, ...], as_json: bool) -> None:
    """Write a service protocol on a service order; it begins with the order's articles and technician."""
    from syncd.bootstrap import now as clock

    with acting() as now:
        added = protocols.add_protocol(
            now.work, now.actor, now.group.id, order, pairs(fields), rows, today=clock().date()
        )
    number, of = added.protocol.number, added.protocol.order_number
    _tell(added, f"Added service protocol {number} to order {of}. Send it: syncd order send {of}", as_json=as_json)


@protocol.command("set", epilog=_FIELDS)
@click.argument("number", metavar="PROTOCOL")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
def set_(number: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Change fields of a service protocol; what was sent already is not called back."""
    with acting() as now:
        changed = protocols.change_protocol(now.work, now.actor, now.group.id, number, pairs(fields))
    _tell(changed, f"Service protocol {changed.protocol.number} is saved.", as_json=as_json)


@protocol.command()
@click.argument("number", metavar="PROTOCOL")
@json_option
def show(number: str, *, as_json: bool) -> None:
    """Show one service protocol, and to whom it was sent."""
    with acting(reading=True) as now:
        document = shapes.protocol(protocols.show_protocol(now.work, now.actor, now.group.id, number))
    if as_json:
        print_json(document)
        return
    plain = ("number", "order", "customer_number", "customer_name", "date", "text", "created_at", "created_by")
    print_pairs((name, document[name]) for name in plain if document[name] is not None)
    print_pairs([("technician", document["technician"]["name"])] if document["technician"] else [])
    print_pairs(("row", _row(row)) for row in document["rows"])
    print_sent(document["sent"])


@protocol.command("list")
@click.option(
    "--customer", metavar="NUMBER", help="Only this customer's; ten of them, unless --limit or --all is given."
)
@click.option("--order", metavar="ORDER", help="Only this order's.")
@click.option("--sort", type=_SORTS, default="-number", show_default=True, help="A heading; a dash turns it round.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many first.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@json_option
def list_(*, as_json: bool, customer: str | None, order: str | None, everything: bool, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """List service protocols, the newest first."""
    with acting(reading=True) as now:
        where = (now.work, now.actor, now.group.id)
        who = reading.show_customer(*where, customer).customer.id if customer is not None else None
        of = orders.found_order(*where, order).id if order is not None else None
        few = _FEW if who is not None and not (everything or as_json) else None
        query = ProtocolQuery(who, of, asked["sort"], asked["limit"] or few, asked["offset"])
        found = [shapes.protocol(view) for view in protocols.list_protocols(*where, query)]
        total = protocols.count_protocols(*where, query)
    if as_json:
        print_json(found)
        return
    print_table(_LISTED, (_line(document) for document in found))
    if few is not None and len(found) + asked["offset"] < total and asked["limit"] is None:
        note(f"{len(found)} of {total} are shown. View all: add --all")


def _line(document: dict[str, Any]) -> tuple[object, ...]:
    technician = document["technician"] and document["technician"]["name"]
    sent = len(document["sent"]) or None
    return document["number"], document["order"], document["date"], document["customer_name"], technician, sent


def _row(row: dict[str, Any]) -> str:
    amount = " ".join(part for part in (row["quantity"], row["unit"]) if part)
    return ", ".join(part for part in (" ".join(p for p in (row["article"], row["text"]) if p), amount) if part)


def _tell(view: ProtocolView, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(shapes.protocol(view))
    else:
        say(message)
