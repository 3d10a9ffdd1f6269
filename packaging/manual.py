"""Write a manual page for each command into a folder: `manual.py DIRECTORY`."""

import sys
from pathlib import Path

import click
from click_man.core import write_man_pages

from syncd import __version__
from syncd.cli import cli


def loaded(group: click.Group) -> click.Group:
    """The group with every command in hand: the program itself loads them one by one."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    group.commands = {name: command for name, command in found.items() if command is not None}
    for command in group.commands.values():
        if isinstance(command, click.Group):
            loaded(command)
    return group


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    write_man_pages("syncd", loaded(cli), version=__version__, target_dir=str(target))
