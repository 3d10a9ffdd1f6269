"""What an administrator may answer, and what is refused (S-80 to S-82)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from syncd.bootstrap import capabilities
from syncd.engine.questions import Question
from syncd.errors import ChangedMeanwhileError, NotAllowedError, RefusedError, UsageError
from syncd.register.access import Actor
from syncd.services import conflicts
from syncd.store.tables import Touched
from syncd.values.records import RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.engine.questions import Kind
    from syncd.engine.state import Shown
    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author, ConflictInfo
    from syncd.register.fields import Value
    from syncd.store.uow import Store

NOBODY = Actor("nils", "Nils")
HERE: Mapping[str, Value] = {
    "name": "Åkes Bygg AB",
    "phone": "08-111 11 11",
    "invoice_line1": "Storgatan 1",
    "invoice_postal_code": "903 26",
    "invoice_city": "Umeå",
}
THERE: Mapping[str, Value] = {
    "number": "1001",
    "name": "Åkes Bygg HB",
    "phone": "08-222 22 22",
    "invoice_line1": "Hamngatan 2",
    "invoice_postal_code": "972 31",
    "invoice_city": "Luleå",
}


@dataclass
class Desk:
    """One linked customer that both sides changed, and an administrator in front of it."""

    store: Store
    group: int
    connection: int
    customer: int
    anna: Actor

    def ask(
        self, field: str | None, kind: Kind = "field", *, register: Shown = None, accounting: Shown = None
    ) -> ConflictInfo:
        subject = f"customer:{self.customer}"
        question = Question(kind, subject, "1001", "Åkes Bygg AB", "?", field, None, register, accounting, None, "r1")
        with self.store.work() as work:
            work.conflicts.ask(self.connection, question, self.customer)
            work.commit()
            return work.conflicts.pending(self.connection)[-1]

    def ask_phone(self) -> ConflictInfo:
        return self.ask("phone", register=HERE["phone"], accounting=THERE["phone"])

    def resolve(self, conflict: ConflictInfo, answer: str, value: str | None = None) -> ConflictInfo:
        reply = conflicts.Reply(answer, value)
        return conflicts.resolve(self.store, self.anna, self.group, conflict.id, reply, capabilities)

    def resolve_all(self, filters: Mapping[str, str], answer: str) -> tuple[list[int], dict[int, str]]:
        return conflicts.resolve_all(self.store, self.anna, self.group, filters, conflicts.Reply(answer), capabilities)

    def now(self, conflict: ConflictInfo) -> ConflictInfo:
        return conflicts.show(self.store, self.anna, self.group, conflict.id)


@pytest.fixture
def desk(store: Store, group: GroupInfo, actor: Actor, by: Author) -> Desk:
    with store.work() as work:
        connection = work.connections.add(group.id, "visma", "visma_eaccounting").id
        customer = work.customers.insert(group.id, HERE, [], by, "1001")
        work.mirrors.put(connection, [RemoteRecord("r1", THERE, "{}", "2026-03-01T10:00:00Z")], 1)
        work.links.create(connection, customer.id, "r1", {}, (1, ""))
        work.session.execute(delete(Touched))
        work.commit()
    return Desk(store, group.id, connection, customer.id, actor)


def test_an_answer_is_recorded_with_who_gave_it(desk: Desk) -> None:
    """The conflict leaves the list, and the next run looks at the customer to carry the answer out."""
    answered = desk.resolve(desk.ask_phone(), "register")
    assert (answered.status, answered.resolved_by, answered.pending) == ("resolved", "anna", True)
    assert answered.resolution == {"answer": "register", "value": None}
    with desk.store.reading() as work:
        assert work.links.touches(desk.connection).customers == {desk.customer}
    assert conflicts.list_conflicts(desk.store, desk.anna, desk.group, {}) == ()


def test_an_answer_may_be_changed_until_it_is_carried_out(desk: Desk) -> None:
    """Whoever clicked wrong clicks again; after the run it is too late, and said so."""
    conflict = desk.ask_phone()
    desk.resolve(conflict, "register")
    assert desk.resolve(conflict, "accounting").resolution == {"answer": "accounting", "value": None}
    with desk.store.work() as work:
        work.conflicts.carried([conflict.id])
        work.commit()
    with pytest.raises(RefusedError, match="resolved already"):
        desk.resolve(conflict, "register")


def test_a_typed_value_is_checked_like_one_typed_into_the_register(desk: Desk) -> None:
    """What the register would refuse is refused here too, and nothing is recorded."""
    phone, mail = desk.ask_phone(), desk.ask("email")
    assert desk.resolve(phone, "value", " 08-333 33 33 ").resolution == {"answer": "value", "value": "08-333 33 33"}
    with pytest.raises(RefusedError, match="email"):
        desk.resolve(mail, "value", "not an address")
    assert desk.now(mail).status == "open"
    assert desk.resolve(mail, "value", "").resolution == {"answer": "value", "value": None}


@pytest.mark.parametrize(
    ("field", "kind", "word", "text", "complaint"),
    [
        ("name", "does_not_fit", "accounting_only", "x" * 51, "name is 51 characters, accounting holds 50"),
        ("name", "field", "value", "x" * 51, "name is 51 characters, accounting holds 50"),
        ("invoice_address", "does_not_fit", "accounting_only", '{"invoice_postal_code": ""}', "invoice_postal_code"),
    ],
)
def test_a_typed_value_that_accounting_cannot_hold_is_refused_at_once(
    desk: Desk, field: str, kind: Kind, word: str, text: str, complaint: str
) -> None:
    """The limit is named while the person still sits there; the next run need not ask again."""
    conflict = desk.ask(field, kind, register=HERE.get(field), accounting=THERE.get(field))
    with pytest.raises(RefusedError, match=complaint):
        desk.resolve(conflict, word, text)
    assert desk.now(conflict).status == "open"


def test_a_typed_number_obeys_the_groups_rules(desk: Desk) -> None:
    """A customer number outside the group's lengths is refused."""
    conflict = desk.ask("number", register="1001", accounting="1001")
    for text in ("", "1" * 65):
        with pytest.raises(RefusedError, match="number"):
            desk.resolve(conflict, "value", text)
    assert desk.resolve(conflict, "value", " 0042 ").resolution == {"answer": "value", "value": "0042"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Storgatan 3", "JSON object"),
        ("[1]", "JSON object"),
        ('{"phone": "08-1"}', "phone is not part of invoice_address"),
        ('{"invoice_country": "Atlantis"}', "invoice_country"),
        ('{"invoice_city": ["Umeå"]}', "invoice_city must be text"),
        ('{"invoice_city": true}', "invoice_city must be text"),
        ('{"invoice_postal_code": 90326}', "invoice_postal_code must be text"),
    ],
)
def test_a_group_takes_an_object_of_its_own_fields(desk: Desk, text: str, complaint: str) -> None:
    """An address is answered as a whole: anything else is refused with what would be right."""
    members = ("invoice_line1", "invoice_postal_code", "invoice_city")
    conflict = desk.ask(
        "invoice_address", register={n: HERE[n] for n in members}, accounting={n: THERE[n] for n in members}
    )
    with pytest.raises(RefusedError, match=complaint):
        desk.resolve(conflict, "value", text)
    answered = desk.resolve(conflict, "value", '{"invoice_line1": "Storgatan 3", "invoice_line2": null}')
    assert answered.resolution["value"] == {
        "invoice_line1": "Storgatan 3",
        "invoice_line2": None,
        "invoice_postal_code": "903 26",
        "invoice_city": "Umeå",
        "invoice_country": None,
    }


