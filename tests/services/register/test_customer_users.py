"""Customer users: what they see of their own customer, and who manages them (R-11, R-25, R-26, R-27)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from syncd.errors import NotAllowedError, RefusedError
from syncd.ports.orders import OrderQuery
from syncd.register.access import sight
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.orders import OrderKind
from syncd.register.problems import UnknownCustomerError
from syncd.services.register.assignment import assign_users
from syncd.services.register.catalogues import add_entry, list_entries
from syncd.services.register.customer_users import add_customer_user, delete_customer_user
from syncd.services.register.customers import add_customer, change_customer, delete_customer
from syncd.services.register.managing import MoreThanOwnError, UnknownUserError
from syncd.services.register.orders import add_order, count_orders, list_orders, show_order
from syncd.services.register.reading import Query, count_customers, customer_history, list_customers, show_customer
from syncd.services.register.teams import add_team, join_team, people_in_teams
from syncd.services.register.users import (
    Person,
    add_user,
    change_user,
    grant,
    list_users,
    revoke,
    set_password,
    show_user,
)

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.store.uow import Store
    from tests.services.register.conftest import Somebody

GOOD = "korrekt häst"
SECRET = "Betalar alltid för sent"
TODAY = date(2026, 11, 26)


def _signed_up(store: Store, group: GroupInfo, actor: Actor, *rights: str) -> Actor:
    """Two customers with an order each; kund is a user of the first."""
    with store.work() as work:
        for key, hide in (("open", "no"), ("hidden", "yes")):
            typed = {"key": key, "label": key.title(), "type": "text", "hide_for_customer_users": hide}
            add_entry(work, actor, group.id, CUSTOM_FIELDS, typed)
        for number, name in (("7", "Åkes"), ("8", "Bergs")):
            values = {"name": name, "comments": SECRET, "custom.open": "syns", "custom.hidden": SECRET}
            add_customer(work, actor, group.id, number, values)
            add_order(work, actor, group.id, number, OrderKind.ERROR_REPORT, {"title": "Läcker"}, today=TODAY)
        add_customer_user(work, actor, group.id, "7", Person("kund", "Kim Kund"), GOOD)
        grant(work, actor, group.id, "kund", rights)
        found = work.users.actor(group.id, "kund")
    assert found is not None
    return found


def test_a_customer_user_sees_its_own_customer_without_comments_and_hidden_fields(
    store: Store, group: GroupInfo, actor: Actor
) -> None:
    """The comment's place is not even empty: it is not there."""
    kund = _signed_up(store, group, actor)
    with store.reading() as work:
        view = show_customer(work, kund, group.id, "7")
        assert [one.customer.number for one in list_customers(work, kund, group.id, Query())] == ["7"]
        assert count_customers(work, kund, group.id, Query()) == 1
    assert view.fields["custom.open"] == "syns"
    assert "comments" not in view.fields
    assert SECRET not in str(view)
    assert "hidden" not in str(view)


def test_what_is_withheld_does_not_leave_the_store(store: Store, group: GroupInfo, actor: Actor) -> None:
    """However it is asked for: by id, by number, by search, as history, as the group's own fields."""
    kund = _signed_up(store, group, actor)
    with store.reading() as work:
        own, other = (work.customers.find_many(group.id, ["7", "8"])[number].id for number in ("7", "8"))
        work.show(sight(kund))
        mine = work.customers.load_many([own, other])
        known = [
            mine,
            work.customers.find(group.id, "8"),
            work.customers.find_many(group.id, ["7", "8"]),
            work.customers.search(group.id),
            work.customers.found_ids(group.id, "Bergs"),
            work.customers.history(own),
            work.customers.histories([own, other]),
            work.customers.links([own]),
            work.catalogues.list(group.id, CUSTOM_FIELDS, retired=True),
            work.catalogues.named(group.id, CUSTOM_FIELDS, ["hidden"]),
            work.orders.find(group.id, "2"),
            work.orders.page(group.id, OrderQuery(customer_id=other)),
        ]
    assert SECRET not in str(known)
    assert "Bergs" not in str(known)
    assert "hidden'" not in str(known)
    assert [one.number for one in mine] == ["7"]


