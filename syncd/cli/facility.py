"""`syncd facility`: the places where work is done for a customer (R-21)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.output import json_option, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.errors import UsageError
from syncd.register.facilities import FACILITY_COLUMNS
from syncd.services.register import facilities
from syncd.services.register.masking import masked

if TYPE_CHECKING:
    from syncd.cli.context import Acting

_COLUMNS = ("place", *FACILITY_COLUMNS)
_FIELDS = f"Fields: {' '.join(FACILITY_COLUMNS)}."
_WHICH = "WHICH: a name, or a place in the list."


@click.group(cls=CommandGroup)
def facility() -> None:
    """The places where work is done for a customer."""


@facility.command("list")
@click.argument("number")
@json_option
def list_(number: str, *, as_json: bool) -> None:
    """List the facilities of a customer."""
    with acting(reading=True) as now:
        documents = _documents(now, number)
    if as_json:
        print_json(documents)
    else:
        print_table(_COLUMNS, ([document[name] for name in _COLUMNS] for document in documents))


@facility.command(epilog=_FIELDS)
@click.argument("number")
@click.argument("name")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@json_option
def add(number: str, name: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Add a facility to a customer."""
    typed = pairs(fields)
    if "name" in typed:
        raise UsageError("name is given twice.", remedy="NAME comes second, without a field name.")
    with acting() as now:
        changed = facilities.add_facility(now.work, now.actor, now.group.id, number, {"name": name, **typed})
        _tell(now, changed.number, f"Added a facility to {changed.number}.", as_json=as_json)


@facility.command("set", epilog=f"{_FIELDS} {_WHICH}")
@click.argument("number")
@click.argument("which")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
def set_(number: str, which: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Change a facility of a customer."""
    with acting() as now:
        changed = facilities.change_facility(now.work, now.actor, now.group.id, (number, which), pairs(fields))
        _tell(now, changed.number, f"The facility of {changed.number} is saved.", as_json=as_json)


@facility.command(epilog=_WHICH)
@click.argument("number")
@click.argument("which")
@json_option
def remove(number: str, which: str, *, as_json: bool) -> None:
    """Take a facility away from a customer; orders keep its name."""
    with acting() as now:
        changed = facilities.remove_facility(now.work, now.actor, now.group.id, (number, which))
        _tell(now, changed.number, f"Removed a facility from {changed.number}.", as_json=as_json)


def _tell(now: Acting, number: str, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_documents(now, number))
    else:
        say(message)


def _documents(now: Acting, number: str) -> list[dict[str, Any]]:
    known = facilities.list_facilities(now.work, now.actor, now.group.id, number)
    return [{"place": place, **masked(None, asdict(one))} for place, one in enumerate(known, 1)]
