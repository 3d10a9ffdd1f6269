from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from syncd.errors import ChangedMeanwhileError
from syncd.ports.people import NewUser
from syncd.ports.records import Author
from syncd.register.contacts import Contact
from syncd.register.fields import FIELDS
from syncd.register.numbers import NumberTakenError
from syncd.register.problems import UnknownCustomerError
from syncd.store.tables import Connection, Customer, Link, Mirror, Touched

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.people import UserInfo
    from syncd.register.fields import Value
    from syncd.store.uow import Store, UnitOfWork

NAME = {"name": "Åkes Bygg AB"}


def a_connection(work: UnitOfWork, group: GroupInfo, name: str = "Visma") -> int:
    row = Connection(group_id=group.id, name=name, system="visma_eaccounting", created_at="2026-01-01")
    work.session.add(row)
    work.session.flush()
    return row.id


def touched(work: UnitOfWork) -> list[tuple[int, str, str]]:
    rows = work.session.execute(select(Touched.connection_id, Touched.kind, Touched.ref).order_by(Touched.id))
    return [(row[0], row[1], row[2]) for row in rows]


def test_a_customer_comes_back_as_it_was_saved(store: Store, group: GroupInfo, by: Author) -> None:
    """Every field is there after saving, the empty ones empty, and the contact with it."""
    fields: dict[str, Value] = {
        **NAME,
        "invoice_city": "Örebro",
        "contact_name": "Per",
        "active": False,
        "type": "private",
    }
    with store.work() as work:
        made = work.customers.insert(group.id, fields, [], by, " 0042 ")
        work.commit()
    with store.work() as work:
        read = work.customers.load(made.id)
    assert read == made
    assert read is not None
    assert list(read.fields) == list(FIELDS)
    assert {name: value for name, value in read.fields.items() if value is not None} == {**fields, "number": "0042"}
    assert read.defaulted == frozenset()


def test_what_nobody_gave_is_remembered_as_a_default(store: Store, group: GroupInfo, by: Author) -> None:
    """A default that nobody chose gives way to accounting's value at the first link."""
    with store.work() as work:
        made = work.customers.insert(group.id, NAME, [], by)
        assert made.defaulted == {"type", "active"}
        after = work.customers.write(made.id, None, {"type": "company"}, by)
        assert after.defaulted == {"active"}
        assert (after.version, work.customers.load(made.id)) == (1, after)


def test_numbers_are_found_as_text_after_trimming(store: Store, group: GroupInfo, by: Author) -> None:
    """0042 and 42 are two customers."""
    with store.work() as work:
        work.customers.insert(group.id, NAME, [], by, "0042")
        assert work.customers.find(group.id, " 0042\t") is not None
        assert work.customers.find(group.id, "42") is None
        assert work.customers.find(group.id + 1, "0042") is None


def test_a_taken_number_is_refused_and_nothing_is_lost(store: Store, group: GroupInfo, by: Author) -> None:
    """Refusing one customer leaves the others of the transaction alone."""
    with store.work() as work:
        work.customers.insert(group.id, NAME, [], by, "7")
        with pytest.raises(NumberTakenError, match="7"):
            work.customers.insert(group.id, NAME, [], by, "7")
        with pytest.raises(NumberTakenError, match="8"):
            work.customers.insert_many(group.id, [({**NAME, "number": "8"}, frozenset())] * 2, by)
        assert work.customers.count(group.id) == 1


def test_a_change_is_refused_when_somebody_saved_first(store: Store, group: GroupInfo, by: Author) -> None:
    """Nobody overwrites what they have not seen."""
    with store.work() as work:
        made = work.customers.insert(group.id, NAME, [], by)
        work.customers.write(made.id, made.version, {"phone": "08-1"}, by)
        with pytest.raises(ChangedMeanwhileError):
            work.customers.write(made.id, made.version, {"phone": "08-2"}, by)
        with pytest.raises(UnknownCustomerError):
            work.customers.write(made.id + 1, None, {"phone": "08-2"}, by)