def test_who_sees_a_part_of_a_customer_cannot_write_the_rest_away(store: Store, group: GroupInfo, actor: Actor) -> None:
    """A write through such eyes is refused by the store itself."""
    kund = _signed_up(store, group, actor)
    with store.work() as work:
        own = show_customer(work, kund, group.id, "7").customer
        with pytest.raises(NotAllowedError):
            work.customers.assign(own.id, [1], None)  # type: ignore[arg-type]  # refused before anybody asks
        with pytest.raises(NotAllowedError):
            work.customers.write(own.id, None, {"phone": "1"}, None)  # type: ignore[arg-type]  # same
    with store.reading() as work:
        assert show_customer(work, actor, group.id, "7").fields["comments"] == SECRET


def test_a_customer_user_sees_its_own_orders_and_reports(store: Store, group: GroupInfo, actor: Actor) -> None:
    """Another customer's are as unknown as those that do not exist, and nothing is changed."""
    kund = _signed_up(store, group, actor)
    with store.work() as work:
        assert [one.order.number for one in list_orders(work, kund, group.id, OrderQuery())] == ["1"]
        assert count_orders(work, kund, group.id, OrderQuery()) == 1
        assert show_order(work, kund, group.id, "1").fields["title"] == "Läcker"
        for number in ("2", "3"):
            with pytest.raises(RefusedError, match="no such order"):
                show_order(work, kund, group.id, number)
        for number in ("8", "9"):
            with pytest.raises(UnknownCustomerError, match=f"There is no customer {number}"):
                show_customer(work, kund, group.id, number)
        for attempt in (
            lambda: add_order(work, kund, group.id, "7", OrderKind.ERROR_REPORT, {"title": "X"}, today=TODAY),
            lambda: change_customer(work, kund, group.id, "7", {"phone": "08-1"}),
            lambda: customer_history(work, kund, group.id, "7"),
            lambda: list_entries(work, kund, group.id, CUSTOM_FIELDS),
            lambda: list_users(work, kund, group.id),
        ):
            with pytest.raises(NotAllowedError):
                attempt()


def test_a_customer_user_whose_right_was_taken_sees_nothing(store: Store, group: GroupInfo, actor: Actor) -> None:
    """Not even its own customer, whatever other rights it holds; itself and its password remain."""
    _signed_up(store, group, actor, "create_customer_users")
    with store.work() as work:
        assert not change_user(work, actor, group.id, "kund", {"active": "no"}).active
        assert work.users.actor(group.id, "kund") is None
        change_user(work, actor, group.id, "kund", {"active": "yes"})
        revoke(work, actor, group.id, "kund", ["view"])
        kund = work.users.actor(group.id, "kund")
        assert kund is not None
        for attempt in (
            lambda: show_customer(work, kund, group.id, "7"),
            lambda: list_orders(work, kund, group.id, OrderQuery()),
            lambda: add_customer_user(work, kund, group.id, "7", Person("mer", "Mer"), None),
        ):
            with pytest.raises((NotAllowedError, UnknownCustomerError)):
                attempt()
        assert show_user(work, kund, group.id, "kund").customer_number == "7"
        set_password(work, kund, group.id, "kund", GOOD * 2)