@pytest.mark.parametrize(("field", "text"), [("name", "Åke 640823-****"), ("organisation_number", "640823-****")])
def test_a_value_copied_from_a_masked_list_is_refused(desk: Desk, field: str, text: str) -> None:
    """The stars of a masked personal number never reach a customer record."""
    conflict = desk.ask(field, register=HERE.get(field), accounting=THERE.get(field))
    with pytest.raises(RefusedError, match=field):
        desk.resolve(conflict, "value", text)
    assert desk.now(conflict).status == "open"


def test_a_masked_value_within_a_group_is_refused(desk: Desk) -> None:
    """Nor inside an address."""
    conflict = desk.ask("contact", register={"contact_name": None}, accounting={"contact_name": None})
    with pytest.raises(RefusedError):
        desk.resolve(conflict, "value", '{"contact_name": "Åke 640823-****"}')


def test_only_the_answers_that_were_offered_are_taken(desk: Desk) -> None:
    """A wrong word names the right ones; a question without answers says how it closes."""
    conflict = desk.ask_phone()
    with pytest.raises(RefusedError, match="same is no answer") as caught:
        desk.resolve(conflict, "same")
    assert "register, accounting, value" in str(caught.value.remedy)
    with pytest.raises(UsageError, match="needs a value"):
        desk.resolve(conflict, "value")
    numberless = desk.ask(None, "no_number")
    with pytest.raises(RefusedError) as caught:
        desk.resolve(numberless, "register")
    assert "closes by itself" in str(caught.value.remedy)
    assert [c.status for c in conflicts.list_conflicts(desk.store, desk.anna, desk.group, {})] == ["open", "open"]


def test_a_closed_conflict_takes_no_answer(desk: Desk) -> None:
    """There is nothing to decide any more."""
    conflict = desk.ask_phone()
    with desk.store.work() as work:
        work.conflicts.close([conflict.id])
        work.commit()
    with pytest.raises(RefusedError, match="closed already"):
        desk.resolve(conflict, "register")


