from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from syncd.engine.questions import Question
from syncd.store.database import DatabaseFaultError
from syncd.store.tables import Conflict

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import ConflictInfo
    from syncd.store.uow import Store, UnitOfWork

PHONE = Question("field", "customer:1", "1001", "Åkes Bygg AB", "both sides changed phone", "phone", "a", "b", "c")
ADDRESS = replace(
    PHONE, field="invoice_address", base=None, register={"invoice_city": "Umeå"}, accounting={"invoice_city": None}
)


@pytest.fixture
def connection(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def pending(work: UnitOfWork, connection: int) -> list[ConflictInfo]:
    return list(work.conflicts.pending(connection))


def test_a_conflict_seen_again_is_the_same_conflict(store: Store, connection: int) -> None:
    """It is counted and shows the newest values, and nobody gets a second one to answer (S-80)."""
    with store.work() as work:
        assert work.conflicts.ask(connection, PHONE, 1)
        (first,) = pending(work, connection)
        assert not work.conflicts.ask(connection, replace(PHONE, register="newer"), 1)
        (again,) = pending(work, connection)
    assert (first.times_seen, again.times_seen) == (1, 2)
    assert (again.id, again.first_seen, again.register) == (first.id, first.first_seen, "newer")
    assert again.last_seen > first.last_seen


def save(store: Store, row: Conflict) -> None:
    with store.work() as work:
        work.session.add(row)
        work.commit()


@pytest.mark.parametrize(
    "other",
    [
        replace(PHONE, subject="customer:2"),
        replace(PHONE, kind="does_not_fit"),
        replace(PHONE, field="email"),
        replace(PHONE, field=None),
    ],
)
def test_another_customer_kind_or_field_is_another_conflict(store: Store, connection: int, other: Question) -> None:
    """One question each, per connection."""
    with store.work() as work:
        second = work.connections.add(work.connections.get(connection).group_id, "other", "visma_eaccounting").id
        assert work.conflicts.ask(connection, PHONE, 1)
        assert work.conflicts.ask(connection, other, 1)
        assert work.conflicts.ask(second, PHONE, 1)
        assert len(pending(work, connection)) == 2
        assert work.conflicts.count_open(connection) == 2
        assert work.conflicts.count_open(second) == 1


def test_the_database_itself_refuses_a_second_open_one(store: Store, connection: int) -> None:
    """Two processes at once cannot open it twice."""
    with store.work() as work:
        work.conflicts.ask(connection, PHONE, 1)
        work.commit()
    with store.work() as work:
        row = work.session.scalars(select(Conflict)).one()
        twin = Conflict(**{c.key: getattr(row, c.key) for c in Conflict.__mapper__.column_attrs if c.key != "id"})
    with pytest.raises(DatabaseFaultError):
        save(store, twin)


def test_values_come_back_as_they_were_shown(store: Store, connection: int) -> None:
    """A group shows its members, an empty value is not an absent one, and the choices are the kind's own."""
    with store.work() as work:
        work.conflicts.ask(connection, ADDRESS, 1)
        work.conflicts.ask(connection, replace(PHONE, register=False, accounting=None, choices=()), 1)
        work.commit()
    with store.reading() as work:
        address, phone = pending(work, connection)
    assert (address.base, address.register, address.accounting) == (
        None,
        {"invoice_city": "Umeå"},
        {"invoice_city": None},
    )
    assert address.choices == ("register", "accounting", "value")
    assert (phone.register, phone.accounting, phone.choices) == (False, None, ())
    assert (phone.connection, phone.field, phone.customer_number) == ("visma", "phone", "1001")


def test_an_answer_waits_until_it_is_carried_out(store: Store, connection: int) -> None:
    """Answered is not done: until a run carried it out it stays on the engine's table, though not on the person's."""
    with store.work() as work:
        work.conflicts.ask(connection, PHONE, 1)
        (conflict,) = pending(work, connection)
        work.conflicts.resolve(conflict.id, "anna", {"answer": "value", "value": "08-1"})
        (answered,) = pending(work, connection)
        assert (answered.status, answered.resolved_by) == ("resolved", "anna")
        assert answered.resolution == {"answer": "value", "value": "08-1"}
        assert work.conflicts.count_open(connection) == 0
        work.conflicts.carried([conflict.id])
        assert pending(work, connection) == []
        done = work.conflicts.get(conflict.id)
        assert done is not None
        assert (done.status, done.pending) == ("resolved", False)
        assert work.conflicts.ask(connection, PHONE, 1), "the next time is a new conflict"
        assert [c.id for c in pending(work, connection)] != [conflict.id]


def test_a_conflict_asked_again_after_its_answer_is_open_again(store: Store, connection: int) -> None:
    """When a side moved after the answer, the person is asked anew and the old answer is forgotten (S-82)."""
    with store.work() as work:
        work.conflicts.ask(connection, PHONE, 1)
        (conflict,) = pending(work, connection)
        work.conflicts.resolve(conflict.id, "anna", {"answer": "register"})
        assert work.conflicts.ask(connection, replace(PHONE, register="moved"), 1)
        (again,) = pending(work, connection)
    assert (again.id, again.status, again.resolution, again.resolved_by) == (conflict.id, "open", None, None)


def test_a_conflict_whose_cause_has_gone_closes(store: Store, connection: int) -> None:
    """Closed by itself and marked so; an answer that was given meanwhile keeps its word (S-83)."""
    with store.work() as work:
        work.conflicts.ask(connection, PHONE, 1)
        work.conflicts.ask(connection, ADDRESS, 1)
        open_one, answered = pending(work, connection)
        work.conflicts.resolve(answered.id, "anna", {"answer": "register"})
        work.conflicts.close([open_one.id, answered.id])
        assert pending(work, connection) == []
        every = work.conflicts.list(connection_ids=[connection])
        assert [c.status for c in every] == ["closed", "resolved"]


def test_a_refused_answer_shows_the_newer_values(store: Store, connection: int) -> None:
    """Whoever looked at old values sees the new ones next (S-82)."""
    with store.work() as work:
        work.conflicts.ask(connection, PHONE, 1)
        (before,) = pending(work, connection)
        work.conflicts.show_anew(before.id, "new here", None)
        (after,) = pending(work, connection)
    assert (after.register, after.accounting, after.status) == ("new here", None, "open")
    assert after.last_seen > before.last_seen


def test_conflicts_follow_a_record_to_its_partner(store: Store, connection: int) -> None:
    """A customer only accounting had is linked: its questions are now the customer's, the closed ones stay."""
    with store.work() as work:
        work.conflicts.ask(connection, replace(PHONE, subject="remote:r1"), None)
        (old,) = pending(work, connection)
        work.conflicts.close([old.id])
        work.conflicts.ask(connection, replace(PHONE, subject="remote:r1"), None)
        work.conflicts.rename(connection, "remote:r1", "customer:7", 7)
        (now,) = pending(work, connection)
        assert (now.subject, now.customer_id) == ("customer:7", 7)
        gone = work.conflicts.get(old.id)
        assert gone is not None
        assert gone.subject == "remote:r1"


def test_two_records_with_the_same_question_become_one_customer_with_one(store: Store, connection: int) -> None:
    """Both halves of a pair were asked about the same field: linking them leaves one question, and no error."""
    with store.work() as work:
        work.conflicts.ask(connection, replace(PHONE, subject="remote:r7"), None)
        work.conflicts.ask(connection, replace(ADDRESS, subject="remote:r7"), None)
        work.conflicts.ask(connection, replace(PHONE, subject="customer:7"), 7)
        work.conflicts.rename(connection, "remote:r7", "customer:7", 7)
        work.commit()
        assert {(c.subject, c.field) for c in pending(work, connection)} == {
            ("customer:7", "phone"),
            ("customer:7", "invoice_address"),
        }
        every = work.conflicts.list(connection_ids=[connection])
        assert sorted(c.status for c in every) == ["closed", "open", "open"]


def test_filters_narrow_the_list(store: Store, connection: int) -> None:
    """By kind, customer, field and state; oldest first."""
    with store.work() as work:
        work.conflicts.ask(connection, PHONE, 1)
        work.conflicts.ask(connection, replace(ADDRESS, subject="customer:2", number="1002"), 2)
        work.conflicts.ask(connection, replace(PHONE, kind="does_not_fit"), 1)
        first, second, third = (c.id for c in pending(work, connection))
        work.conflicts.close([third])

        def found(**filters: str) -> list[int]:
            return [c.id for c in work.conflicts.list(connection_ids=[connection], filters=filters)]

        assert found() == [first, second, third]
        assert found(kind="field") == [first, second]
        assert found(customer="1001") == [first, third]
        assert found(field="invoice_address") == [second]
        assert found(status="open", kind="does_not_fit") == []
        assert found(status="closed") == [third]
        assert work.conflicts.list(connection_ids=[]) == ()
        assert [c.id for c in work.conflicts.list(connection_ids=[connection], pending=False)] == [third]


def test_an_answer_puts_its_customer_on_the_work_list(store: Store, connection: int) -> None:
    """The next run looks at both halves of what was answered."""
    with store.work() as work:
        work.conflicts.ask(connection, replace(PHONE, remote_id="r1"), 1)
        work.conflicts.ask(connection, Question("no_number", "remote:r2", None, None, "?", remote_id="r2"), None)
        for conflict in pending(work, connection):
            work.conflicts.touch(conflict)
        read = work.links.touches(connection)
    assert read.customers == {1}
    assert read.remotes == {"r1", "r2"}


def test_a_list_comes_in_pages_sorted_and_counted(store: Store, connection: int) -> None:
    """By a heading, turned round, narrowed by a text in number or name; the neighbours of an open one are known."""
    with store.work() as work:
        for number, name in (("1003", "Åkes Bygg"), ("1001", "Östra 50%"), ("1002", "Ärlig AB")):
            work.conflicts.ask(connection, replace(PHONE, subject=f"customer:{number}", number=number, name=name), 1)
        work.conflicts.ask(connection, replace(PHONE, kind="no_number", number=None, name=None, field=None), None)
        work.commit()

    def page(sort: str, limit: int | None = None, offset: int = 0, **filters: str) -> list[str | None]:
        rows = work.conflicts.page(connection_ids=[connection], filters=filters, sort=sort, limit=limit, offset=offset)
        return [row.customer_number for row in rows]

    with store.reading() as work:
        numbers = ["1001", "1002", "1003"]
        assert page("number", kind="field") == numbers
        assert page("-number", 2, 1, kind="field") == ["1002", "1001"]
        assert page("seen", kind="field") == ["1003", "1001", "1002"]
        assert page("name", text="äRLIG") == page("kind", text="1002") == ["1002"]
        assert page("field", text="%") == ["1001"]
        assert work.conflicts.tally(connection_ids=[connection], filters={}) == {"field": 3, "no_number": 1}
        first, second, *_ = work.conflicts.list(connection_ids=[connection])
        assert work.conflicts.beside(first, [connection]) == (None, second.id)
        assert work.conflicts.beside(second, []) == (None, None)
