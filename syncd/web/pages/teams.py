"""Teams: users who are shown together where somebody is assigned (R-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import ChangedMeanwhileError, RefusedError
from syncd.register.access import Verb, may
from syncd.services.register import teams as service
from syncd.web.pages.assigning import Person, Team
from syncd.web.pages.staff import for_staff
from syncd.web.pages.wrong import Wrong, wrong

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/teams", for_staff(index)),
        door.takes("/teams", for_staff(add)),
        door.shows("/teams/one", for_staff(show)),
        door.takes("/teams/one", for_staff(save)),
        door.takes("/teams/one/remove", for_staff(remove)),
    ]


def index(visit: Visit) -> Response:
    """Every team with its people, and those who are in none."""
    return _list(visit)


def _list(visit: Visit, why: Wrong | None = None) -> Response:
    with visit.reading() as work:
        teams = service.people_in_teams(work, visit.actor, visit.group_id)
    status = why.fault.status if why is not None else 200
    return visit.page("teams.html", status=status, why=why, teams=teams, may_change=may(visit.actor, Verb.USERS))


def add(visit: Visit) -> Response:
    """Add a team."""
    try:
        with visit.work() as work:
            service.add_team(work, visit.actor, visit.group_id, visit.asked("name"))
    except RefusedError as error:
        return _list(visit, wrong(error, visit))
    return visit.go("/teams/one", team=visit.asked("name"), said="team_saved")


def show(visit: Visit) -> Response:
    """A team: its name and everybody who could be in it."""
    return _one(visit)


def _one(visit: Visit, why: Wrong | None = None) -> Response:
    visit.require(Verb.USERS)
    with visit.reading() as work:
        team = service.known_team(work, visit.group_id, visit.asked("team"))
        people = [one for one in work.users.list(visit.group_id) if one.customer_id is None]
    ticked = [Person(one.login, one.name, one.login in team.members) for one in people]
    status = why.fault.status if why is not None else 200
    return visit.page("team.html", status=status, why=why, team=team, people=[Team(team.name, tuple(ticked))])


def save(visit: Visit) -> Response:
    """Rename the team, put in who was ticked, take out who was unticked; all of it or nothing."""
    name, wanted, before = visit.asked("team"), visit.several("login"), visit.several("before")
    try:
        with visit.work() as work, work.as_one():
            team = service.known_team(work, visit.group_id, name)
            visit.require(Verb.USERS)
            if sorted(team.members) != sorted(before):
                raise ChangedMeanwhileError("The team")
            if more := [one for one in wanted if one not in before]:
                service.join_team(work, visit.actor, visit.group_id, name, more)
            if less := [one for one in before if one not in wanted]:
                service.leave_team(work, visit.actor, visit.group_id, name, less)
            if visit.asked("name") != team.name:
                service.rename_team(work, visit.actor, visit.group_id, name, visit.asked("name"))
    except service.UnknownTeamError:
        raise
    except RefusedError as error:
        return _one(visit, wrong(error, visit))
    return visit.go("/teams", said="team_saved")


def remove(visit: Visit) -> Response:
    """Forget the team; its people stay users, and stay assigned."""
    with visit.work() as work:
        service.remove_team(work, visit.actor, visit.group_id, visit.asked("team"))
    return visit.go("/teams", said="team_removed")
