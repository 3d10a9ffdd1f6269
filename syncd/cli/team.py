"""`syncd team`: users shown together where somebody is assigned (R-17)."""

from __future__ import annotations

import click

from syncd.cli.context import acting
from syncd.cli.output import json_option, print_json, print_table, say
from syncd.cli.root import CommandGroup
from syncd.services.register import teams


@click.group(cls=CommandGroup)
def team() -> None:
    """Users shown together where somebody is assigned."""


@team.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List everybody, team by team."""
    with acting(reading=True) as now:
        known = teams.people_in_teams(now.work, now.actor, now.group.id)
    if as_json:
        print_json(
            [{"name": one.name, "members": [{"login": m.login, "name": m.name} for m in one.members]} for one in known]
        )
    else:
        rows = [(one.name or "(no team)", m.login, m.name) for one in known for m in one.members]
        rows += [(str(one.name), "", "") for one in known if not one.members]
        print_table(("team", "login", "name"), rows)


@team.command()
@click.argument("name")
def add(name: str) -> None:
    """Add a team."""
    with acting() as now:
        added = teams.add_team(now.work, now.actor, now.group.id, name)
    say(f"Added team {added.name}.")


@team.command()
@click.argument("name")
@click.argument("new")
def rename(name: str, new: str) -> None:
    """Give a team another name."""
    with acting() as now:
        teams.rename_team(now.work, now.actor, now.group.id, name, new)
    say("The team is renamed.")


@team.command()
@click.argument("name")
def remove(name: str) -> None:
    """Forget a team; its people stay users, and stay assigned."""
    with acting() as now:
        teams.remove_team(now.work, now.actor, now.group.id, name)
    say("The team is removed.")


@team.command()
@click.argument("name")
@click.argument("logins", nargs=-1, required=True, metavar="LOGIN...")
def join(name: str, logins: tuple[str, ...]) -> None:
    """Put users into a team."""
    with acting() as now:
        teams.join_team(now.work, now.actor, now.group.id, name, logins)
    say("The team is saved.")


@team.command()
@click.argument("name")
@click.argument("logins", nargs=-1, required=True, metavar="LOGIN...")
def leave(name: str, logins: tuple[str, ...]) -> None:
    """Take users out of a team."""
    with acting() as now:
        teams.leave_team(now.work, now.actor, now.group.id, name, logins)
    say("The team is saved.")
