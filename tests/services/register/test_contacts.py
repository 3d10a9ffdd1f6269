from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.errors import ChangedMeanwhileError, NotAllowedError, RefusedError
from syncd.register.picking import NoSuchEntryError
from syncd.register.problems import InvalidFieldsError, InvalidValueError, UnknownCustomerError
from syncd.services.register.contacts import add_contact, change_contact, list_contacts, remove_contact, set_contacts
from syncd.services.register.customers import add_customer
from syncd.services.register.foreign import LedByAccountingError
from syncd.services.register.reading import customer_history, show_customer

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.store.uow import Store
    from tests.services.register.conftest import Somebody


def led(_group_id: int) -> dict[str, str]:
    return {"contact_name": "Visma", "contact_phone": "Visma"}


@pytest.fixture
def customer(store: Store, group: GroupInfo, actor: Actor) -> str:
    with store.work() as work:
        return add_customer(work, actor, group.id, "7", {"name": "Åkes", "contact_name": "Per"}).number


def test_a_customer_has_any_number_of_contacts(store: Store, group: GroupInfo, actor: Actor, customer: str) -> None:
    """Added at the end, changed where they stand, taken away; the history tells each edit."""
    with store.work() as work:
        add_contact(work, actor, group.id, customer, {"name": "Eva", "email": "eva@x.test", "send_work_orders": "ja"})
        add_contact(work, actor, group.id, customer, {"role": "Vaktmästare", "mobile": "070-1"})
        change_contact(work, actor, group.id, (customer, "eva"), {"phone": "08-1"})
        remove_contact(work, actor, group.id, (customer, "1"))
    with store.work() as work:
        known = list_contacts(work, actor, group.id, customer)
        assert [(one.name, one.role, one.phone, one.send_work_orders) for one in known] == [
            ("Eva", None, "08-1", True),
            (None, "Vaktmästare", None, False),
        ]
        assert show_customer(work, actor, group.id, customer).customer.fields["contact_name"] is None
        lines = customer_history(work, actor, group.id, customer)
        assert [line.field for line in lines] == ["contact_name", *["contacts"] * 4, "number"]


def test_one_contact_is_accountings(store: Store, group: GroupInfo, actor: Actor, customer: str) -> None:
    """Marking another one moves the mark, and with it what accounting will be told."""
    with store.work() as work:
        add_contact(work, actor, group.id, customer, {"name": "Eva"})
        after = change_contact(work, actor, group.id, (customer, "Eva"), {"accounting": "yes"})
        assert after.fields["contact_name"] == "Eva"
        assert [one.accounting for one in list_contacts(work, actor, group.id, customer)] == [False, True]


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ({"name": "Eva", "send_service_protocol": "yes"}, "no e-mail address"),
        ({"name": " "}, "is empty"),
        ({"email": "eva", "phone": "x", "rol": "Chef"}, "email .* phone .* rol"),
        ({"name": "811228-****"}, "mask"),
    ],
)
def test_what_is_wrong_with_a_contact_is_told_and_nothing_stored(
    store: Store, group: GroupInfo, actor: Actor, customer: str, raw: dict[str, str], wrong: str
) -> None:
    with store.work() as work:
        with pytest.raises((InvalidFieldsError, InvalidValueError), match=wrong):
            add_contact(work, actor, group.id, customer, raw)
        with pytest.raises(NoSuchEntryError):
            change_contact(work, actor, group.id, (customer, "Eva"), {"phone": "08-1"})
        assert [one.name for one in list_contacts(work, actor, group.id, customer)] == ["Per"]


def test_the_contact_that_accounting_leads_stays_as_it_is(
    store: Store, group: GroupInfo, actor: Actor, customer: str
) -> None:
    """Every other contact is ours."""
    with store.work() as work:
        with pytest.raises(LedByAccountingError, match=r"field.contact.direction"):
            remove_contact(work, actor, group.id, (customer, "Per"), led=led)
        with pytest.raises(LedByAccountingError):
            change_contact(work, actor, group.id, (customer, "Per"), {"name": "Pär"}, led=led)
        with pytest.raises(LedByAccountingError):
            add_contact(work, actor, group.id, customer, {"name": "Eva", "accounting": "yes"}, led=led)
        add_contact(work, actor, group.id, customer, {"name": "Eva"}, led=led)


def test_contacts_follow_the_rights_to_their_customer(
    store: Store, group: GroupInfo, customer: str, somebody: Somebody
) -> None:
    """Who may look may not edit; who may not look learns nothing."""
    viewer, stranger = somebody("kalle", "view"), somebody("sven", "edit")
    with store.work() as work:
        assert len(list_contacts(work, viewer, group.id, customer)) == 1
        with pytest.raises(NotAllowedError):
            add_contact(work, viewer, group.id, customer, {"name": "Eva"})
        with pytest.raises(UnknownCustomerError):
            list_contacts(work, stranger, group.id, customer)
        with pytest.raises(UnknownCustomerError):
            remove_contact(work, stranger, group.id, (customer, "1"))


def test_contacts_saved_meanwhile_are_not_overwritten(
    store: Store, group: GroupInfo, actor: Actor, customer: str
) -> None:
    with store.work() as work:
        seen = show_customer(work, actor, group.id, customer)
        add_contact(work, actor, group.id, customer, {"name": "Eva"})
        with pytest.raises(ChangedMeanwhileError):
            set_contacts(work, actor, group.id, customer, seen.contacts, seen=seen.customer.version)
        with pytest.raises(RefusedError, match="no such contact"):
            remove_contact(work, actor, group.id, (customer, "3"))
