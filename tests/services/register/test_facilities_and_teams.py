"""Facilities of customers, teams of users, and assigning in bulk, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from syncd.errors import ChangedMeanwhileError, NotAllowedError, RefusedError
from syncd.ports.customers import CustomerFilter
from syncd.ports.records import Author
from syncd.register.facilities import FacilityTakenError
from syncd.register.problems import UnknownCustomerError
from syncd.services.register.assignment import (
    Chosen,
    NobodyChosenError,
    assign_chosen,
    unassign_chosen,
)
from syncd.services.register.customers import add_customer, change_customer
from syncd.services.register.facilities import (
    add_facility,
    change_facility,
    list_facilities,
    remove_facility,
)
from syncd.services.register.reading import Query, customer_history, found_customers, list_customers, show_customer
from syncd.services.register.teams import (
    UnknownTeamError,
    add_team,
    join_team,
    leave_team,
    people_in_teams,
    remove_team,
    rename_team,
)
from syncd.services.register.users import change_user
from syncd.store.tables import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.store.uow import Store, UnitOfWork
    from tests.services.register.conftest import Somebody


@pytest.fixture
def work(store: Store) -> Iterator[UnitOfWork]:
    with store.work() as opened:
        yield opened


def test_a_customer_has_facilities(work: UnitOfWork, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """Added, changed, taken away; each name once; the history tells."""
    viewer = somebody("kalle", "view")
    add_customer(work, actor, group.id, "7", {"name": "Åkes"})
    add_facility(work, actor, group.id, "7", {"name": "Norra", "city": "Umeå"})
    add_facility(work, actor, group.id, "7", {"name": "Södra"})
    change_facility(work, actor, group.id, ("7", "norra"), {"line1": "Storgatan 1"})
    with pytest.raises(FacilityTakenError):
        change_facility(work, actor, group.id, ("7", "2"), {"name": "NORRA"})
    with pytest.raises(NotAllowedError):
        remove_facility(work, viewer, group.id, ("7", "1"))
    assert [(one.name, one.line1, one.city) for one in list_facilities(work, viewer, group.id, "7")] == [
        ("Norra", "Storgatan 1", "Umeå"),
        ("Södra", None, None),
    ]
    remove_facility(work, actor, group.id, ("7", "1"))
    newest = customer_history(work, actor, group.id, "7", 1)[0]
    assert (newest.field, [one["name"] for one in newest.after]) == ("facilities", ["Södra"])  # type: ignore[attr-defined]


def test_lists_show_facilities_instead_of_customers_where_wanted(
    work: UnitOfWork, group: GroupInfo, actor: Actor
) -> None:
    work.groups.set_settings(group.id, {"show_facility_name": "yes", "include_number_in_display_name": "yes"})
    add_customer(work, actor, group.id, "7", {"name": "Åkes"})
    add_customer(work, actor, group.id, "8", {"name": "Zeta"})
    add_facility(work, actor, group.id, "8", {"name": "Norra"})
    assert [view.display_name for view in list_customers(work, actor, group.id, Query())] == ["8 Norra", "7 Åkes"]


def test_facilities_saved_meanwhile_are_not_overwritten(work: UnitOfWork, group: GroupInfo, actor: Actor) -> None:
    made = add_customer(work, actor, group.id, "7", {"name": "Åkes"})
    add_facility(work, actor, group.id, "7", {"name": "Norra"})
    for change in (work.customers.set_facilities, work.customers.set_items):
        with pytest.raises(ChangedMeanwhileError):
            change(made.id, made.version, [], _author())


def test_people_are_shown_in_teams(work: UnitOfWork, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """Teams by name, then those who are in none."""
    assigner, viewer = somebody("kalle", "view", "assign"), somebody("sven", "view")
    somebody("lisa")
    for name in ("Söder", "Norr"):
        add_team(work, actor, group.id, name)
    join_team(work, actor, group.id, "norr", ["lisa", "kalle", "lisa"])
    join_team(work, actor, group.id, "SÖDER", ["lisa"])

    def shown() -> list[tuple[str | None, list[str]]]:
        return [
            (team.name, [user.login for user in team.members]) for team in people_in_teams(work, assigner, group.id)
        ]

    assert shown() == [("Norr", ["kalle", "lisa"]), ("Söder", ["lisa"]), (None, ["anna", "sven"])]
    leave_team(work, actor, group.id, "Norr", ["kalle"])
    rename_team(work, actor, group.id, "Söder", "Syd")
    with pytest.raises(RefusedError, match="a team Norr already"):
        rename_team(work, actor, group.id, "syd", "Norr")
    with pytest.raises(RefusedError, match="a team norr already"):
        add_team(work, actor, group.id, "norr")
    remove_team(work, actor, group.id, "Norr")
    assert shown() == [("Syd", ["lisa"]), (None, ["anna", "kalle", "sven"])]
    join_team(work, actor, group.id, "Syd", ["anna", "kalle", "sven"])
    assert [name for name, _ in shown()] == ["Syd"]
    with pytest.raises(UnknownTeamError):
        remove_team(work, actor, group.id, "Norr")
    for attempt in (
        lambda: add_team(work, assigner, group.id, "X"),
        lambda: join_team(work, assigner, group.id, "Syd", ["kalle"]),
        lambda: people_in_teams(work, viewer, group.id),
    ):
        with pytest.raises(NotAllowedError):
            attempt()


def test_everybody_found_is_assigned_at_once(
    work: UnitOfWork, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """Users and whole teams, over more customers than a statement can name."""
    somebody("kalle")
    somebody("lisa")
    somebody("borta")
    add_team(work, actor, group.id, "Norr")
    join_team(work, actor, group.id, "Norr", ["kalle", "borta"])
    change_user(work, actor, group.id, "borta", {"active": "no"})
    by = _author()
    work.customers.insert_many(group.id, [({"name": f"Åkes {n}"}, frozenset()) for n in range(1100)], by)
    change_customer(work, actor, group.id, "7", {"active": "no"})
    ids = found_customers(work, actor, group.id, Query("åkes", CustomerFilter(active=True)))
    done = assign_chosen(work, actor, group.id, ids, Chosen(("lisa",), ("norr",)))
    assert (len(ids), sum(len(one.difference.assigned) for one in done)) == (1099, 2198)
    assert [one.login for one in show_customer(work, actor, group.id, "8").assigned] == ["lisa", "kalle"]
    assert show_customer(work, actor, group.id, "7").assigned == ()
    again = assign_chosen(work, actor, group.id, ids, Chosen(("lisa",)))
    assert [one for one in again if one.difference.assigned] == []
    unassign_chosen(work, actor, group.id, ids, Chosen(teams=("Norr",)))
    assert work.session.scalar(select(func.count()).select_from(Assignment)) == 1099
    kinds = [line.kind for line in customer_history(work, actor, group.id, "8")]
    assert kinds == ["unassigned", "assigned", "assigned", "created"]


def test_nobody_is_assigned_by_mistake(work: UnitOfWork, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """An empty team is said; a hidden customer stays hidden; all customers or none."""
    kalle, sven = somebody("kalle", "view_only_assigned", "assign"), somebody("sven", "view")
    hidden = add_customer(work, actor, group.id, "7", {"name": "Åkes"})
    add_team(work, actor, group.id, "Norr")
    with pytest.raises(NobodyChosenError):
        assign_chosen(work, actor, group.id, [hidden.id], Chosen(teams=("Norr",)))
    with pytest.raises(UnknownCustomerError):
        assign_chosen(work, kalle, group.id, [hidden.id], Chosen(("kalle",)))
    with pytest.raises(UnknownCustomerError):
        work.customers.assign_many([hidden.id, hidden.id + 1], [1], _author())
    assert found_customers(work, kalle, group.id, Query()) == []
    with pytest.raises(NotAllowedError):
        assign_chosen(work, sven, group.id, [], Chosen(("kalle",)))


def _author() -> Author:
    return Author("anna")
