from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.ports.customers import HEADINGS, CustomerFilter
from syncd.ports.people import NewUser
from syncd.register.access import Sight
from syncd.register.contacts import Contact
from syncd.store.sort_keys import sort_key
from syncd.store.tables import Conflict, Connection, Link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.groups import GroupInfo
    from syncd.ports.people import UserInfo
    from syncd.ports.records import Author
    from syncd.register.fields import Value
    from syncd.store.uow import Store, UnitOfWork

PEOPLE: list[dict[str, Value]] = [
    {
        "number": "10", "name": "Östens Åkeri", "organisation_number": "556036-0793", "phone": "+46 70 123 45 67",
        "email": "Osten@Example.com", "invoice_city": "Ängelholm",
    },
    {"number": "9", "name": "Zeta AB", "contact_name": "Åsa Öberg", "comments": "hemligt"},
    {"number": "A1", "name": "Ängens Rör", "active": False},
    {"number": "0011", "name": "åkes bygg 100%"},
]  # fmt: skip


@pytest.fixture
def work(store: Store, group: GroupInfo, by: Author) -> Iterator[UnitOfWork]:
    with store.work() as work:
        work.customers.insert_many(group.id, [(fields, frozenset()) for fields in PEOPLE], by)
        work.commit()
    with store.work() as work:
        yield work


def numbers(work: UnitOfWork, group: GroupInfo, text: str = "", filters: CustomerFilter | None = None) -> list[str]:
    found = work.customers.search(group.id, text, filters, "number")
    assert work.customers.count(group.id, text, filters) == len(found)
    return [one.number for one in found]


def test_names_are_in_swedish_order(work: UnitOfWork, group: GroupInfo) -> None:
    """å, ä and ö come after z, in that order, whatever the letter case."""
    names = [one.name for one in work.customers.search(group.id)]
    assert names == ["Zeta AB", "åkes bygg 100%", "Ängens Rör", "Östens Åkeri"]
    assert [one.name for one in work.customers.search(group.id, sort="-name")] == names[::-1]
    assert sorted(["Öl", "Zoo", "Ärt", "Ål", "Édith", "Emil"], key=sort_key) == [
        "Édith",
        "Emil",
        "Zoo",
        "Ål",
        "Ärt",
        "Öl",
    ]


def test_numbers_are_in_order_of_value(work: UnitOfWork, group: GroupInfo) -> None:
    """9 before 10, letters last."""
    assert numbers(work, group) == ["9", "10", "0011", "A1"]
    page = work.customers.search(group.id, sort="-number", limit=2, offset=1)
    assert [one.number for one in page] == ["0011", "10"]


BY_HEADING = {
    "type": "10 9 A1 0011",
    "organisation_number": "10 A1 0011 9",
    "invoice_city": "A1 10 9 0011",
    "phone": "A1 10 9 0011",
    "email": "A1 10 9 0011",
    "assigned": "9 10 A1 0011",
    "active": "10 9 0011 A1",
}


def test_a_list_is_sorted_by_every_heading(work: UnitOfWork, group: GroupInfo, by: Author) -> None:
    """In Swedish order, who has no value last, page by page and turned round; technicians by the responsible one."""
    ids = {one.number: one.id for one in work.customers.search(group.id)}
    zita, ake = (work.users.add(group.id, NewUser(f"u{at}", name)).id for at, name in enumerate(("zita", "Åke")))
    work.customers.assign(ids["9"], [zita, ake], by)
    work.customers.assign(ids["10"], [ake, zita], by)
    changes: dict[str, dict[str, Value]] = {
        "A1": {"phone": "031-1", "email": "Abc@x.se", "invoice_city": "Ystad", "organisation_number": "556036-0793"},
        "10": {"organisation_number": "202100-5489"},
        "0011": {"type": "private", "organisation_number": "811228-9874"},
    }
    for number, fields in changes.items():
        work.customers.write(ids[number], None, fields, by)
    assert {"name", "number", *BY_HEADING} == set(HEADINGS)
    for heading, order in BY_HEADING.items():
        assert pages(work, group, heading) == order.split()
        assert pages(work, group, f"-{heading}") == order.split()[::-1]
    work.users.set(zita, name="Örjan")
    assert pages(work, group, "assigned") == ["10", "9", "A1", "0011"]
    work.customers.unassign(ids["10"], [ake, zita], by)
    assert pages(work, group, "assigned") == ["9", "10", "A1", "0011"]