def test_a_change_that_changes_nothing_leaves_no_trace(store: Store, group: GroupInfo, by: Author) -> None:
    """Saving a form untouched is no event, and no work for a sync run."""
    with store.work() as work:
        connection = a_connection(work, group)
        made = work.customers.insert(group.id, {**NAME, "phone": "08-1"}, [], by)
        assert work.customers.write(made.id, 1, {"phone": "08-1", "email": ""}, by) == made
        assert len(work.customers.history(made.id)) == 1
        assert touched(work) == [(connection, "customer", str(made.id))]


def test_the_history_tells_every_changed_field(store: Store, group: GroupInfo, by: Author) -> None:
    """When, who, which field, from what to what; newest first."""
    with store.work() as work:
        made = work.customers.insert(group.id, NAME, [], by, "7")
        changes: dict[str, Value] = {"number": "8", "active": False, "name": "Åkes", "contact_email": "per@example.com"}
        run = Author("sync:Visma", run_id=3)
        work.customers.write(made.id, None, changes, run)
        work.customers.write(made.id, None, {"active": True}, by)
        lines = [(e.kind, e.field, e.before, e.after, e.who, e.run_id) for e in work.customers.history(made.id)]
        assert [e.after for e in work.customers.history(made.id, field="active", limit=1)] == [True]
    assert lines == [
        ("reactivated", "active", False, True, "anna", None),
        ("changed", "contact_email", None, "per@example.com", "sync:Visma", 3),
        ("deactivated", "active", True, False, "sync:Visma", 3),
        ("changed", "name", "Åkes Bygg AB", "Åkes", "sync:Visma", 3),
        ("renumbered", "number", "7", "8", "sync:Visma", 3),
        ("created", "number", None, "7", "anna", None),
    ]


def test_renumbering_to_a_taken_number_is_refused(store: Store, group: GroupInfo, by: Author) -> None:
    """The customer keeps the number it had."""
    with store.work() as work:
        work.customers.insert(group.id, NAME, [], by, "7")
        made = work.customers.insert(group.id, NAME, [], by, "8")
        with pytest.raises(NumberTakenError, match="7"):
            work.customers.write(made.id, None, {"number": "7"}, by)
        assert work.customers.load(made.id) == made


def test_a_value_the_database_refuses_is_no_taken_number(store: Store, group: GroupInfo, by: Author) -> None:
    """A mistake of ours never blames the customer's number."""
    with store.work() as work:
        made = work.customers.insert(group.id, NAME, [], by, "7")
        with pytest.raises(IntegrityError):
            work.customers.write(made.id, None, {"name": None}, by)
        with pytest.raises(IntegrityError):
            work.customers.insert(group.id, {}, [], by, "8")


def test_every_change_is_put_on_the_work_list_of_other_connections(
    store: Store, group: GroupInfo, admin: UserInfo, by: Author
) -> None:
    """No sync run can miss a change, and none is sent back what it wrote itself."""
    with store.work() as work:
        ours, other = a_connection(work, group), a_connection(work, group, "Fortnox")
        elsewhere = work.groups.create("Another")
        a_connection(work, elsewhere)
        run = Author("sync:Visma", run_id=1, connection_id=ours)
        made = work.customers.insert(group.id, NAME, [], run, "1")
        work.customers.write(made.id, None, {"phone": "08-1"}, run)
        work.customers.assign(made.id, [admin.id], run)
        work.customers.unassign(made.id, [admin.id], run)
        work.customers.set_contacts(made.id, None, [Contact(name="Per")], run)
        work.customers.delete(made.id, run)
        assert touched(work) == [(other, "customer", str(made.id))] * 6
        work.customers.insert(group.id, NAME, [], by, "1")
        assert {row[0] for row in touched(work)[6:]} == {ours, other}


def test_nothing_is_written_without_commit(store: Store, group: GroupInfo, by: Author) -> None:
    """A failure half-way leaves neither customer nor history."""
    with store.work() as work:
        work.customers.insert(group.id, NAME, [], by, "1")
    with store.work() as work:
        assert work.customers.count(group.id) == 0
        assert touched(work) == []


