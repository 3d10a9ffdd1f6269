from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.errors import NotAllowedError, RefusedError
from syncd.ports.records import Author
from syncd.register.contacts import Contact
from syncd.register.numbers import NumberNotAllowedError, NumberTakenError
from syncd.register.problems import InvalidFieldsError, InvalidValueError, UnknownCustomerError
from syncd.services.register.contacts import set_contacts
from syncd.services.register.customers import (
    add_customer,
    change_customer,
    delete_customer,
    renumber_customer,
    set_active,
)
from syncd.services.register.foreign import LedByAccountingError
from syncd.services.register.masking import masked, masked_fields, reveal
from syncd.services.register.reading import (
    Query,
    count_customers,
    customer_history,
    list_customers,
    show_customer,
)

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.store.uow import Store
    from tests.services.register.conftest import Somebody

PERSONAL = "811228-9874"


def led(_group_id: int) -> dict[str, str]:
    return {"phone": "Visma", "contact_name": "Visma", "active": "Visma", "number": "Visma"}


def test_a_new_customer_gets_the_next_number(store: Store, group: GroupInfo, actor: Actor) -> None:
    """And what was typed, checked and completed."""
    with store.work() as work:
        made = add_customer(work, actor, group.id, None, {"name": " Åkes ", "discount_percentage": "12,50"})
    assert (made.number, made.name, made.fields["discount_percentage"]) == ("1", "Åkes", "12.5")
    with store.work() as work:
        assert show_customer(work, actor, group.id, "1").customer == made


def test_a_group_may_refuse_to_give_numbers(store: Store, group: GroupInfo, actor: Actor) -> None:
    """Then every new customer needs a number."""
    with store.work() as work:
        work.groups.set_settings(group.id, {"generate_customer_number": "no", "customer_number_max_length": "4"})
        with pytest.raises(NumberNotAllowedError, match="gives no numbers"):
            add_customer(work, actor, group.id, " ", {"name": "Åkes"})
        with pytest.raises(NumberNotAllowedError, match="5 characters"):
            add_customer(work, actor, group.id, "12345", {"name": "Åkes"})


