"""The commands that every register beside the customers has: list, show, add, set, retire, restore, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.output import json_option, print_json, print_pairs, print_table, say
from syncd.cli.root import Command, CommandGroup
from syncd.errors import UsageError
from syncd.services.register import catalogues, shapes

if TYPE_CHECKING:
    from syncd.register.catalogues import Catalogue, Entry


def commands(name: str, catalogue: Catalogue, meaning: str) -> CommandGroup:
    """Return the command group of a catalogue."""
    group = CommandGroup(name, help=meaning)
    for make in (_list, _show, _add, _set, _retire, _restore, _delete):
        group.add_command(make(catalogue))
    return group


def _list(catalogue: Catalogue) -> Command:
    @click.command("list", cls=Command)
    @click.option("--search", "text", default="", metavar="TEXT", help="Every word must be found.")
    @click.option("--all", "everything", is_flag=True, help="Retired ones as well.")
    @json_option
    def run(text: str, *, everything: bool, as_json: bool) -> None:
        """List what can be chosen, in order."""
        with acting(reading=True) as now:
            found = catalogues.list_entries(now.work, now.actor, now.group.id, catalogue, text, retired=everything)
        documents = [shapes.catalogue_entry(catalogue, one) for one in found]
        if as_json:
            print_json(documents)
        else:
            columns = [*catalogue.fields, *(["retired"] if everything else [])]
            print_table(columns, ([document[column] for column in columns] for document in documents))

    return run


def _show(catalogue: Catalogue) -> Command:
    @click.command("show", cls=Command)
    @click.argument("key", metavar=catalogue.key.upper())
    @json_option
    def run(key: str, *, as_json: bool) -> None:
        """Show one of them."""
        with acting(reading=True) as now:
            found = catalogues.show_entry(now.work, now.actor, now.group.id, catalogue, key)
        document = shapes.catalogue_entry(catalogue, found)
        if as_json:
            print_json(document)
        else:
            print_pairs(document.items())

    return run


def _add(catalogue: Catalogue) -> Command:
    @click.command("add", cls=Command, epilog=_fields(catalogue))
    @click.argument("key", metavar=catalogue.key.upper())
    @click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
    @json_option
    def run(key: str, fields: tuple[str, ...], *, as_json: bool) -> None:
        """Add one."""
        typed = pairs(fields)
        if catalogue.key in typed:
            raise UsageError(f"{catalogue.key} is given twice.", remedy="It comes first, without a field name.")
        with acting() as now:
            added = catalogues.add_entry(now.work, now.actor, now.group.id, catalogue, {catalogue.key: key, **typed})
        _tell(catalogue, added, f"Added {catalogue.entry} {added.key}.", as_json=as_json)

    return run


def _set(catalogue: Catalogue) -> Command:
    @click.command("set", cls=Command, epilog=_fields(catalogue))
    @click.argument("key", metavar=catalogue.key.upper())
    @click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
    @json_option
    def run(key: str, fields: tuple[str, ...], *, as_json: bool) -> None:
        """Change fields of one, wherever it is used."""
        with acting() as now:
            changed = catalogues.change_entry(now.work, now.actor, now.group.id, catalogue, key, pairs(fields))
        _tell(catalogue, changed, _named(catalogue, changed, "is saved"), as_json=as_json)

    return run


def _retire(catalogue: Catalogue) -> Command:
    return _switch(catalogue, "retire", "Offer one no longer; it stays where it is used.", "is retired", retired=True)


def _restore(catalogue: Catalogue) -> Command:
    return _switch(catalogue, "restore", "Offer a retired one again.", "is offered again", retired=False)


def _switch(catalogue: Catalogue, name: str, meaning: str, told: str, *, retired: bool) -> Command:
    @click.command(name, cls=Command, help=meaning)
    @click.argument("key", metavar=catalogue.key.upper())
    @json_option
    def run(key: str, *, as_json: bool) -> None:
        with acting() as now:
            changed = catalogues.retire_entry(now.work, now.actor, now.group.id, catalogue, key, retired=retired)
        _tell(catalogue, changed, _named(catalogue, changed, told), as_json=as_json)

    return run


def _delete(catalogue: Catalogue) -> Command:
    @click.command("delete", cls=Command)
    @click.argument("key", metavar=catalogue.key.upper())
    def run(key: str) -> None:
        """Delete one that nobody uses."""
        with acting() as now:
            catalogues.delete_entry(now.work, now.actor, now.group.id, catalogue, key)
        say(f"Deleted the {catalogue.entry}.")

    return run


def _tell(catalogue: Catalogue, entry: Entry, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json(shapes.catalogue_entry(catalogue, entry))
    else:
        say(message)


def _named(catalogue: Catalogue, entry: Entry, told: str) -> str:
    return f"{catalogue.entry.capitalize()} {entry.key} {told}."


def _fields(catalogue: Catalogue) -> str:
    return f"Fields: {' '.join(name for name in catalogue.fields if name != catalogue.key)}."
