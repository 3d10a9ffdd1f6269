"""Orders of customers, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from syncd.errors import NotAllowedError
from syncd.ports.orders import SORTS, OrderQuery
from syncd.ports.people import NewUser
from syncd.ports.records import Author
from syncd.register.catalogues import ARTICLES
from syncd.register.orders import DeactivatedCustomerError, HasOrdersError, OrderKind, UnknownOrderError
from syncd.register.problems import UnknownCustomerError
from syncd.services.notices import list_notices
from syncd.services.register.assignment import assign_users, unassign_users
from syncd.services.register.catalogues import add_entry, change_entry
from syncd.services.register.customers import add_customer, delete_customer, set_active
from syncd.services.register.facilities import add_facility
from syncd.services.register.items import add_item
from syncd.services.register.orders import add_order, change_order, count_orders, list_orders, show_order
from syncd.services.register.reading import customer_history

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.services.register.orders import OrderView
    from syncd.store.uow import Store, UnitOfWork
    from tests.services.register.conftest import Somebody

TODAY = date(2026, 11, 30)


def ordered(  # the words of most tests below
    work: UnitOfWork, actor: Actor, group: GroupInfo, kind: OrderKind = OrderKind.ORDER, number: str = "7", **typed: str
) -> OrderView:
    return add_order(work, actor, group.id, number, kind, {"title": "Byt pump", **typed}, today=TODAY)


def test_an_order_copies_what_counts_when_it_is_made(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """Technicians and articles: later edits of the customer do not rewrite it."""
    for login in ("kalle", "lisa"):
        somebody(login)
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        add_entry(work, actor, group.id, ARTICLES, {"number": "RESA", "text": "Resa", "price": "450"})
        add_item(work, actor, group.id, "7", {"kind": "service", "article": "RESA"})
        assign_users(work, actor, group.id, ["7"], ["lisa", "kalle"])
        made = ordered(work, actor, group, type="service")
        change_entry(work, actor, group.id, ARTICLES, "RESA", {"price": "900"})
        unassign_users(work, actor, group.id, ["7"], ["lisa"])
        later = ordered(work, actor, group, OrderKind.ERROR_REPORT)
        offered = ordered(work, actor, group, OrderKind.QUOTATION)
    with store.work() as work:
        shown = show_order(work, actor, group.id, "1")
        assert shown == made
        assert [(one.login, one.responsible) for one in shown.technicians] == [("lisa", True), ("kalle", False)]
        assert [(line.article, line.price) for line in shown.articles] == [("RESA", "450")]
        assert [one.login for one in later.technicians] == ["kalle"]
        assert (offered.technicians, offered.articles, offered.order.number) == ((), (), "3")
        newest = customer_history(work, actor, group.id, "7", 1)[0]
        assert (newest.kind, newest.field, newest.after) == ("ordered", "quotation", "3")


def test_the_assigned_users_are_told_of_orders_and_error_reports(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """Once each, in the program and by mail; never of quotations, and never the customer."""
    somebody("kalle")
    with store.work() as work:
        add_customer(
            work, actor, group.id, "7", {"name": "Åkes", "email": "kund@x.test", "contact_email": "per@x.test"}
        )
        user = work.users.find(group.id, "kalle")
        assert user is not None
        work.users.set(user.id, email="kalle@x.test")
        ordered(work, actor, group)
        assign_users(work, actor, group.id, ["7"], ["kalle"])
        for kind in OrderKind:
            ordered(work, actor, group, kind)
        kalle = work.users.actor(group.id, "kalle")
        assert kalle is not None
        told = [(one["kind"], one["about"]) for one in list_notices(work, kalle)]
        queued = work.outbox.list(group.id, ["waiting"], 10)
    assert told == [("error_report", "error report 3"), ("order", "order 2"), ("assigned", None)]
    assert {message.to for message in queued} == {"kalle@x.test"}
    assert len(queued) == 3


def test_an_order_is_changed_and_its_customers_history_tells(store: Store, group: GroupInfo, actor: Actor) -> None:
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        ordered(work, actor, group)
        assert change_order(work, actor, group.id, "1", {"status": "done"}).fields["status"] == "done"
        assert change_order(work, actor, group.id, "1", {"status": "done"}).fields["title"] == "Byt pump"
        lines = [(line.field, line.before, line.after) for line in customer_history(work, actor, group.id, "7", 2)]
    assert lines == [("order.1.status", "new", "done"), ("order", None, "1")]


def test_a_deactivated_customer_gets_nothing_new_and_keeps_what_was_done(
    store: Store, group: GroupInfo, actor: Actor
) -> None:
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        ordered(work, actor, group)
        set_active(work, actor, group.id, "7", active=False)
        for kind in OrderKind:
            with pytest.raises(DeactivatedCustomerError):
                ordered(work, actor, group, kind)
        assert len(list_orders(work, actor, group.id, OrderQuery())) == 1


def test_a_customer_with_orders_cannot_be_deleted(store: Store, group: GroupInfo, actor: Actor) -> None:
    """Nor past the rule: the database holds on to it as well."""
    with store.work() as work:
        made = add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        add_customer(work, actor, group.id, "8", {"name": "Zeta"})
        ordered(work, actor, group, OrderKind.QUOTATION)
        with pytest.raises(HasOrdersError, match="quotations"):
            delete_customer(work, actor, group.id, "7")
        with pytest.raises(HasOrdersError):
            work.customers.delete(made.id, by=_author())
        delete_customer(work, actor, group.id, "8")
        assert work.customers.load(made.id) is not None


def test_lists_are_narrowed_sorted_and_cut(store: Store, group: GroupInfo, actor: Actor) -> None:
    """By every heading, both ways, titles and customers in Swedish order."""
    with store.work() as work:
        work.groups.set_settings(group.id, {"show_facility_name": "yes", "include_number_in_display_name": "yes"})
        for number, name in (("7", "Örjans"), ("8", "Åkes")):
            add_customer(work, actor, group.id, number, {"name": name})
        add_facility(work, actor, group.id, "7", {"name": "Norra"})
        for login, name, number in (("o", "Örjan", "7"), ("z", "zita", "8")):
            work.users.add(group.id, NewUser(login, name))
            assign_users(work, actor, group.id, [number], [login])
        more: dict[str, Any]
        for title, number, more in (
            ("Ärende", "7", {"date": "2026-01-02", "facility": "Norra"}),
            ("Zon", "8", {"date": "2026-01-01"}),
            ("Åska", "7", {"status": "ongoing", "type": "sales"}),
        ):
            ordered(work, actor, group, OrderKind.ORDER, number, title=title, **more)

        def found(**asked: object) -> list[str]:
            return [view.order.number for view in list_orders(work, actor, group.id, OrderQuery(**asked))]  # type: ignore[arg-type]

        assert (found(), found(sort="title"), found(sort="-date")) == (
            ["3", "2", "1"],
            ["2", "3", "1"],
            ["3", "1", "2"],
        )
        assert found(sort="customer") == ["2", "1", "3"]
        assert (found(sort="technician"), found(sort="-technician")) == (["2", "1", "3"], ["3", "1", "2"])
        assert (found(status="ongoing"), found(type="sales"), found(kind="quotation")) == (["3"], ["3"], [])
        assert found(sort="number", limit=1, offset=1) == ["2"]
        for sort in SORTS:
            assert sorted(found(sort=sort)) == sorted(found(sort=f"-{sort}")) == ["1", "2", "3"]
        assert count_orders(work, actor, group.id, OrderQuery(status="new")) == 2
        assert show_order(work, actor, group.id, "1").display_name == "7 Norra"
        assert show_order(work, actor, group.id, "3").display_name == "7 Örjans"


def test_orders_are_seen_with_their_customer_alone(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """Who may not see a customer cannot tell that it has orders."""
    somebody("kalle", "view_only_assigned")
    sven = somebody("sven", "edit")
    with store.work() as work:
        for number in ("7", "8"):
            add_customer(work, actor, group.id, number, {"name": "Åkes"})
            ordered(work, actor, group, number=number)
        assign_users(work, actor, group.id, ["8"], ["kalle"])
        kalle = work.users.actor(group.id, "kalle")
        assert kalle is not None
        assert [view.customer.number for view in list_orders(work, kalle, group.id, OrderQuery())] == ["8"]
        assert count_orders(work, kalle, group.id, OrderQuery()) == 1
        for hidden in ("1", "99", "x", "9" * 30):
            with pytest.raises(UnknownOrderError):
                show_order(work, kalle, group.id, hidden)
        with pytest.raises(UnknownCustomerError):
            ordered(work, kalle, group)
        ordered(work, kalle, group, OrderKind.ERROR_REPORT, "8")
        with pytest.raises(NotAllowedError):
            change_order(work, kalle, group.id, "2", {"status": "done"})
        with pytest.raises(NotAllowedError):
            list_orders(work, sven, group.id, OrderQuery())


def test_two_orders_never_get_the_same_number(store: Store, group: GroupInfo, actor: Actor) -> None:
    """Many people at once, each with a transaction of its own: no number twice, no gap."""
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})

    def add(_: int) -> str:
        with store.work() as work:
            return ordered(work, actor, group).order.number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(add, range(40)))
    assert sorted(map(int, numbers)) == list(range(1, 41))


def _author() -> Author:
    return Author("anna")