def test_the_holder_of_a_taken_number_is_named_to_those_who_see_it(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """Nobody else learns who it is."""
    kalle = somebody("kalle", "create", "view_only_assigned")
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        with pytest.raises(NumberTakenError, match="Åkes"):
            add_customer(work, actor, group.id, " 7", {"name": "Zeta"})
        with pytest.raises(NumberTakenError) as refused:
            add_customer(work, kalle, group.id, "7", {"name": "Zeta"})
    assert "Åkes" not in refused.value.message


def test_every_mistake_is_named_at_once(store: Store, group: GroupInfo, actor: Actor) -> None:
    """And nothing is stored."""
    with store.work() as work:
        with pytest.raises(InvalidFieldsError) as refused:
            add_customer(work, actor, group.id, "7", {"name": "", "email": "x", "invoice_country": "Atlantis"})
        assert [problem.field for problem in refused.value.problems] == ["name", "email", "invoice_country"]
        assert work.customers.count(group.id) == 0


def test_a_foreign_customers_number_is_not_checked_as_swedish(store: Store, group: GroupInfo, actor: Actor) -> None:
    """The customer's own country decides, also when only the number is changed."""
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Nordmenn", "invoice_country": "Norge"})
        changed = change_customer(work, actor, group.id, "7", {"organisation_number": "974 760 673"})
        assert changed.fields["organisation_number"] == "974 760 673"
        with pytest.raises(InvalidFieldsError):
            add_customer(work, actor, group.id, "8", {"name": "Svensk", "organisation_number": "974 760 673"})


def test_only_administrators_change_numbers(store: Store, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """It is one event in the history, and the same customer."""
    kalle = somebody("kalle", "view", "edit")
    with store.work() as work:
        made = add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        with pytest.raises(NotAllowedError):
            renumber_customer(work, kalle, group.id, ("7", "8"))
        with pytest.raises(NotAllowedError):
            change_customer(work, kalle, group.id, "7", {"number": "8"})
        assert change_customer(work, kalle, group.id, "7", {"number": "7", "phone": "08-1"}).number == "7"
        renumbered = renumber_customer(work, actor, group.id, ("7", "8"))
        assert (renumbered.id, renumbered.number) == (made.id, "8")
        assert customer_history(work, actor, group.id, "8", 1)[0].kind == "renumbered"
        with pytest.raises(NumberTakenError):
            renumber_customer(
                work, actor, group.id, ("8", add_customer(work, actor, group.id, "9", {"name": "Z"}).number)
            )


def test_unknown_and_invisible_customers_answer_alike(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """Whoever may not see a customer cannot tell that it exists."""
    kalle = somebody("kalle", "edit", "delete", "assign")
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        answers = []
        for number in ("7", "8"):
            with pytest.raises(UnknownCustomerError) as refused:
                change_customer(work, kalle, group.id, number, {"phone": "08-1"})
            answers.append(refused.value.message.replace(number, "N"))
        assert answers[0] == answers[1]
        for attempt in (show_customer, delete_customer, customer_history):
            with pytest.raises(UnknownCustomerError):
                attempt(work, kalle, group.id, "7")
        with pytest.raises(NotAllowedError):
            list_customers(work, kalle, group.id, Query())
        with pytest.raises(UnknownCustomerError):
            show_customer(work, actor, group.id, "\udcff")


def test_somebody_who_sees_only_assigned_customers_finds_no_other(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """In lists, searches, counts and by number."""
    somebody("kalle", "view_only_assigned", "edit_only_assigned")
    with store.work() as work:
        mine = add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        add_customer(work, actor, group.id, "8", {"name": "Åkes"})
        user = work.users.find(group.id, "kalle")
        assert user is not None
        work.customers.assign(mine.id, [user.id], by=_author())
        work.commit()
    kalle = somebody("kalle")
    with store.work() as work:
        found = list_customers(work, kalle, group.id, Query(text="åkes"))
        assert [(view.customer.number, view.assigned[0].login) for view in found] == [("7", "kalle")]
        assert count_customers(work, kalle, group.id, Query()) == 1
        assert count_customers(work, actor, group.id, Query()) == 2
        assert change_customer(work, kalle, group.id, "7", {"phone": "08-1"}).fields["phone"] == "08-1"
        with pytest.raises(UnknownCustomerError):
            show_customer(work, kalle, group.id, "8")


def test_a_field_that_accounting_leads_cannot_be_changed_here(store: Store, group: GroupInfo, actor: Actor) -> None:
    """The message names the connection and its setting; saving the field unchanged is no change."""
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes", "phone": "08-1"})
        with pytest.raises(LedByAccountingError, match=r"phone \(connection Visma, field.phone.direction\)") as refused:
            change_customer(work, actor, group.id, "7", {"phone": "08-2"}, led=led)
        assert "syncd connection set Visma field.phone.direction=both" in str(refused.value.remedy)
        with pytest.raises(LedByAccountingError, match=r"field.contact.direction"):
            set_contacts(work, actor, group.id, "7", [Contact(name="Per", accounting=True)], led=led)
        with pytest.raises(LedByAccountingError):
            set_active(work, actor, group.id, "7", active=False, led=led)
        with pytest.raises(LedByAccountingError):
            renumber_customer(work, actor, group.id, ("7", "8"), led=led)
        assert change_customer(work, actor, group.id, "7", {"phone": "08-1", "email": "a@b.se"}, led=led).version == 2


def test_a_deactivated_customer_comes_back(store: Store, group: GroupInfo, actor: Actor) -> None:
    """Deactivating and reactivating are events of their own."""
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        assert set_active(work, actor, group.id, "7", active=False).fields["active"] is False
        assert set_active(work, actor, group.id, "7", active=True).fields["active"] is True
        kinds = [line.kind for line in customer_history(work, actor, group.id, "7")]
    assert kinds == ["reactivated", "deactivated", "created"]


def test_deleting_needs_its_own_right(store: Store, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """Who may edit may not delete."""
    kalle = somebody("kalle", "view", "edit")
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        with pytest.raises(NotAllowedError):
            delete_customer(work, kalle, group.id, "7")
        delete_customer(work, actor, group.id, "7")
        with pytest.raises(UnknownCustomerError):
            show_customer(work, actor, group.id, "7")


def test_contacts_that_get_mail_need_an_address(store: Store, group: GroupInfo, actor: Actor) -> None:
    """A flag without an address is refused; a good list is stored."""
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes"})
        with pytest.raises(RefusedError, match="e-mail"):
            set_contacts(work, actor, group.id, "7", [Contact(name="Per", send_work_orders=True)])
        set_contacts(work, actor, group.id, "7", [Contact(name="Per", email="p@b.se", send_work_orders=True)])
        assert show_customer(work, actor, group.id, "7").contacts[0].email == "p@b.se"


@pytest.mark.parametrize("fields", [{"organisation_number": "811228-****"}, {"note": "Per, 811228-****"}])
def test_a_mask_never_replaces_a_number(store: Store, group: GroupInfo, actor: Actor, fields: dict[str, str]) -> None:
    """What was copied from a list with masked numbers is refused, wherever it stands."""
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Per", "organisation_number": PERSONAL})
        with pytest.raises(InvalidValueError, match="mask"):
            change_customer(work, actor, group.id, "7", fields)


def test_personal_numbers_are_masked_but_phone_numbers_are_not() -> None:
    """A phone number that reads like an identity number is still to be called."""
    shown = masked_fields(
        {"organisation_number": PERSONAL, "phone": "0701011234", "note": f"x {PERSONAL}", "active": True}
    )
    assert shown == {
        "organisation_number": "811228-****",
        "phone": "0701011234",
        "note": "x 811228-****",
        "active": True,
    }
    contacts = [{"name": PERSONAL, "phone": "0701011234", "accounting": True}]
    assert masked("contacts", contacts) == [{"name": "811228-****", "phone": "0701011234", "accounting": True}]
    assert masked(None, None) is None


def test_seeing_whole_numbers_is_written_down(store: Store, group: GroupInfo, actor: Actor, somebody: Somebody) -> None:
    """Administrators only, and the history says who."""
    kalle = somebody("kalle", "view")
    with store.work() as work:
        made = add_customer(work, actor, group.id, "7", {"name": "Per", "organisation_number": PERSONAL})
        with pytest.raises(NotAllowedError):
            reveal(work, kalle, [made.id])
        reveal(work, actor, [made.id])
        newest = customer_history(work, actor, group.id, "7", 1)[0]
    assert (newest.kind, newest.who) == ("unmasked", "anna")


def _author() -> Author:
    return Author("anna")
