"""`syncd config`: what is wrong with the configuration, and what it says."""

from __future__ import annotations

import click

from syncd.cli.output import json_option, print_json, say
from syncd.cli.root import CommandGroup, wishes
from syncd.settings import as_toml, check_files, find_file, load, show


@click.group(cls=CommandGroup)
def config() -> None:
    """Check the configuration, or show it."""


@config.command()
def check() -> None:
    """Name every wrong key with its file, line and reason."""
    check_files(wishes().config)
    say(f"{find_file(wishes().config) or 'The environment'}: nothing is wrong.")


@config.command("show")
@json_option
def show_(*, as_json: bool) -> None:
    """Show every key as it counts, with secrets hidden."""
    shown = show(load(wishes().config))
    if as_json:
        print_json(shown)
    else:
        click.echo(as_toml(shown), nl=False)
