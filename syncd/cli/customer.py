"""`syncd customer`: the register on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.customer_filters import filter_options, narrowed, query
from syncd.cli.customer_links import link, unlink
from syncd.cli.customer_personal import erase, export_
from syncd.cli.customer_words import print_customer, print_customers
from syncd.cli.mailing import send_queued_apart
from syncd.cli.output import json_option, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.errors import UsageError
from syncd.ports.customers import HEADINGS, SORTS
from syncd.register.fields import FIELDS
from syncd.services.register import assignment, customers, reading, shapes
from syncd.services.register.masking import reveal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from syncd.cli.context import Acting
    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.services.register.assignment import Chosen, Reassigned
    from syncd.services.register.reading import CustomerView

    Reassign = Callable[[RegisterWork, Actor, int, Iterable[int], Chosen], list[Reassigned]]

F = TypeVar("F", bound="Callable[..., Any]")
_EPILOG = (
    f"Fields: {' '.join(FIELDS)}, discount_letters (CODE,CODE), custom.KEY; cost_center and customer_order_number "
    "where the settings show them. FIELD= empties a field. Put -- before a number that begins with a dash."
)
_SORTED = f"One of: {', '.join(HEADINGS)}; a dash before it turns it round."
_WHOM = "With --all there is no NUMBER: every customer that the filters find is meant."

_personal = click.option(
    "--show-personal", "personal", is_flag=True, help="Whole personal identity numbers; written into the history."
)


def _in_bulk(command: F) -> F:
    """The options of assigning, one customer or many."""
    for option in reversed(
        (
            click.option("--team", "teams", multiple=True, metavar="NAME", help="Everybody of this team as well."),
            click.option("--all", "everything", is_flag=True, help="Every customer that the filters find."),
            filter_options,
            json_option,
        )
    ):
        command = option(command)
    return command


@click.group(cls=CommandGroup)
def customer() -> None:
    """The customer register."""


@customer.command("list")
@filter_options
@click.option("--sort", type=click.Choice(SORTS), metavar="HEADING", default="name", show_default=True, help=_SORTED)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many first.")
@_personal
@json_option
def list_(*, as_json: bool, personal: bool, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """List customers, or search for them."""
    with acting(reading=not personal) as now:
        page = reading.list_customers(now.work, now.actor, now.group.id, query(asked))
        own = reading.listed_fields(now.work, now.group.id)
        numbered = now.work.groups.settings(now.group.id).include_number_in_display_name
        _reveal(now, page, personal=personal)
    documents = [shapes.customer(view, personal=personal) for view in page]
    if as_json:
        print_json(documents)
    elif documents:
        print_customers(documents, own, numbered=numbered)
    else:
        say("No customers.")


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
        print_customer(document)


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


@customer.command(epilog=_WHOM)
@click.argument("words", nargs=-1, metavar="NUMBER LOGIN...")
@_in_bulk
def assign(**asked: Any) -> None:  # noqa: ANN401 - the options above
    """Assign users to a customer, or with --all to every customer found; the first one ever assigned is responsible."""
    _reassign(assignment.assign_chosen, "Assigned", "to", asked)


@customer.command(epilog=_WHOM)
@click.argument("words", nargs=-1, metavar="NUMBER LOGIN...")
@_in_bulk
def unassign(**asked: Any) -> None:  # noqa: ANN401 - the options above
    """Take users away from a customer, or with --all from every customer found."""
    _reassign(assignment.unassign_chosen, "Unassigned", "from", asked)


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


for _command in (link, unlink, export_, erase):
    customer.add_command(_command)


def _reveal(now: Acting, page: list[CustomerView], *, personal: bool) -> None:
    if personal:
        reveal(now.work, now.actor, [view.customer.id for view in page])


def _tell(now: Acting, changed: Local, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(shapes.customer(reading.views(now.work, now.group.id, [changed])[0]))
    else:
        say(message)


def _reassign(change: Reassign, done: str, to: str, asked: dict[str, Any]) -> None:
    number, logins = _whom(asked)
    with acting() as now:
        one = None if number is None else reading.show_customer(now.work, now.actor, now.group.id, number).customer
        ids = [one.id] if one else reading.found_customers(now.work, now.actor, now.group.id, query(asked))
        moved = change(now.work, now.actor, now.group.id, ids, assignment.Chosen(logins, asked["teams"]))
        people = sum(len(whose.difference.assigned) + len(whose.difference.unassigned) for whose in moved)
        if one is not None:
            _tell(now, one, f"{done} {people} {to} {one.number}.", as_json=asked["as_json"])
        elif asked["as_json"]:
            print_json({"customers": len(ids), "changed": people})
        else:
            say(f"{done} {people} {to} {len(ids)} customers.")
    send_queued_apart()


def _whom(asked: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """The customer's number, None for all that are found, and the logins after it."""
    words: tuple[str, ...] = asked["words"]
    if asked["everything"]:
        return None, words
    if narrowed(asked):
        raise UsageError("Filters narrow --all.", remedy="Add --all, and leave the number out.")
    if len(words) < (1 if asked["teams"] else 2):
        raise UsageError("NUMBER or LOGIN is missing.", remedy="Write the customer's number, then logins.")
    return words[0], words[1:]


def _given(number: str) -> str:
    """An empty number is a mistake here; who wants the next one says auto."""
    if not number.strip():
        raise UsageError("The customer number is empty.", remedy="Type a number, or auto for the next one.")
    return number
