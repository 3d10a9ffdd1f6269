"""Assigning technicians: on one customer, or on many with a look at how many they are (R-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.errors import ChangedMeanwhileError, NotFoundError, RefusedError
from syncd.register.access import Verb, require
from syncd.services.register import assignment, reading, shapes
from syncd.services.register.assignment import Chosen
from syncd.services.register.finding import known
from syncd.services.register.masking import masked
from syncd.services.register.seen import version_of
from syncd.services.register.teams import people_in_teams
from syncd.web.pages.customer import view_of
from syncd.web.pages.customer_acts import as_seen
from syncd.web.pages.customer_query import asked_query, same_search
from syncd.web.pages.staff import for_staff
from syncd.web.pages.wrong import Wrong, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.work import Work
    from syncd.services.register.teams import TeamView
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit

_NAMED = 20
"""Customers that a preview names; the others are counted."""


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/customers/{id:int}/assign", for_staff(ask_one)),
        door.takes("/customers/{id:int}/assign", for_staff(assign_one)),
        door.takes("/customers/assign", for_staff(ask_many)),
        door.takes("/customers/assign/done", for_staff(assign_many)),
    ]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be ticked."""

    login: str
    name: str
    ticked: bool
    responsible: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """People beneath the name of their team; those of several stand in the first."""

    name: str | None
    people: tuple[Person, ...]


def teams_of(found: Iterable[TeamView], ticked: Iterable[str], responsible: str | None = None) -> Iterator[Team]:
    """Everybody who can be chosen, once; the deactivated only while they are ticked."""
    there, seen = set(ticked), set[str]()
    for team in found:
        people = [one for one in team.members if one.login not in seen and (one.active or one.login in there)]
        seen |= {one.login for one in people}
        if people:
            yield Team(
                team.name,
                tuple(Person(one.login, one.name, one.login in there, one.login == responsible) for one in people),
            )


# ----- one customer


def ask_one(visit: Visit) -> Response:
    """Everybody in teams; who is assigned is ticked."""
    return _one(visit)


def _one(visit: Visit, why: Wrong | None = None) -> Response:
    with visit.reading() as work:
        view = view_of(visit, work)
        require(visit.actor, Verb.ASSIGN, view.customer.id)
        found = people_in_teams(work, visit.actor, visit.group_id)
    logins = [one.login for one in view.assigned]
    return visit.page(
        "customer_assign.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        customer=shapes.customer(view),
        id=view.customer.id,
        seen=version_of(view.customer),
        before=logins,
        teams=list(teams_of(found, logins, next(iter(logins), None))),
    )


def assign_one(visit: Visit) -> Response:
    """Assign who was ticked anew, take away who was unticked; both or neither."""
    wanted, before = visit.several("login"), visit.several("before")
    add = tuple(login for login in wanted if login not in before)
    remove = tuple(login for login in before if login not in wanted)
    try:
        with visit.work() as work, work.as_one():
            held = as_seen(visit, work)
            require(visit.actor, Verb.ASSIGN, held.id)
            if [one.login for one in work.customers.assigned([held.id]).get(held.id, [])] != before:
                raise ChangedMeanwhileError(f"Customer {held.number}")
            if add:
                assignment.assign_chosen(work, visit.actor, visit.group_id, [held.id], Chosen(add))
            if remove:
                assignment.unassign_chosen(work, visit.actor, visit.group_id, [held.id], Chosen(remove))
    except NotFoundError:
        raise
    except RefusedError as error:
        return _one(visit, wrong(error, visit))
    return visit.go(f"/customers/{visit.number()}", said="assigned")


# ----- many customers


def ask_many(visit: Visit) -> Response:
    """How many customers are meant, some of them by name, and who is to be chosen."""
    return _many(visit)


def _many(visit: Visit, why: Wrong | None = None) -> Response:
    visit.require(Verb.ASSIGN)
    with visit.reading() as work:
        ids = _meant(visit, work)
        named = [(one.number, masked("name", one.name)) for one in work.customers.load_many(ids[:_NAMED])]
        found = people_in_teams(work, visit.actor, visit.group_id)
    return visit.page(
        "customers_assign.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        which=visit.asked("which"),
        ids=ids if visit.asked("which") != "all" else [],
        total=len(ids),
        named=named,
        kept=same_search(visit),
        teams=list(teams_of(found, visit.several("login"))),
        chosen_teams=visit.several("team"),
    )


def _meant(visit: Visit, work: Work) -> list[int]:
    """The customers that are ticked, or all that the filters find."""
    if visit.asked("which") == "all":
        return reading.found_customers(work, visit.actor, visit.group_id, asked_query(visit))
    ticked = dict.fromkeys(int(one) for one in visit.several("customer") if one.isascii() and one.isdigit())
    return [known(work, visit.actor, visit.group_id, one).id for one in ticked if one < 2**63]


def assign_many(visit: Visit) -> Response:
    """Assign to, or take away from, exactly as many customers as were shown; all of them or none."""
    chosen = Chosen(tuple(visit.several("login")), tuple(visit.several("team")))
    change = assignment.unassign_chosen if visit.asked("how") == "unassign" else assignment.assign_chosen
    try:
        with visit.work() as work:
            ids = _meant(visit, work)
            if str(len(ids)) != visit.asked("total"):
                raise ChangedMeanwhileError("The list of customers")
            change(work, visit.actor, visit.group_id, ids, chosen)
    except NotFoundError:
        raise
    except RefusedError as error:
        return _many(visit, wrong(error, visit))
    return visit.go("/customers", said="assigned", **same_search(visit))