def test_the_accounting_contact_is_a_contact_like_the_others(store: Store, group: GroupInfo, by: Author) -> None:
    """Changing the contact fields changes that one contact and no other."""
    with store.work() as work:
        made = work.customers.insert(group.id, {**NAME, "contact_name": "Per"}, [], by)
        both = [Contact(name="Eva", email="eva@example.com", send_work_orders=True), Contact("Per", accounting=True)]
        work.customers.set_contacts(made.id, made.version, both, by)
        after = work.customers.write(made.id, None, {"contact_name": None, "contact_phone": "08-1"}, by)
        assert work.customers.contacts([made.id]) == {made.id: [both[0], Contact(phone="08-1", accounting=True)]}
        assert (after.fields["contact_name"], after.fields["contact_phone"]) == (None, "08-1")
        work.customers.write(made.id, None, {"contact_phone": None}, by)
        assert work.customers.contacts([made.id]) == {made.id: [both[0]]}
        assert work.customers.set_contacts(made.id, None, both[:1], by).version == after.version + 1


def test_new_contacts_are_in_the_history(store: Store, group: GroupInfo, by: Author) -> None:
    """A changed list of contacts is one event; the accounting contact's fields are told one by one."""
    with store.work() as work:
        made = work.customers.insert(group.id, NAME, [], by)
        after = work.customers.set_contacts(made.id, 1, [Contact(name="Per", accounting=True)], by)
        assert after.fields["contact_name"] == "Per"
        assert after == work.customers.load(made.id)
        newest, before, _ = work.customers.history(made.id)
        with pytest.raises(ChangedMeanwhileError):
            work.customers.set_contacts(made.id, 1, [], by)
    assert (newest.field, newest.after, before.field, before.before) == ("contact_name", "Per", "contacts", [])


def test_the_first_assigned_is_responsible(store: Store, group: GroupInfo, admin: UserInfo, by: Author) -> None:
    """When the responsible technician goes, the next one takes over."""
    with store.work() as work:
        kalle = work.users.add(group.id, NewUser("kalle", "Kalle K", phone="070-1"))
        made = work.customers.insert(group.id, NAME, [], by)
        assert work.customers.assign(made.id, [kalle.id, admin.id, kalle.id], by).assigned == (kalle.id, admin.id)
        assert work.customers.assign(made.id, [admin.id], by).assigned == ()
        first, second = work.customers.assigned([made.id])[made.id]
        assert (first.login, first.phone, first.responsible) == ("kalle", "070-1", True)
        assert (second.login, second.responsible) == ("anna", False)
        assert work.customers.unassign(made.id, [kalle.id], by).unassigned == (kalle.id,)
        assert [one.responsible for one in work.customers.assigned([made.id])[made.id]] == [True]
        kinds = [(e.kind, e.before, e.after) for e in work.customers.history(made.id, limit=3)]
    assert kinds == [("unassigned", "kalle", None), ("assigned", None, "anna"), ("assigned", None, "kalle")]


def test_a_deleted_customer_leaves_its_history(store: Store, group: GroupInfo, admin: UserInfo, by: Author) -> None:
    """Nothing else of it stays."""
    with store.work() as work:
        made = work.customers.insert(group.id, {**NAME, "contact_name": "Per"}, [], by, "7")
        work.customers.assign(made.id, [admin.id], by)
        work.customers.delete(made.id, by)
        work.commit()
    with store.work() as work:
        assert work.customers.load(made.id) is None
        assert (work.customers.contacts([made.id]), work.customers.assigned([made.id])) == ({}, {})
        assert work.customers.search(group.id, "Per") == []
        assert work.customers.history(made.id)[0].kind == "deleted"
        with pytest.raises(UnknownCustomerError):
            work.customers.delete(made.id, by)


