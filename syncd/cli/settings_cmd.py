"""`syncd settings`: the group's settings of the register."""

from __future__ import annotations

import click

from syncd.cli.arguments import pairs
from syncd.cli.context import acting
from syncd.cli.output import json_option, note, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.register.settings import listed
from syncd.services.register import group_settings

_SHOWN_NUMBERS = 10


@click.group(cls=CommandGroup)
def settings() -> None:
    """The group's settings of the register."""


@settings.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List every setting."""
    with acting(reading=True) as now:
        known = group_settings.list_settings(now.work, now.actor, now.group.id)
    if as_json:
        print_json({one.key: one.value for one in known})
    else:
        print_table(
            ("setting", "value", "meaning"),
            ((one.key, group_settings.shown(one.value), one.meaning) for one in known),
        )


@settings.command()
@click.argument("key")
@json_option
def get(key: str, *, as_json: bool) -> None:
    """Show one setting."""
    with acting(reading=True) as now:
        value = group_settings.get_setting(now.work, now.actor, now.group.id, key)
    if as_json:
        print_json({key: value})
    else:
        say(group_settings.shown(value))


@settings.command("set")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE...")
@json_option
def set_(changes: tuple[str, ...], *, as_json: bool) -> None:
    """Change settings; all of them or none."""
    with acting() as now:
        done = group_settings.set_settings(now.work, now.actor, now.group.id, pairs(changes))
    if done.outside:
        first = ", ".join(done.outside[:_SHOWN_NUMBERS])
        more = len(done.outside) - _SHOWN_NUMBERS
        rest = f" and {more} more" if more > 0 else ""
        note(f"{len(done.outside)} numbers are outside these lengths and stay valid: {first}{rest}.")
    if as_json:
        print_json(listed(done.settings))
    else:
        say("The settings are saved.")
