"""PUT on customers: it replaces (facts §5.3), and much about it is unknown (§11)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import pytest

from tests.sandbox.calling import GOOD

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox
    from tests.sandbox.calling import Caller


def test_the_answer_to_a_get_is_the_same_text_every_time(sandbox: Sandbox, api: Caller) -> None:
    """Numbers keep their zeros and keys their order."""
    sandbox.company.add_customer(CustomerNumber="1001", DiscountPercentage=json.loads("0"))
    sandbox.company.edit_customer("1001", Risk={"Score": 1, "Tags": []})
    id_ = sandbox.company.customer("1001")["Id"]
    api.put(
        f"customers/{id_}", sandbox.company.raw("1001").replace('"DiscountPercentage":0', '"DiscountPercentage":0.1000')
    )
    first, second = api.get(f"customers/{id_}").text, api.get(f"customers/{id_}").text
    assert first == second == sandbox.company.raw("1001")
    assert '"DiscountPercentage":0.1000' in first
    assert '"UnpaidInvoicesAmount":0.00' in first


def test_a_taken_organisation_number_is_refused_only_when_switched(sandbox: Sandbox, api: Caller) -> None:
    """Whether it must be unique is unknown; separators do not matter."""
    sandbox.company.add_customer(CorporateIdentityNumber="556036-0793")
    twin = GOOD | {"CorporateIdentityNumber": "5560360793"}
    assert api.post("customers", twin).status == 201
    sandbox.switches = replace(sandbox.switches, unique_org_number=True)
    assert api.post("customers", twin).code == (400, 4000)
    assert api.post("customers", GOOD).status == 201
    alone = api.post("customers", GOOD | {"CorporateIdentityNumber": "16"}).json
    assert api.put(f"customers/{alone['Id']}", alone).status == 200


def test_vat_numbers_are_checked_at_every_put(sandbox: Sandbox, api: Caller) -> None:
    """So an unrelated change can fail when VIES refuses (4025) or is down (4100)."""
    sandbox.company.add_customer(CustomerNumber="1", VatNumber="SE556036079301")
    assert api.overlay("customers", "1", Telephone="1").status == 200
    sandbox.switches = replace(sandbox.switches, vies="reject")
    assert api.overlay("customers", "1", Telephone="2").code == (400, 4025)
    sandbox.switches = replace(sandbox.switches, vies="down")
    assert api.overlay("customers", "1", Telephone="3").code == (400, 4100)
    assert sandbox.company.customer("1")["Telephone"] == "1"


def test_put_replaces_what_is_omitted_by_nothing(sandbox: Sandbox, api: Caller) -> None:
    """Null, false, zero or an empty list; only Iban and direct debit keep their value."""
    full = {"EmailAddress": "a@example.com", "Note": "x", "EmailAddresses": ["b@example.com"]}
    kept = {"Iban": "SE45", "IsDirectDebitEnabled": True}
    customer = sandbox.company.add_customer(CustomerNumber="1", DeliveryBasedVat=True, **full, **kept)
    after = api.put(f"customers/{customer['Id']}", GOOD | {"CustomerNumber": "1"}).json
    assert [after[name] for name in full] == [None, None, []]
    assert after["DeliveryBasedVat"] is False
    assert after["DiscountPercentage"] == 0
    assert {name: after[name] for name in kept} == kept
    assert (after["FutureFlag"], after["Risk"]) == (None, None)
    assert after["ChangedUtc"] > customer["ChangedUtc"]


def test_a_whole_get_body_can_be_put_back_unchanged(sandbox: Sandbox, api: Caller) -> None:
    """Read-only keys are ignored, future keys are stored, only the stamp moves."""
    before = sandbox.company.add_customer(CustomerNumber="1", Telephone="08-1")
    text = sandbox.company.raw("1").replace('"UnpaidInvoicesAmount":0.00', '"UnpaidInvoicesAmount":5')
    after = api.put(f"customers/{before['Id']}", text).text
    assert '"Risk":{"Score":0.50,"Tags":["a",null]}' in after
    stamp = sandbox.company.customer("1")["ChangedUtc"]
    assert stamp > before["ChangedUtc"]
    assert after.replace(stamp, before["ChangedUtc"]) == text.replace(":5,", ":0.00,")


def test_an_equal_put_can_leave_the_stamp_alone(sandbox: Sandbox, api: Caller) -> None:
    """A switch: what moves ChangedUtc is unknown."""
    sandbox.switches = replace(sandbox.switches, changed_by_equal_put=False)
    before = sandbox.company.add_customer(CustomerNumber="1")["ChangedUtc"]
    assert api.overlay("customers", "1").json["ChangedUtc"] == before
    assert api.overlay("customers", "1", Telephone="1").json["ChangedUtc"] > before


@pytest.mark.parametrize(
    ("position", "expected"),
    [("keep", "1"), ("null", None), ("renumber", "7")],
)
def test_a_put_without_number_keeps_nulls_or_renumbers(
    sandbox: Sandbox, api: Caller, position: Literal["keep", "null", "renumber"], expected: str | None
) -> None:
    """Unknown in practice, so a client always sends the number back."""
    sandbox.switches = replace(sandbox.switches, omitted_customer_number=position)
    sandbox.company.settings["NextCustomerNumber"] = 7
    customer = sandbox.company.add_customer(CustomerNumber="1")
    assert api.put(f"customers/{customer['Id']}", GOOD).json["CustomerNumber"] == expected


def test_a_put_without_number_can_be_refused(sandbox: Sandbox, api: Caller) -> None:
    """With 2000 and the property's name."""
    sandbox.switches = replace(sandbox.switches, omitted_customer_number="reject")
    customer = sandbox.company.add_customer(CustomerNumber="1")
    assert api.put(f"customers/{customer['Id']}", GOOD).fields == {"CustomerNumber"}