def test_links_show_where_a_customer_stands(store: Store, group: GroupInfo, by: Author) -> None:
    """Each connection with its own number for the customer, ended links included."""
    with store.work() as work:
        made = work.customers.insert(group.id, NAME, [], by, "7")
        for name, state in (("Visma", "linked"), ("Fortnox", "ended")):
            connection = a_connection(work, group, name)
            work.session.add(
                Link(connection_id=connection, customer_id=made.id, remote_id="r1", state=state, created_at="2026")
            )
            if state == "linked":
                work.session.add(
                    Mirror(
                        connection_id=connection, remote_id="r1", number="70", fields={}, raw="", raw_mark="",
                        fingerprint="",
                    )
                )  # fmt: skip
        found = work.customers.links([made.id])[made.id]
    assert [(f.connection, f.number, f.state) for f in found] == [
        ("Fortnox", None, "ended"),
        ("Visma", "70", "linked"),
    ]


def test_an_import_keeps_order_and_fills_in_numbers(store: Store, group: GroupInfo, by: Author) -> None:
    """Rows without a number get the next ones above every number of the file."""
    rows = [({**NAME, "number": number}, frozenset({"type"})) for number in ("5", None, "B-7", None)]
    with store.work() as work:
        made = work.customers.insert_many(group.id, rows, by)
        assert [one.number for one in made] == ["5", "6", "B-7", "7"]
        assert made == work.customers.load_many(one.id for one in made)
        assert work.customers.insert_many(group.id, [], by) == []
        assert work.customers.taken_numbers(group.id, [" 5", "9"]) == {"5"}
        assert work.customers.numbers_outside(group.id, 2, 3) == ("5", "6", "7")


def test_a_noted_event_changes_nothing(store: Store, group: GroupInfo, by: Author) -> None:
    """Looking at whole identity numbers is in the history and is no work for a sync run."""
    with store.work() as work:
        a_connection(work, group)
        made = work.customers.insert(group.id, NAME, [], by)
        before = touched(work)
        work.customers.note([made.id], "unmasked", by)
        assert work.customers.history(made.id)[0].kind == "unmasked"
        assert touched(work) == before


def test_organisation_numbers_are_comparable_by_key(store: Store, group: GroupInfo, by: Author) -> None:
    """However a number is written, twins can be found."""
    with store.work() as work:
        made = work.customers.insert(group.id, {**NAME, "organisation_number": "16556036-0793"}, [], by, "12")
        key = select(Customer.organisation_key, Customer.number_value).where(Customer.id == made.id)
        assert work.session.execute(key).one() == ("5560360793", 12)
        work.customers.write(made.id, None, {"organisation_number": None, "number": "x" * 3}, by)
        assert work.session.execute(key).one() == (None, None)


def test_a_customer_is_deleted_only_as_seen(store: Store, group: GroupInfo, by: Author) -> None:
    """Whoever saved meanwhile keeps the customer (S-56)."""
    with store.work() as work:
        made = work.customers.insert(group.id, {"name": "Alfa AB"}, [], by, "1")
        work.customers.write(made.id, None, {"phone": "08-1"}, by)
        with pytest.raises(ChangedMeanwhileError):
            work.customers.delete(made.id, by, made.version)
        assert work.customers.load(made.id) is not None
        work.customers.delete(made.id, by, made.version + 1)
        assert work.customers.load(made.id) is None


def test_histories_are_read_together_oldest_first(store: Store, group: GroupInfo, by: Author) -> None:
    """Also those of customers that are gone; a note says what it is about."""
    with store.work() as work:
        first, second = (work.customers.insert(group.id, {"name": "Alfa AB"}, [], by, number) for number in "12")
        work.customers.note([first.id], "linked", by, about="visma: r1")
        work.customers.delete(second.id, by)
        found = work.customers.histories([first.id, second.id, 99])
    assert {key: [(e.kind, e.after) for e in lines] for key, lines in found.items()} == {
        first.id: [("created", "1"), ("linked", "visma: r1")],
        second.id: [("created", "2"), ("deleted", None)],
    }
