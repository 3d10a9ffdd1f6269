"""Who is told of what, inside the program and by mail (R-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.errors import RefusedError
from syncd.ports.people import NewUser
from syncd.register.language import LANGUAGES
from syncd.services.mail.queue import STATES
from syncd.services.notices import News, list_notices, mark_read, notify, words
from syncd.services.register import assignment

if TYPE_CHECKING:
    from syncd.engine.state import Local
    from syncd.ports.groups import GroupInfo
    from syncd.ports.mail import Queued
    from syncd.ports.people import UserInfo
    from syncd.ports.records import Author
    from syncd.register.access import Actor
    from syncd.store.uow import Store


@pytest.fixture
def customers(store: Store, group: GroupInfo, by: Author) -> list[Local]:
    with store.work() as work:
        made = [work.customers.insert(group.id, {"number": n, "name": f"Kund {n} AB"}, [], by) for n in ("1", "2", "3")]
        work.commit()
    return made


@pytest.fixture
def lisa(store: Store, group: GroupInfo) -> UserInfo:
    with store.work() as work:
        made = work.users.add(group.id, NewUser("lisa", "Lisa", email="lisa@example.com"))
        work.users.grant(made.id, ["view_only_assigned"])
        work.commit()
    return made


def acting(store: Store, group: GroupInfo, login: str) -> Actor:
    with store.reading() as work:
        actor = work.users.actor(group.id, login)
    assert actor is not None
    return actor


def notices(store: Store, group: GroupInfo, login: str, **how: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    with store.reading() as work:
        return list_notices(work, acting(store, group, login), **how)


def mails(store: Store, group: GroupInfo) -> list[Queued]:
    with store.reading() as work:
        return list(reversed(work.outbox.list(group.id, STATES, 1000)))


def assign(store: Store, actor: Actor, group: GroupInfo, numbers: list[str], logins: list[str]) -> None:
    with store.work() as work:
        assignment.assign_users(work, actor, group.id, numbers, logins)


def unassign(store: Store, actor: Actor, group: GroupInfo, numbers: list[str], logins: list[str]) -> None:
    with store.work() as work:
        assignment.unassign_users(work, actor, group.id, numbers, logins)


def test_a_technician_is_told_of_each_change_once(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local], lisa: UserInfo
) -> None:
    """Inside the program and by mail; doing it again changes nothing and tells nobody."""
    assert customers
    assign(store, actor, group, ["1"], ["lisa"])
    assign(store, actor, group, ["1"], ["lisa"])
    unassign(store, actor, group, ["1"], ["lisa"])
    unassign(store, actor, group, ["1"], ["lisa"])
    told = [(one["kind"], one["message"], one["who"], one["read"]) for one in notices(store, group, "lisa")]
    assert told == [
        ("unassigned", "Customer 1 is no longer assigned to you", "anna", False),
        ("assigned", "Customer 1 was assigned to you", "anna", False),
    ]
    first, second = mails(store, group)
    assert (first.login, first.to, first.subject) == ("lisa", lisa.email, "Customer 1 was assigned to you")
    assert second.subject == "Customer 1 is no longer assigned to you"
    assert first.body == (
        "Customer 1 was assigned to you.\n\nDone by: Anna Admin\n\n-- \n"
        "This is a message from syncd for Rör och Värme. An administrator can switch such mails off for you.\n"
    )


def test_many_customers_at_once_are_one_mail_with_a_list(
    store: Store, group: GroupInfo, actor: Actor, lisa: UserInfo, by: Author
) -> None:
    """Five hundred customers, one notification, one mail; numbers, and no names."""
    assert lisa.email
    with store.work() as work:
        rows: list[Any] = [({"number": str(n), "name": f"Hemlig {n}"}, frozenset()) for n in range(1001, 1501)]
        work.customers.insert_many(group.id, rows, by)
        work.commit()
    assign(store, actor, group, [str(n) for n in range(1001, 1501)], ["lisa"])
    (notice,) = notices(store, group, "lisa")
    assert (notice["message"], len(notice["customers"])) == ("500 customers were assigned to you", 500)
    (mail,) = mails(store, group)
    assert mail.subject == "500 customers were assigned to you"
    assert "Customers: 1001, 1002," in mail.body
    assert "1500\n" in mail.body
    assert "Hemlig" not in mail.body
    assert max(len(line) for line in mail.body.split("-- ")[0].splitlines()) <= 76


def test_nobody_is_told_what_they_did_themselves(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local]
) -> None:
    """They know."""
    assert customers
    with store.work() as work:
        work.users.set(actor.user_id or 0, email="anna@example.com")
        work.commit()
    assign(store, actor, group, ["1"], ["anna"])
    assert (notices(store, group, "anna"), mails(store, group)) == ([], [])


def test_who_wants_no_mail_or_has_no_address_is_told_inside_alone(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local], lisa: UserInfo
) -> None:
    """Who left is not told at all."""
    assert customers
    with store.work() as work:
        work.users.set(lisa.id, email_notices=False)
        work.users.add(group.id, NewUser("omar", "Omar"))
        gone = work.users.add(group.id, NewUser("gone", "Gone", email="gone@example.com"))
        work.commit()
    assign(store, actor, group, ["1"], ["lisa", "omar", "gone"])
    with store.work() as work:
        work.outbox.drop("9999")
        work.users.set(gone.id, active=False)
        work.commit()
    unassign(store, actor, group, ["1"], ["lisa", "omar", "gone"])
    assert [len(notices(store, group, login)) for login in ("lisa", "omar")] == [2, 2]
    assert [(one.login, one.state) for one in mails(store, group)] == [("gone", "dropped")]
    with store.reading() as work:
        assert len(work.notifications.list(gone.id, unread=False, limit=10)) == 1


def test_a_change_that_fails_tells_nobody(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local], lisa: UserInfo
) -> None:
    """All customers or none, and the same for what is told."""
    assert customers
    assert lisa.email
    with pytest.raises(RefusedError):
        assign(store, actor, group, ["1", "99"], ["lisa"])
    assert (notices(store, group, "lisa"), mails(store, group)) == ([], [])


def test_names_are_shown_to_those_who_may_see_them_now(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local], lisa: UserInfo
) -> None:
    """Who lost a customer sees its number, and no longer its name."""
    assert customers
    assert lisa.permissions == frozenset()
    assign(store, actor, group, ["1", "2"], ["lisa"])
    assert notices(store, group, "lisa")[0]["customers"] == [
        {"number": "1", "name": "Kund 1 AB"},
        {"number": "2", "name": "Kund 2 AB"},
    ]
    unassign(store, actor, group, ["2"], ["lisa"])
    assert [one["customers"][-1] for one in notices(store, group, "lisa")] == [{"number": "2", "name": None}] * 2


def test_who_may_see_no_customers_is_not_told_which(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local], lisa: UserInfo
) -> None:
    """That there is one is news enough; and numbers told before go with the right to see."""
    assert customers
    with store.work() as work:
        work.users.add(group.id, NewUser("bo", "Bo", email="bo@example.com", permissions=frozenset({"edit"})))
        work.commit()
    assign(store, actor, group, ["1"], ["lisa", "bo"])
    assign(store, actor, group, ["2", "3"], ["bo"])
    assert [one["message"] for one in notices(store, group, "bo")] == [
        "2 customers were assigned to you",
        "A customer was assigned to you",
    ]
    assert [one["customers"] for one in notices(store, group, "bo")] == [[], []]
    told = "".join(one.subject + one.body for one in mails(store, group) if one.login == "bo")
    assert not {"1", "3"} & set(told)
    with store.work() as work:
        work.users.revoke(lisa.id, ["view_only_assigned"])
        work.commit()
    assert [one["message"] for one in notices(store, group, "lisa")] == ["A customer was assigned to you"]


def test_notifications_are_read_one_by_one_or_all(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local], lisa: UserInfo
) -> None:
    """One's own, and nobody else's."""
    assert customers
    assert lisa.active
    for number in ("1", "2", "3"):
        assign(store, actor, group, [number], ["lisa"])
    newest, *_ = notices(store, group, "lisa")
    with store.work() as work:
        assert mark_read(work, actor, [newest["id"]]) == 0
        assert mark_read(work, acting(store, group, "lisa"), [newest["id"]]) == 1
        assert mark_read(work, acting(store, group, "lisa"), [newest["id"]]) == 0
    assert len(notices(store, group, "lisa")) == 2
    assert [one["read"] for one in notices(store, group, "lisa", everything=True)] == [True, False, False]
    assert len(notices(store, group, "lisa", limit=1)) == 1
    with store.work() as work:
        assert mark_read(work, acting(store, group, "lisa")) == 2
    assert notices(store, group, "lisa") == []


def test_a_mail_is_in_the_groups_language(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local], lisa: UserInfo
) -> None:
    """Swedish, if the group says so."""
    assert customers
    assert lisa.email
    with store.work() as work:
        work.groups.set_settings(group.id, {"language": "sv"})
        work.commit()
    assign(store, actor, group, ["1", "2"], ["lisa"])
    (mail,) = mails(store, group)
    assert mail.subject == "2 kunder har tilldelats dig"
    assert "Kunder: 1, 2\n" in mail.body
    assert "Gjort av: Anna Admin" in mail.body


def test_assigned_users_are_told_of_an_order(
    store: Store, group: GroupInfo, actor: Actor, customers: list[Local], lisa: UserInfo
) -> None:
    """What the order module calls: everybody assigned, once, with the order's own name."""
    with store.work() as work:
        notify(work, actor, group.id, News("order", [customers[0].id], about="Order 17"), [lisa.id, actor.user_id or 0])
        work.commit()
    (notice,) = notices(store, group, "lisa")
    assert (notice["kind"], notice["message"], notice["about"]) == ("order", "New order for customer 1", "Order 17")
    (mail,) = mails(store, group)
    assert "It is about: Order 17" in mail.body


def test_a_number_that_reads_as_a_persons_is_masked_in_mails(
    store: Store, group: GroupInfo, actor: Actor, lisa: UserInfo, by: Author
) -> None:
    """Some companies number their private customers that way."""
    with store.work() as work:
        person = work.customers.insert(group.id, {"number": "811228-9874", "name": "Åke"}, [], by)
        notify(work, actor, group.id, News("assigned", [person.id]), [lisa.id])
        work.commit()
    (mail,) = mails(store, group)
    assert "811228-****" in mail.subject
    assert "9874" not in mail.subject + mail.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_very_long_list_ends(language: Any) -> None:  # noqa: ANN401
    """With how many more there are, in every language and for every kind."""
    numbers = [str(number) for number in range(words.MOST_NUMBERS)]
    for kind in words.KINDS:
        text = words.body(words.Happened(kind, numbers, 1005, "Anna"), "Bolaget", language).replace("\n", " ")
        assert ("och 5 till" if language == "sv" else "and 5 more") in text
        assert "7" in words.headline(words.Happened(kind, ["7"], 1), language)
