"""`syncd customer`: the register on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli import shapes
from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.customer_links import link, unlink
from syncd.cli.output import json_option, print_json, print_pairs, print_table, say
from syncd.cli.root import CommandGroup
from syncd.errors import UsageError
from syncd.ports.register import CustomerFilter
from syncd.register.fields import FIELDS
from syncd.services.register import assignment, customers, reading
from syncd.services.register.masking import reveal

if TYPE_CHECKING:
    from syncd.cli.context import Acting
    from syncd.engine.state import Local
    from syncd.services.register.reading import CustomerView

_LISTED = ("number", "name", "type", "organisation_number", "invoice_city", "phone", "active")
_EPILOG = f"Fields: {' '.join(FIELDS)}. FIELD= empties a field. Put -- before a number that begins with a dash."

_CONTACT_FLAGS = ("send_service_protocol", "send_work_orders", "accounting")

_personal = click.option(
    "--show-personal", "personal", is_flag=True, help="Whole personal identity numbers; written into the history."
)


@click.group(cls=CommandGroup)
def customer() -> None:
    """The customer register."""


@customer.command("list")
@click.option("--search", "text", default="", metavar="TEXT", help="Every word must be found.")
@click.option("--active/--inactive", default=None, help="Only active, or only deactivated customers.")
@click.option("--assigned", "assigned_to", metavar="LOGIN", help="Only customers of this user.")
@click.option("--unassigned", is_flag=True, help="Only customers of nobody.")
@click.option("--in-conflict", is_flag=True, help="Only customers with an open conflict.")
@click.option("--not-in-accounting", is_flag=True, help="Only customers without a link.")
@click.option("--sort", type=click.Choice(["name", "-name", "number", "-number"]), default="name", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many first.")
@_personal
@json_option
def list_(*, as_json: bool, personal: bool, text: str, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """List customers, or search for them."""
    filters = CustomerFilter(
        active=asked["active"],
        assigned_to=None if asked["assigned_to"] is None else _printable(asked["assigned_to"]),
        assigned=False if asked["unassigned"] else None,
        in_conflict=True if asked["in_conflict"] else None,
        in_accounting=False if asked["not_in_accounting"] else None,
    )
    query = reading.Query(_printable(text), filters, asked["sort"], asked["limit"], asked["offset"])
    with acting(reading=not personal) as now:
        page = reading.list_customers(now.work, now.actor, now.group.id, query)
        _reveal(now, page, personal=personal)
    documents = [shapes.customer(view, personal=personal) for view in page]
    if as_json:
        print_json(documents)
    else:
        print_table(_LISTED, ([document[name] for name in _LISTED] for document in documents))


@customer.command()
@click.argument("number")
@_personal
@json_option
def show(number: str, *, as_json: bool, personal: bool) -> None:
    """Show one customer."""
    with acting(reading=not personal) as now:
        view = reading.show_customer(now.work, now.actor, now.group.id, number)
        _reveal(now, [view], personal=personal)
    document = shapes.customer(view, personal=personal)
    if as_json:
        print_json(document)
    else:
        _print_customer(document)


@customer.command(epilog=_EPILOG)
@click.argument("number", metavar="NUMBER|auto")
@click.argument("name")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@json_option
def add(number: str, name: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Add a customer."""
    typed = pairs(fields)
    twice = next((known for known in ("number", "name") if known in typed), None)
    if twice:
        raise UsageError(f"{twice} is given twice.", remedy="NUMBER and NAME come first, without a field name.")
    automatic = number.strip().casefold() == "auto"
    with acting() as now:
        added = customers.add_customer(
            now.work, now.actor, now.group.id, None if automatic else _given(number), {**typed, "name": name}
        )
        _tell(now, added, f"Added customer {added.number}.", as_json=as_json)