def test_a_side_that_moved_meanwhile_is_shown_first(desk: Desk, by: Author) -> None:
    """Nobody decides on values that are no longer there: the answer is refused, the newer values are shown."""
    conflict = desk.ask_phone()
    with desk.store.work() as work:
        work.customers.write(desk.customer, None, {"phone": "08-999 99 99"}, by)
        work.commit()
    with pytest.raises(ChangedMeanwhileError):
        desk.resolve(conflict, "register")
    shown = desk.now(conflict)
    assert (shown.status, shown.register, shown.accounting) == ("open", "08-999 99 99", THERE["phone"])
    with desk.store.work() as work:
        work.mirrors.put(desk.connection, [RemoteRecord("r1", {**THERE, "phone": None}, "{}")], 2)
        work.commit()
    with pytest.raises(ChangedMeanwhileError):
        desk.resolve(conflict, "register")
    assert desk.now(conflict).accounting is None
    assert desk.resolve(conflict, "register").status == "resolved"


def test_a_side_written_differently_has_not_moved(desk: Desk, by: Author) -> None:
    """The same phone number with other spaces is no reason to ask again."""
    conflict = desk.ask_phone()
    with desk.store.work() as work:
        work.customers.write(desk.customer, None, {"phone": "+46 8 111 11 11"}, by)
        work.commit()
    assert desk.resolve(conflict, "register").status == "resolved"


def test_only_those_who_may_resolve_do(desk: Desk) -> None:
    """Others are turned away, and learn nothing about the conflict's existence by its number."""
    conflict = desk.ask_phone()
    for number in (conflict.id, 10_000):
        with pytest.raises(NotAllowedError):
            conflicts.resolve(desk.store, NOBODY, desk.group, number, conflicts.Reply("register"), capabilities)
    with pytest.raises(NotAllowedError):
        conflicts.resolve_all(desk.store, NOBODY, desk.group, {}, conflicts.Reply("register"), capabilities)
    assert desk.now(conflict).status == "open"


def test_another_groups_conflict_does_not_exist(desk: Desk) -> None:
    """Not to be seen, not to be answered."""
    conflict = desk.ask_phone()
    with desk.store.work() as work:
        other = work.groups.create("En annan firma").id
        work.commit()
    for number, group in ((conflict.id, other), (10_000, desk.group)):
        with pytest.raises(RefusedError, match="there is no conflict"):
            conflicts.show(desk.store, desk.anna, group, number)
        with pytest.raises(RefusedError, match="there is no conflict"):
            conflicts.resolve(desk.store, desk.anna, group, number, conflicts.Reply("register"), capabilities)
    assert conflicts.list_conflicts(desk.store, desk.anna, other, {}) == ()


def test_answers_in_bulk_take_what_they_can_and_say_why_not(desk: Desk) -> None:
    """One stale conflict, or one of another kind, does not hold up the rest."""
    fresh = desk.ask("name", register=HERE["name"], accounting=THERE["name"])
    stale = desk.ask("phone", register="08-000", accounting=THERE["phone"])
    other = desk.ask(None, "missing_in_accounting")
    done, left = desk.resolve_all({}, "accounting")
    assert done == [fresh.id]
    assert set(left) == {stale.id, other.id}
    assert "changed meanwhile" in left[stale.id]
    done, left = desk.resolve_all({"kind": "field"}, "accounting")
    assert (done, left) == ([stale.id], {})
    assert desk.resolve_all({"customer": "9"}, "accounting") == ([], {})


def test_filters_narrow_the_list_and_wrong_ones_are_named(desk: Desk) -> None:
    """Open ones unless something else is asked for."""
    phone, missing = desk.ask_phone(), desk.ask(None, "missing_in_accounting")
    desk.resolve(phone, "register")

    def found(filters: dict[str, str], *, everything: bool = False) -> list[int]:
        return [
            c.id for c in conflicts.list_conflicts(desk.store, desk.anna, desk.group, filters, everything=everything)
        ]

    assert found({}) == [missing.id]
    assert found({}, everything=True) == [phone.id, missing.id]
    assert found({"status": "resolved"}) == [phone.id]
    assert found({"field": "phone"}, everything=True) == [phone.id]
    assert found({"customer": "1001", "connection": "visma"}) == [missing.id]
    assert found({"kind": "field"}) == []
    for wrong in ({"kind": "feild"}, {"status": "new"}, {"field": "fax"}):
        with pytest.raises(UsageError, match="must be one of"):
            found(wrong)
    with pytest.raises(RefusedError, match="no connection named fortnox"):
        found({"connection": "fortnox"})


def test_a_conflict_says_what_its_answers_do(desk: Desk) -> None:
    """Every answer that is offered is explained, and no other."""
    conflict = desk.ask_phone()
    assert set(conflicts.explain(conflict)) == {"register", "accounting", "value"}
    assert conflicts.explain(desk.ask(None, "no_number")) == {}
