"""Teams: users shown together where somebody is assigned (R-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.access import Verb, may, require
from syncd.register.clean import clean
from syncd.register.fields import Field
from syncd.services.register.managing import known_colleague

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.ports.people import TeamInfo, UserInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor

_FIELDS = {"name": Field("name", limit=64, required=True)}


class UnknownTeamError(RefusedError):
    """The group has no such team."""

    code = "unknown_team"

    def __init__(self) -> None:
        super().__init__("There is no such team.", remedy="`syncd team list` shows all of them.")


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team with its people; ``name`` None holds those who are in no team."""

    name: str | None
    members: tuple[UserInfo, ...]


def people_in_teams(work: RegisterWork, actor: Actor, group_id: int) -> list[TeamView]:
    """Return everybody, team by team, as somebody who assigns sees them; those without a team come last."""
    if not may(actor, Verb.ASSIGN):
        require(actor, Verb.USERS)
    people = {user.login: user for user in work.users.list(group_id) if user.customer_id is None}
    teams = work.teams.list(group_id)
    loose = people.keys() - {login for team in teams for login in team.members}
    views = [TeamView(team.name, tuple(people[login] for login in team.members)) for team in teams]
    rest = tuple(user for login, user in people.items() if login in loose)
    return [*views, TeamView(None, rest)] if rest else views


def add_team(work: RegisterWork, actor: Actor, group_id: int, name: str) -> TeamInfo:
    """Add a team."""
    require(actor, Verb.USERS)
    added = work.teams.add(group_id, _name(name))
    work.commit()
    return added


def rename_team(work: RegisterWork, actor: Actor, group_id: int, name: str, to: str) -> None:
    """Give a team another name."""
    require(actor, Verb.USERS)
    work.teams.rename(known_team(work, group_id, name).id, _name(to))
    work.commit()


def remove_team(work: RegisterWork, actor: Actor, group_id: int, name: str) -> None:
    """Forget a team; its members stay users, and stay assigned."""
    require(actor, Verb.USERS)
    work.teams.remove(known_team(work, group_id, name).id)
    work.commit()


def join_team(work: RegisterWork, actor: Actor, group_id: int, name: str, logins: Iterable[str]) -> None:
    """Put users into a team."""
    require(actor, Verb.USERS)
    team = known_team(work, group_id, name)
    work.teams.join(team.id, [known_colleague(work, actor, group_id, login).id for login in logins])
    work.commit()


def leave_team(work: RegisterWork, actor: Actor, group_id: int, name: str, logins: Iterable[str]) -> None:
    """Take users out of a team."""
    require(actor, Verb.USERS)
    team = known_team(work, group_id, name)
    work.teams.leave(team.id, [known_colleague(work, actor, group_id, login).id for login in logins])
    work.commit()


def known_team(work: RegisterWork, group_id: int, name: str) -> TeamInfo:
    """Return a team by name, in any letter case. Raises ``UnknownTeamError``."""
    wanted = name.strip().casefold()
    found = next((team for team in work.teams.list(group_id) if team.name.casefold() == wanted), None)
    if found is None:
        raise UnknownTeamError
    return found


def _name(typed: str) -> str:
    return str(clean("name", typed, known=_FIELDS))