def pages(work: UnitOfWork, group: GroupInfo, sort: str) -> list[str]:
    """All of a list, read in two pages."""
    first = work.customers.search(group.id, sort=sort, limit=2)
    rest = work.customers.search(group.id, sort=sort, after=work.customers.place(first[-1].id, sort))
    assert [*first, *rest] == work.customers.search(group.id, sort=sort)
    return [one.number for one in (*first, *rest)]


def test_a_list_is_not_sorted_by_what_a_mask_hides(work: UnitOfWork, group: GroupInfo, by: Author) -> None:
    """Two persons born on one day stay as they were added, whatever the end of their numbers (R-07)."""
    for number, identity in (("A1", "811228-9874"), ("9", "811228-1111")):
        known = work.customers.find(group.id, number)
        assert known is not None
        work.customers.write(known.id, None, {"organisation_number": identity, "invoice_city": identity}, by)
    for heading in ("organisation_number", "invoice_city"):
        assert [one for one in pages(work, group, heading) if one in {"9", "A1"}] == ["9", "A1"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10", ["10", "0011"]),  # also the 10 in "100%"
        ("ÖSTENS", ["10"]),
        ("åkeri östens", ["10"]),
        ("5560360793", ["10"]),
        ("556036-0793", ["10"]),
        ("070-123 45 67", ["10"]),
        ("+46701234567", ["10"]),
        ("osten@example", ["10"]),
        ("ängelholm", ["10"]),
        ("Öberg", ["9"]),
        ("100%", ["0011"]),
        ("_", []),
        ("hemligt", []),
    ],
)
def test_a_search_finds_what_people_type(work: UnitOfWork, group: GroupInfo, text: str, found: list[str]) -> None:
    """Number, name, organisation number, contact, e-mail, phone and city; never a comment."""
    assert numbers(work, group, text) == found


def test_a_search_finds_assigned_technicians(work: UnitOfWork, group: GroupInfo, by: Author) -> None:
    """By name in any letter case; and a list can be narrowed to one of them."""
    osten, zeta = (work.customers.find(group.id, number) for number in ("10", "9"))
    assert osten is not None
    assert zeta is not None
    kalle = work.users.add(group.id, NewUser("kalle", "Kalle Ström"))
    work.customers.assign(osten.id, [kalle.id], by)
    assert numbers(work, group, "STRÖM") == ["10"]
    assert numbers(work, group, "", CustomerFilter(assigned_to="Kalle")) == ["10"]
    assert numbers(work, group, "", CustomerFilter(assigned=True)) == ["10"]
    assert numbers(work, group, "", CustomerFilter(assigned=False)) == ["9", "0011", "A1"]
    work.show(Sight(only_assigned_to=kalle.id))
    assert [one.number for one in work.customers.search(group.id)] == ["10"]
    assert work.customers.count(group.id, "zeta") == 0


def test_a_list_can_be_narrowed(work: UnitOfWork, group: GroupInfo, admin: UserInfo) -> None:
    """To active customers, to those in conflict, to those not in accounting."""
    osten = work.customers.find(group.id, "10")
    assert osten is not None
    connection = Connection(group_id=group.id, name="Visma", system="visma_eaccounting", created_at="2026-01-01")
    work.session.add(connection)
    work.session.flush()
    asked = {"subject": "x", "kind": "field", "field_key": "phone", "message": "", "first_seen": "", "last_seen": ""}
    work.session.add(Conflict(connection_id=connection.id, customer_id=osten.id, **asked))
    work.session.add(Link(connection_id=connection.id, customer_id=osten.id, remote_id="r", created_at=""))
    assert numbers(work, group, "", CustomerFilter(active=False)) == ["A1"]
    assert numbers(work, group, "", CustomerFilter(active=True)) == ["9", "10", "0011"]
    assert numbers(work, group, "", CustomerFilter(in_conflict=True)) == ["10"]
    assert numbers(work, group, "", CustomerFilter(in_accounting=False)) == ["9", "0011", "A1"]
    assert numbers(work, group, "", CustomerFilter(assigned_to=admin.login)) == []


def test_a_changed_customer_is_found_as_it_is_now(work: UnitOfWork, group: GroupInfo, by: Author) -> None:
    """By its new name and contacts, and no longer by the old ones."""
    zeta = work.customers.find(group.id, "9")
    assert zeta is not None
    work.customers.write(zeta.id, None, {"name": "Ypsilon"}, by)
    work.customers.set_contacts(zeta.id, None, [Contact(name="Bertil")], by)
    assert (numbers(work, group, "zeta"), numbers(work, group, "öberg")) == ([], [])
    assert (numbers(work, group, "ypsilon"), numbers(work, group, "bertil")) == (["9"], ["9"])
