"""Customers through the API: facts §5 and §10.3 to 10.5."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.sandbox.calling import GOOD

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox
    from tests.sandbox.calling import Caller


def test_a_created_customer_is_answered_whole_with_201(sandbox: Sandbox, api: Caller) -> None:
    """POST answers the stored object with id, number and stamp."""
    reply = api.post("customers", GOOD | {"CustomerNumber": "A-7"})
    assert reply.status == 201
    assert reply.text == sandbox.company.raw("A-7")
    assert reply.json["Id"]
    assert reply.json["ChangedUtc"]
    assert reply.json["TermsOfPayment"]["NumberOfDays"] == 30
    assert reply.json["CurrencyCode"] == "SEK"


def test_the_older_status_200_for_a_post_can_be_switched_on(sandbox: Sandbox, api: Caller) -> None:
    """The 2018 schema said 200."""
    sandbox.switches = replace(sandbox.switches, post_status=200)
    assert api.post("customers", GOOD).status == 200


def test_a_number_is_generated_from_the_companys_setting(sandbox: Sandbox, api: Caller) -> None:
    """Taken numbers are passed over, and the setting moves on."""
    sandbox.company.settings["NextCustomerNumber"] = 41
    sandbox.company.add_customer(CustomerNumber="41")
    assert api.post("customers", GOOD).json["CustomerNumber"] == "42"
    assert api.get("companysettings").json["NextCustomerNumber"] == 43


def test_a_taken_number_is_refused_with_4000(sandbox: Sandbox, api: Caller) -> None:
    """The HTTP status is a switch; the code is not."""
    sandbox.company.add_customer(CustomerNumber="1")
    assert api.post("customers", GOOD | {"CustomerNumber": "1"}).code == (400, 4000)
    sandbox.switches = replace(sandbox.switches, duplicate_status=409)
    assert api.post("customers", GOOD | {"CustomerNumber": "1"}).code == (409, 4000)
    assert len(sandbox.company.customers()) == 1


@pytest.mark.parametrize("name", ["Name", "InvoiceCity", "InvoicePostalCode", "TermsOfPaymentId"])
def test_a_required_property_must_be_there(api: Caller, name: str) -> None:
    """Missing, null and empty are all refused with 2000 and the property's name."""
    for body in ({key: value for key, value in GOOD.items() if key != name}, GOOD | {name: None}, GOOD | {name: " "}):
        reply = api.post("customers", body)
        assert reply.code == (400, 2000)
        assert reply.fields == {name}


def test_empty_texts_can_satisfy_a_required_property(sandbox: Sandbox, api: Caller) -> None:
    """A switch, because the schema's minimum length is 0."""
    sandbox.switches = replace(sandbox.switches, required_accepts_empty=True)
    assert api.post("customers", GOOD | {"InvoiceCity": ""}).status == 201
    assert api.post("customers", GOOD | {"InvoiceCity": None}).fields == {"InvoiceCity"}


def test_a_missing_boolean_means_false_or_is_refused(sandbox: Sandbox, api: Caller) -> None:
    """A client that forgets IsActive makes an inactive customer."""
    body = {key: value for key, value in GOOD.items() if key != "IsActive"}
    assert api.post("customers", body).json["IsActive"] is False
    sandbox.switches = replace(sandbox.switches, missing_bool="reject")
    assert api.post("customers", body).fields == {"IsActive"}


@pytest.mark.parametrize(
    ("name", "length"),
    [("Name", 50), ("CustomerNumber", 16), ("InvoicePostalCode", 10), ("Telephone", 50), ("Note", 4000)],
)
def test_a_text_may_be_as_long_as_its_limit(api: Caller, name: str, length: int) -> None:
    """One character more is refused, nothing is cut."""
    assert api.post("customers", GOOD | {name: "x" * length}).json[name] == "x" * length
    reply = api.post("customers", GOOD | {name: "x" * (length + 1)})
    assert reply.code == (400, 2000)
    assert reply.fields == {name}
    assert f"maximum length of {length}" in reply.json["Errors"][0]["Message"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Name", 5),
        ("IsActive", "true"),
        ("IsActive", None),
        ("WebshopCustomerNumber", True),
        ("WebshopCustomerNumber", 2**40),
        ("PropertyType", 3),
        ("DiscountPercentage", 1.5),
        ("DiscountPercentage", 0.12345),
        ("DiscountPercentage", "0.1"),
        ("TermsOfPaymentId", "thirty days"),
        ("SalesPriceListId", "no id"),
        ("AutoInvoiceActivationEmailSentDate", "yesterday"),
        ("DirectDebitCustomerSettings", []),
        ("CustomerLabels", {}),
        ("EmailAddresses", "a@example.com"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused(api: Caller, name: str, value: object) -> None:
    """With 2000 and the property's name."""
    reply = api.post("customers", GOOD | {name: value})
    assert reply.code == (400, 2000)
    assert reply.fields == {name}


@pytest.mark.parametrize("body", ["", "{", "[1]", "NaN", '{"Name": NaN}', "[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(api: Caller, body: str) -> None:
    """With 2000, not with a crash."""
    assert api("POST", "customers", body).code == (400, 2000)


def test_all_errors_come_at_once(api: Caller) -> None:
    """A client can show every field at fault."""
    reply = api.post("customers", {"Name": "x" * 51, "Telephone": "1" * 51})
    assert reply.fields == {"Name", "Telephone", "InvoiceCity", "InvoicePostalCode", "TermsOfPaymentId"}
    assert set(reply.json["Errors"][0]) == {"Field", "ErrorCode", "Message", "Key"}
    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"ReverseChargeOnConstructionServices": True}, 2000, "VatNumber"),
        ({"ForceBookkeepVat": True, "InvoiceCountryCode": "DE"}, 4035, None),
        ({"DeliveryBasedVat": True, "DeliveryCity": "Oslo"}, 2000, "DeliveryBasedVat"),
        ({"EmailAddresses": ["a@example.com"]}, 2000, "EmailAddress"),
        ({"EmailAddress": "a@example.com", "EmailAddresses": ["b@example.com"] * 6}, 2000, "EmailAddresses"),
        ({"CustomerLabels": [{"Name": "x" * 51}]}, 2000, "CustomerLabels.Name"),
        ({"CustomerLabels": ["VIP"]}, 2000, "CustomerLabels."),
        ({"TermsOfPaymentId": str(uuid4())}, 3000, None),
        ({"TermsOfPaymentId": "00000000-0000-4000-8000-000000000045"}, 4002, None),
        ({"VatNumber": "556036079301"}, 4025, None),
    ],
)
def test_properties_that_contradict_each_other_are_refused(
    api: Caller, changes: dict[str, object], code: int, field: str | None
) -> None:
    """The rules of facts §5.2."""
    reply = api.post("customers", GOOD | changes)
    assert reply.code == (400, code)
    assert field is None or reply.fields == {field}