def test_renumbering_by_put_is_allowed_ignored_or_refused(sandbox: Sandbox, api: Caller) -> None:
    """Not forbidden by the schema, unknown in practice; a taken number is always refused."""
    sandbox.company.add_customer(CustomerNumber="1")
    sandbox.company.add_customer(CustomerNumber="9")
    assert api.overlay("customers", "1", CustomerNumber="9").code == (400, 4000)
    assert api.overlay("customers", "1", CustomerNumber="2").json["CustomerNumber"] == "2"
    sandbox.switches = replace(sandbox.switches, renumber_by_put="ignore")
    assert api.overlay("customers", "2", CustomerNumber="3").json["CustomerNumber"] == "2"
    sandbox.switches = replace(sandbox.switches, renumber_by_put="reject")
    assert api.overlay("customers", "2", CustomerNumber="3").code == (400, 4002)
    assert api.overlay("customers", "2", Telephone="1").status == 200


def test_omitted_labels_are_cleared_or_kept(sandbox: Sandbox, api: Caller) -> None:
    """An empty list always clears."""
    labels = [{"Id": str(uuid4()), "Name": "VIP", "Description": None}]
    sandbox.company.add_customer(CustomerNumber="1", CustomerLabels=labels)
    sandbox.switches = replace(sandbox.switches, omitted_labels="keep")
    assert api.overlay("customers", "1", CustomerLabels=None).json["CustomerLabels"] == labels
    assert api.overlay("customers", "1", CustomerLabels=[]).json["CustomerLabels"] == []
    sandbox.company.edit_customer("1", CustomerLabels=labels)
    sandbox.switches = replace(sandbox.switches, omitted_labels="clear")
    assert api.overlay("customers", "1", CustomerLabels=None).json["CustomerLabels"] == []


def test_keys_nobody_knows_are_kept_ignored_or_refused(sandbox: Sandbox, api: Caller) -> None:
    """The server's own future keys are accepted in every position."""
    sandbox.company.add_customer(CustomerNumber="1")
    sandbox.switches = replace(sandbox.switches, unknown_keys="reject")
    assert api.overlay("customers", "1", Hat="red").fields == {"Hat"}
    assert api.overlay("customers", "1").status == 200
    assert api.post("customers", GOOD | {"Hat": "red"}).fields == {"Hat"}
    assert api.post("customers", GOOD | {"FutureFlag": False}).json["FutureFlag"] is False
    sandbox.switches = replace(sandbox.switches, unknown_keys="ignore")
    assert "Hat" not in api.overlay("customers", "1", Hat="red").json
    sandbox.switches = replace(sandbox.switches, unknown_keys="keep")
    assert api.overlay("customers", "1", Hat="red").json["Hat"] == "red"


def test_the_nested_terms_follow_the_id_or_are_stored_verbatim(sandbox: Sandbox, api: Caller) -> None:
    """A copy that was sent back must not win over the id, unless switched so."""
    sandbox.company.add_customer(CustomerNumber="1")
    ten = sandbox.company.terms[2]
    changed = api.overlay("customers", "1", TermsOfPaymentId=ten["Id"].upper())
    assert changed.json["TermsOfPayment"] == ten
    sandbox.switches = replace(sandbox.switches, terms_verbatim=True)
    verbatim = api.overlay("customers", "1", TermsOfPayment={"Name": "mine"})
    assert verbatim.json["TermsOfPayment"] == {"Name": "mine"}


def test_a_missing_customer_is_3000_with_a_switchable_status(sandbox: Sandbox, api: Caller) -> None:
    """For GET, PUT and DELETE alike; an id that is none is refused as such."""
    missing = f"customers/{uuid4()}"
    replies = [api.get(missing), api.put(missing, GOOD), api.delete(missing)]
    assert {reply.code for reply in replies} == {(404, 3000)}
    sandbox.switches = replace(sandbox.switches, missing_status=400)
    assert api.get(missing).code == (400, 3000)
    assert api.get("customers/1001").code == (400, 2000)