@customer.command("set", epilog=_EPILOG)
@click.argument("number")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
def set_(number: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Change fields of a customer."""
    with acting() as now:
        changed = customers.change_customer(now.work, now.actor, now.group.id, number, pairs(fields), led=now.led)
        _tell(now, changed, f"Customer {changed.number} is saved.", as_json=as_json)


@customer.command()
@click.argument("old")
@click.argument("new")
@json_option
def renumber(old: str, new: str, *, as_json: bool) -> None:
    """Give a customer another number (administrators only)."""
    with acting() as now:
        changed = customers.renumber_customer(now.work, now.actor, now.group.id, (old, new), led=now.led)
        _tell(now, changed, f"Customer {old.strip()} is now {changed.number}.", as_json=as_json)


@customer.command()
@click.argument("number")
@click.argument("logins", nargs=-1, required=True, metavar="LOGIN...")
@json_option
def assign(number: str, logins: tuple[str, ...], *, as_json: bool) -> None:
    """Assign users to a customer; the first one ever assigned is responsible."""
    with acting() as now:
        done = assignment.assign_users(now.work, now.actor, now.group.id, [number], logins)[0]
        _tell(now, done.customer, f"Assigned {len(done.difference.assigned)} to {number.strip()}.", as_json=as_json)


@customer.command()
@click.argument("number")
@click.argument("logins", nargs=-1, required=True, metavar="LOGIN...")
@json_option
def unassign(number: str, logins: tuple[str, ...], *, as_json: bool) -> None:
    """Take users away from a customer."""
    with acting() as now:
        done = assignment.unassign_users(now.work, now.actor, now.group.id, [number], logins)[0]
        gone = len(done.difference.unassigned)
        _tell(now, done.customer, f"Unassigned {gone} from {number.strip()}.", as_json=as_json)


@customer.command()
@click.argument("number")
@json_option
def deactivate(number: str, *, as_json: bool) -> None:
    """Deactivate a customer; what was done for it stays."""
    with acting() as now:
        changed = customers.set_active(now.work, now.actor, now.group.id, number, active=False, led=now.led)
        _tell(now, changed, f"Customer {changed.number} is deactivated.", as_json=as_json)


@customer.command()
@click.argument("number")
@json_option
def reactivate(number: str, *, as_json: bool) -> None:
    """Reactivate a customer."""
    with acting() as now:
        changed = customers.set_active(now.work, now.actor, now.group.id, number, active=True, led=now.led)
        _tell(now, changed, f"Customer {changed.number} is active.", as_json=as_json)


@customer.command()
@click.argument("number")
def delete(number: str) -> None:
    """Delete a customer; its history stays."""
    with acting() as now:
        customers.delete_customer(now.work, now.actor, now.group.id, number)
    say(f"Customer {number.strip()} is deleted.")


@customer.command()
@click.argument("number")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many, the newest.")
@_personal
@json_option
def history(number: str, *, limit: int | None, as_json: bool, personal: bool) -> None:
    """Show what happened to a customer, newest first."""
    with acting(reading=not personal) as now:
        lines = reading.customer_history(now.work, now.actor, now.group.id, number, limit)
        _reveal(now, [reading.show_customer(now.work, now.actor, now.group.id, number)], personal=personal)
    documents = [shapes.entry(line, personal=personal) for line in lines]
    if as_json:
        print_json(documents)
    else:
        headings = ("when", "who", "kind", "field", "before", "after")
        print_table(headings, ([document[name] for name in headings] for document in documents))


customer.add_command(link)
customer.add_command(unlink)


def _reveal(now: Acting, page: list[CustomerView], *, personal: bool) -> None:
    if personal:
        reveal(now.work, now.actor, [view.customer.id for view in page])


def _tell(now: Acting, changed: Local, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(shapes.customer(reading.views(now.work, [changed])[0]))
    else:
        say(message)


def _print_customer(document: dict[str, Any]) -> None:
    around = {"contacts": _contact, "assigned": _assigned, "links": _link}
    print_pairs((name, value) for name, value in document.items() if name not in around and value is not None)
    for name, told in around.items():
        print_pairs((name, told(one)) for one in document[name])


def _contact(one: dict[str, Any]) -> str:
    known = [str(one[name]) for name in ("name", "role", "phone", "mobile", "email") if one[name]]
    flags = [name.replace("_", " ") for name in _CONTACT_FLAGS if one[name]]
    return ", ".join(known) + (f" ({', '.join(flags)})" if flags else "")


def _assigned(one: dict[str, Any]) -> str:
    return f"{one['name']} ({one['login']}{', responsible' if one['responsible'] else ''})"


def _link(one: dict[str, Any]) -> str:
    return f"{one['connection']}: {one['number'] or 'no number'}, {one['state']} ({one['remote_id']})"


def _given(number: str) -> str:
    """An empty number is a mistake here; who wants the next one says auto."""
    if not number.strip():
        raise UsageError("The customer number is empty.", remedy="Type a number, or auto for the next one.")
    return number


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