def test_properties_that_fit_each_other_are_accepted(api: Caller) -> None:
    """The same rules, kept."""
    fitting = {
        "ReverseChargeOnConstructionServices": True,
        "VatNumber": "SE556036079301",
        "EmailAddress": "a@example.com",
        "EmailAddresses": ["b@example.com"],
        "CustomerLabels": [{"Name": "VIP"}],
        "DirectDebitCustomerSettings": {"MandateId": "M1", "Unknown": 1},
    }
    reply = api.post("customers", GOOD | fitting)
    assert reply.status == 201
    assert reply.json["CustomerLabels"][0]["Id"]
    assert reply.json["DirectDebitCustomerSettings"]["MandateId"] == "M1"
    assert "Unknown" not in reply.json["DirectDebitCustomerSettings"]


def test_future_keys_can_be_left_out(sandbox: Sandbox, api: Caller) -> None:
    """For comparing answers with the published schemas."""
    sandbox.switches = replace(sandbox.switches, add_future_fields=False, unknown_keys="reject")
    assert "Risk" not in sandbox.company.add_customer(CustomerNumber="1")
    assert "Risk" not in api.post("customers", GOOD).json
    assert api.post("customers", GOOD | {"FutureFlag": True}).fields == {"FutureFlag"}


def test_texts_can_come_back_trimmed(sandbox: Sandbox, api: Caller) -> None:
    """A client must notice that the answer differs from what it sent."""
    assert api.post("customers", GOOD | {"Note": " x "}).json["Note"] == " x "
    sandbox.switches = replace(sandbox.switches, trim_text=True)
    assert api.post("customers", GOOD | {"Note": " x "}).json["Note"] == "x"


def test_solo_companies_have_a_rule_of_their_own(sandbox: Sandbox, api: Caller) -> None:
    """Properties that the variant lacks are refused, when the switch is on."""
    sandbox.company.settings["ProductVariant"] = 4
    labelled = GOOD | {"CustomerLabels": [{"Name": "VIP"}]}
    assert api.post("customers", labelled).status == 201
    sandbox.switches = replace(sandbox.switches, solo_rule=True)
    assert api.post("customers", labelled).fields == {"CustomerLabels"}
    assert api.post("customers", GOOD).status == 201


def test_a_customer_with_documents_cannot_be_deleted(sandbox: Sandbox, api: Caller) -> None:
    """4001; without documents it is gone without a trace."""
    id_ = sandbox.company.add_customer(CustomerNumber="1")["Id"]
    order = sandbox.company.add_order("1")
    assert api.delete(f"customers/{id_}").code == (400, 4001)
    sandbox.company.delete_document(order["Id"])
    reply = api.delete(f"customers/{id_}")
    assert (reply.status, reply.text) == (200, "")
    assert api.get(f"customers/{id_}").code == (404, 3000)
    assert api.get("customers").json["Meta"]["TotalNumberOfResults"] == 0


def test_a_customer_has_no_recipients_of_electronic_invoices(sandbox: Sandbox, api: Caller) -> None:
    """An empty list in the usual envelope, for customers that exist."""
    id_ = sandbox.company.add_customer(CustomerNumber="1")["Id"]
    assert api.get(f"customers/{id_}/autoinvoicerecipients").rows == []
    assert api.get(f"customers/{uuid4()}/autoinvoicerecipients").code == (404, 3000)


def test_there_is_no_patch_and_no_other_path(sandbox: Sandbox, api: Caller) -> None:
    """405 for a method and 404 for a path that does not exist."""
    id_ = sandbox.company.add_customer(CustomerNumber="1")["Id"]
    assert api("PATCH", f"customers/{id_}", {}).status == 405
    assert api.delete("customers").status == 405
    assert api.post("users", {}).status == 405
    assert {api.get(path).status for path in ("hats", f"customers/{id_}/hats", "customers/1/2/3")} == {404}
