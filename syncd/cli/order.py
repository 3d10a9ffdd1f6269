"""`syncd order`: orders, error reports and quotations of customers (R-12, R-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.mailing import send_queued_apart
from syncd.cli.order_sending import send
from syncd.cli.order_words import print_sent
from syncd.cli.output import json_option, note, print_json, print_pairs, print_table, say
from syncd.cli.root import CommandGroup
from syncd.errors import UsageError
from syncd.ports.orders import SORTS, OrderQuery
from syncd.register.orders import ORDER_COLUMNS, OrderKind, OrderStatus, OrderType
from syncd.services.register import orders, reading, shapes

if TYPE_CHECKING:
    from syncd.services.register.orders import OrderView

_KINDS = click.Choice([kind.value for kind in OrderKind])
_FIELDS = (
    f"Fields: {' '.join(ORDER_COLUMNS)}. type: {' '.join(OrderType)} (orders alone). status: {' '.join(OrderStatus)}."
)
_LISTED = ("number", "kind", "type", "title", "status", "date", "customer", "responsible")
_FEW = 10
_SORTS = click.Choice([*SORTS, *(f"-{name}" for name in SORTS)])


@click.group(cls=CommandGroup)
def order() -> None:
    """Orders, error reports and quotations of customers."""


@order.command(epilog=_FIELDS)
@click.argument("number")
@click.option("--kind", type=_KINDS, required=True, help="What is added.")
@click.argument("title")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@json_option
def add(number: str, kind: str, title: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Add an order, error report or quotation to customer NUMBER."""
    from syncd.bootstrap import now as clock

    typed = pairs(fields)
    if "title" in typed:
        raise UsageError("title is given twice.", remedy="TITLE comes second, without a field name.")
    with acting() as now:
        chosen = OrderKind(kind)
        added = orders.add_order(
            now.work, now.actor, now.group.id, number, chosen, {"title": title, **typed}, today=clock().date()
        )
    _tell(added, f"Added {_called(added)} to customer {added.customer.number}.", as_json=as_json)
    send_queued_apart()


@order.command("set", epilog=_FIELDS)
@click.argument("number", metavar="ORDER")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
def set_(number: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Change fields of an order; technicians and articles stay as they were copied."""
    with acting() as now:
        changed = orders.change_order(now.work, now.actor, now.group.id, number, pairs(fields))
    _tell(changed, f"{_called(changed).capitalize()} is saved.", as_json=as_json)


@order.command()
@click.argument("number", metavar="ORDER")
@json_option
def show(number: str, *, as_json: bool) -> None:
    """Show one order."""
    with acting(reading=True) as now:
        document = shapes.order(orders.show_order(now.work, now.actor, now.group.id, number))
    if as_json:
        print_json(document)
    else:
        around = ("technicians", "articles", "customer_name", "sent")
        print_pairs((name, value) for name, value in document.items() if name not in around and value is not None)
        print_pairs(("technician", one["name"]) for one in document["technicians"])
        print_pairs(("article", f"{one['article']} {one['text']}, {one['quantity']}") for one in document["articles"])
        print_sent(document["sent"])


@order.command("list")
@click.option(
    "--customer", metavar="NUMBER", help="Only this customer's; ten of them, unless --limit or --all is given."
)
@click.option("--kind", type=_KINDS, help="Only this kind.")
@click.option(
    "--type", "order_type", type=click.Choice([one.value for one in OrderType]), help="Only orders of this type."
)
@click.option("--status", type=click.Choice([one.value for one in OrderStatus]), help="Only with this status.")
@click.option("--sort", type=_SORTS, default="-number", show_default=True, help="A heading; a dash turns it round.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many first.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@json_option
def list_(*, as_json: bool, customer: str | None, everything: bool, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """List what was ordered, reported and offered, the newest first."""
    with acting(reading=True) as now:
        who = None
        if customer is not None:
            who = reading.show_customer(now.work, now.actor, now.group.id, customer).customer.id
        few = _FEW if who is not None and not (everything or as_json) else None
        query = OrderQuery(
            who,
            asked["kind"],
            asked["order_type"],
            asked["status"],
            asked["sort"],
            asked["limit"] or few,
            asked["offset"],
        )
        found = orders.list_orders(now.work, now.actor, now.group.id, query)
        total = orders.count_orders(now.work, now.actor, now.group.id, query)
    if as_json:
        print_json([shapes.order(view) for view in found])
        return
    print_table(_LISTED, (_row(view) for view in found))
    if few is not None and len(found) + asked["offset"] < total and asked["limit"] is None:
        note(f"{len(found)} of {total} are shown. View all: add --all")


order.add_command(send)


def _row(view: OrderView) -> tuple[object, ...]:
    document = shapes.order(view)
    responsible = next((one["name"] for one in document["technicians"]), None)
    return (*(document[name] for name in _LISTED[:-2]), document["display_name"], responsible)


def _called(view: OrderView) -> str:
    return f"{view.order.kind.replace('_', ' ')} {view.order.number}"


def _tell(view: OrderView, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(shapes.order(view))
    else:
        say(message)