def test_customer_users_are_managed_by_who_has_the_rights(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """Each of the three rights by itself, for customers that one sees; a hidden customer's users do not exist."""
    _signed_up(store, group, actor)
    with store.work() as work:
        add_customer_user(work, actor, group.id, "8", Person("annan", "Annan"), None)
    somebody("lisa", "view_only_assigned", "create_customer_users")
    with store.work() as work:
        assign_users(work, actor, group.id, ["7"], ["lisa"])
    lisa = somebody("lisa")
    with store.work() as work:
        assert [one.login for one in list_users(work, lisa, group.id)] == ["kund", "lisa"]
        assert [one.login for one in list_users(work, lisa, group.id, "7")] == ["kund"]
        add_customer_user(work, lisa, group.id, "7", Person("till", "Till"), GOOD)
        for number in ("8", "9"):
            with pytest.raises(UnknownCustomerError):
                add_customer_user(work, lisa, group.id, number, Person("mer", "Mer"), None)
            with pytest.raises(UnknownCustomerError):
                list_users(work, lisa, group.id, number)
        with pytest.raises(NotAllowedError, match="change customer users"):
            revoke(work, lisa, group.id, "kund", ["view"])
        with pytest.raises(NotAllowedError, match="delete customer users"):
            delete_customer_user(work, lisa, group.id, "kund")
        work.users.grant(lisa.user_id or 0, ["change_customer_users_rights", "delete_customer_users"])
        lisa = work.users.actor(group.id, "lisa") or lisa
        for login in ("annan", "anna", "nobody"):
            with pytest.raises(UnknownUserError, match=f"There is no user {login}"):
                revoke(work, lisa, group.id, login, ["view"])
            with pytest.raises(UnknownUserError):
                show_user(work, lisa, group.id, login)
        assert revoke(work, lisa, group.id, "till", ["view"]).permissions == frozenset()
        delete_customer_user(work, lisa, group.id, "till")
        with pytest.raises(UnknownUserError):
            show_user(work, lisa, group.id, "till")
        told = [(one.kind, one.after) for one in customer_history(work, actor, group.id, "7")]
        assert told[:3] == [
            ("customer_user_deleted", "till"),
            ("customer_user_changed", "till: nothing"),
            ("customer_user_added", "till"),
        ]


def test_nobody_gives_or_takes_over_more_than_they_have(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """A customer user gets rights of customer users alone; and no way leads from one right to another."""
    _signed_up(store, group, actor, "delete_customer_users")
    lisa = somebody("lisa", "view", "change_customer_users_rights")
    with store.work() as work:
        with pytest.raises(RefusedError, match="cannot have the right edit"):
            grant(work, actor, group.id, "kund", ["edit"])
        with pytest.raises(RefusedError, match="cannot have the right administrator"):
            grant(work, actor, group.id, "kund", ["administrator"])
        with pytest.raises(MoreThanOwnError, match="create_customer_users"):
            grant(work, lisa, group.id, "kund", ["create_customer_users"])
        for attempt in (
            lambda: set_password(work, lisa, group.id, "kund", GOOD),
            lambda: change_user(work, lisa, group.id, "kund", {"email": "lisa@example.com"}),
        ):
            with pytest.raises(MoreThanOwnError, match="delete_customer_users"):
                attempt()
        revoke(work, lisa, group.id, "kund", ["delete_customer_users"])
        set_password(work, lisa, group.id, "kund", GOOD)


def test_a_customer_user_is_no_technician(store: Store, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """Neither assigned nor in a team; who may not know of it hears that there is none."""
    _signed_up(store, group, actor)
    lisa = somebody("lisa", "view", "assign")
    with store.work() as work:
        add_team(work, actor, group.id, "Norr")
        with pytest.raises(RefusedError, match="belongs to a customer"):
            join_team(work, actor, group.id, "Norr", ["kund"])
        with pytest.raises(RefusedError, match="belongs to a customer"):
            assign_users(work, actor, group.id, ["7"], ["kund"])
        with pytest.raises(UnknownUserError):
            assign_users(work, lisa, group.id, ["7"], ["kund"])
        assert [one.login for one in list_users(work, lisa, group.id)] == ["anna", "lisa"]
        assert [one.login for team in people_in_teams(work, lisa, group.id) for one in team.members] == ["anna", "lisa"]


def test_people_of_the_company_are_locked_out_not_deleted(store: Store, group: GroupInfo, actor: Actor) -> None:
    """A customer's users go with the customer."""
    with store.work() as work:
        add_user(work, actor, group.id, Person("eva", "Eva"), None)
        with pytest.raises(RefusedError, match="only customer users are deleted"):
            delete_customer_user(work, actor, group.id, "eva")
        work.users.delete(show_user(work, actor, group.id, "eva").id)
        assert show_user(work, actor, group.id, "eva").login == "eva"
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        add_customer_user(work, actor, group.id, "7", Person("kund", "Kim"), None)
        delete_customer(work, actor, group.id, "7")
        assert [one.login for one in list_users(work, actor, group.id)] == ["anna", "eva"]
