"""`syncd contact`: the people to reach at a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.output import json_option, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.register.contacts import CONTACT_COLUMNS
from syncd.services.register import contacts, shapes
from syncd.services.register.masking import masked

if TYPE_CHECKING:
    from syncd.cli.context import Acting

_FIELDS = f"Fields: {' '.join(CONTACT_COLUMNS)}. FIELD= empties a field. WHO: a name, an e-mail address, or a place."
_COLUMNS = ("place", *CONTACT_COLUMNS)


@click.group(cls=CommandGroup)
def contact() -> None:
    """The people to reach at a customer."""


@contact.command("list")
@click.argument("number")
@json_option
def list_(number: str, *, as_json: bool) -> None:
    """List the contacts of a customer."""
    with acting(reading=True) as now:
        documents = _documents(now, number)
    if as_json:
        print_json(documents)
    else:
        print_table(_COLUMNS, ([document[name] for name in _COLUMNS] for document in documents))


@contact.command(epilog=_FIELDS)
@click.argument("number")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
def add(number: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Add a contact to a customer."""
    with acting() as now:
        changed = contacts.add_contact(now.work, now.actor, now.group.id, number, pairs(fields), led=now.led)
        _tell(now, changed.number, f"Added a contact to {changed.number}.", as_json=as_json)


@contact.command("set", epilog=_FIELDS)
@click.argument("number")
@click.argument("who")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
def set_(number: str, who: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Change a contact of a customer; accounting=yes makes it the one that accounting knows."""
    with acting() as now:
        wanted = (number, who)
        changed = contacts.change_contact(now.work, now.actor, now.group.id, wanted, pairs(fields), led=now.led)
        _tell(now, changed.number, f"The contact of {changed.number} is saved.", as_json=as_json)


@contact.command(epilog=_FIELDS)
@click.argument("number")
@click.argument("who")
@json_option
def remove(number: str, who: str, *, as_json: bool) -> None:
    """Take a contact away from a customer."""
    with acting() as now:
        changed = contacts.remove_contact(now.work, now.actor, now.group.id, (number, who), led=now.led)
        _tell(now, changed.number, f"Removed a contact from {changed.number}.", as_json=as_json)


def _tell(now: Acting, number: str, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_documents(now, number))
    else:
        say(message)


def _documents(now: Acting, number: str) -> list[dict[str, Any]]:
    known = contacts.list_contacts(now.work, now.actor, now.group.id, number)
    return [{"place": place, **masked(None, shapes.contact(one))} for place, one in enumerate(known, 1)]
