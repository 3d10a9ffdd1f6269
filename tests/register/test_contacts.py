"""Contacts of a customer, and the one that accounting holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.register.contacts import (
    Contact,
    accounting_contact,
    apply_contact,
    changed_contact,
    check_contacts,
    contact_fields,
    parse_contact,
    pick_contact,
    with_contact,
)
from syncd.register.fields import CONTACT_FIELDS
from syncd.register.picking import NoSuchEntryError
from syncd.register.problems import InvalidFieldsError

if TYPE_CHECKING:
    from syncd.register.fields import Value

ANNA = Contact("Anna Ek", "Chef", "08-1", "070-1", "anna@alfa.test", accounting=True)
BO = Contact("Bo Lind", email="bo@alfa.test", send_work_orders=True)

VALUES = st.none() | st.sampled_from(["Anna", "Bo", "08-1"])
CHANGES = st.dictionaries(st.sampled_from(CONTACT_FIELDS), VALUES)
CONTACTS = st.lists(st.builds(Contact, name=st.sampled_from(["Cia", "Dan"]), email=VALUES), max_size=3).flatmap(
    lambda others: st.sampled_from([[*others], [*others, ANNA], [ANNA, *others]])
)


def test_a_contact_is_stored_as_typed() -> None:
    contact = parse_contact({"name": " Bo Lind ", "email": "bo@alfa.test", "send_work_orders": "ja", "phone": ""})

    assert contact == BO
    assert not contact.accounting
    assert not contact.send_service_protocol


def test_all_parts_of_a_contact_are_kept() -> None:
    typed: dict[str, Value] = {
        "name": "Anna Ek",
        "role": "Chef",
        "phone": "08-1",
        "mobile": "070-1",
        "email": "anna@alfa.test",
        "accounting": True,
    }
    assert parse_contact(typed) == ANNA


def test_everything_wrong_with_a_contact_is_told_at_once() -> None:
    with pytest.raises(InvalidFieldsError) as refusal:
        parse_contact({"email": "anna", "phone": "x", "rol": "Chef"})
    assert [problem.field for problem in refusal.value.problems] == ["email", "phone", "rol"]


def test_a_changed_contact_keeps_what_was_not_typed() -> None:
    """Also a value that accounting holds and nobody could type."""
    odd = Contact("Anna Ek", phone="växeln", email="anna@alfa.test", send_work_orders=True)

    assert changed_contact(odd, {"role": "Chef", "send_work_orders": ""}) == Contact(
        "Anna Ek", "Chef", "växeln", email="anna@alfa.test"
    )


def test_a_contact_is_meant_by_name_or_address() -> None:
    assert (pick_contact([ANNA, BO], "bo lind"), pick_contact([ANNA, BO], "anna@alfa.test")) == (1, 0)
    with pytest.raises(NoSuchEntryError, match="no such contact"):
        pick_contact([ANNA, BO], "cia")


def test_a_contact_is_replaced_or_added_after_the_last() -> None:
    cia = Contact("Cia")

    assert with_contact([ANNA, BO], 0, cia) == (cia, BO)
    assert with_contact([ANNA, BO], 1, cia) == (ANNA, cia)
    assert with_contact([ANNA, BO], 2, cia) == (ANNA, BO, cia)
    with pytest.raises(InvalidFieldsError, match="contact 2 is empty"):
        with_contact([ANNA, BO], 1, Contact())


def test_accountings_mark_moves_to_the_contact_that_asks_for_it() -> None:
    after = with_contact([ANNA, BO], 1, Contact("Bo Lind", accounting=True))

    assert [contact.accounting for contact in after] == [False, True]
    assert accounting_contact(with_contact([ANNA, BO], 1, BO)) is ANNA


@pytest.mark.parametrize("flag", ["send_service_protocol", "send_work_orders"])
def test_mail_to_a_contact_without_an_address_is_refused(flag: str) -> None:
    with pytest.raises(InvalidFieldsError, match=r"contact 1 .* no e-mail address") as refusal:
        parse_contact({"name": "Anna Ek", flag: "yes"})
    assert str(refusal.value.remedy).startswith("Add the address")
    assert "Anna" not in f"{refusal.value.message}{refusal.value.remedy}"
    parse_contact({"name": "Anna Ek", flag: "yes", "email": "anna@alfa.test"})


def test_an_empty_contact_is_refused() -> None:
    with pytest.raises(InvalidFieldsError, match="contact 2 is empty") as refusal:
        check_contacts([ANNA, Contact(accounting=False)])
    assert refusal.value.remedy == "Fill it in, or remove it."


@pytest.mark.parametrize(
    "contact",
    [Contact("Anna"), Contact(role="Chef"), Contact(phone="1"), Contact(mobile="1"), Contact(email="a@b.test")],
)
def test_one_part_is_enough_for_a_contact(contact: Contact) -> None:
    check_contacts([contact])
    assert contact.reachable == (contact.role is None)


def test_accounting_has_one_contact_at_most() -> None:
    check_contacts([BO, ANNA, BO])
    with pytest.raises(InvalidFieldsError, match="contacts have more than one accounting contact") as refusal:
        check_contacts([ANNA, BO, ANNA])
    assert refusal.value.remedy == "Mark one of them, or none."


def test_the_accounting_contact_is_seen_as_fields_of_the_customer() -> None:
    assert accounting_contact([BO, ANNA]) is ANNA
    assert contact_fields([BO, ANNA]) == {
        "contact_name": "Anna Ek",
        "contact_email": "anna@alfa.test",
        "contact_phone": "08-1",
        "contact_mobile": "070-1",
    }


def test_without_an_accounting_contact_its_fields_are_empty() -> None:
    assert accounting_contact([BO]) is None
    assert contact_fields([BO]) == dict.fromkeys(CONTACT_FIELDS)


def test_a_change_in_accounting_reaches_its_contact_alone() -> None:
    after = apply_contact([BO, ANNA], {"contact_phone": "08-2", "name": "Alfa"})

    assert after[0] is BO
    assert after[1] == Contact("Anna Ek", "Chef", "08-2", "070-1", "anna@alfa.test", accounting=True)


def test_a_first_contact_from_accounting_is_added_at_the_end() -> None:
    after = apply_contact([BO], {"contact_name": "Cia", "contact_email": None})

    assert after == (BO, Contact("Cia", accounting=True))


def test_a_contact_emptied_in_accounting_is_taken_away() -> None:
    assert apply_contact([ANNA, BO], dict.fromkeys(CONTACT_FIELDS)) == (BO,)


def test_emptying_a_contact_that_is_not_there_changes_nothing() -> None:
    assert apply_contact([BO], dict.fromkeys(CONTACT_FIELDS)) == (BO,)


def test_mail_is_switched_off_with_the_address_it_went_to() -> None:
    wanted = Contact("Anna", email="a@b.test", send_service_protocol=True, send_work_orders=True, accounting=True)

    (after,) = apply_contact([wanted], {"contact_email": None})

    assert not after.wants_mail
    assert not after.send_service_protocol
    assert apply_contact([wanted], {"contact_name": "Bo"})[0].send_work_orders


def test_other_changes_of_a_customer_leave_the_contacts_alone() -> None:
    assert apply_contact([ANNA, BO], {"phone": "08-3"}) == (ANNA, BO)


@given(CONTACTS, CHANGES)
def test_the_fields_read_back_what_was_applied_and_others_stay(
    contacts: list[Contact], change: dict[str, str | None]
) -> None:
    after = apply_contact(contacts, change)

    assert contact_fields(after) == {**contact_fields(contacts), **change}
    assert [c for c in after if not c.accounting] == [c for c in contacts if not c.accounting]
    assert apply_contact(after, change) == after
    check_contacts(after)
