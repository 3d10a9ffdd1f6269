"""Orders, invoice drafts, quotes and quote drafts: facts §6 and §8."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox
    from tests.sandbox.calling import Caller, Reply

Position: TypeAlias = Literal["keep", "company_default", "user_name"]
KINDS = ("orders", "customerinvoicedrafts", "quotes", "quotedrafts")
STAMPED = ("orders", "quotes", "quotedrafts")
REQUIRED: dict[str, dict[str, object]] = {
    "orders": {"CurrencyCode": "SEK", "OrderDate": "2026-03-01", "Status": 2},
    "customerinvoicedrafts": {},
    "quotes": {"QuoteDate": "2026-03-01", "DueDate": "2026-04-01"},
    "quotedrafts": {"QuoteDate": "2026-03-01", "DueDate": "2026-04-01"},
}


def reference(kind: str) -> str:
    return "CompanyReference" if kind.startswith("quote") else "OurReference"


@pytest.fixture
def customer(sandbox: Sandbox) -> str:
    """The id of a customer with an address."""
    fields = {"InvoiceAddress1": "Ängsvägen 1", "DeliveryCity": "Umeå", "Name": "Köparen AB"}
    return str(sandbox.company.add_customer(CustomerNumber="1", **fields)["Id"])


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize("kind", KINDS)
def test_documents_are_listed_and_read(sandbox: Sandbox, api: Caller, kind: str) -> None:
    """The list and the single answer hold the same text."""
    document = sandbox.company.add_document(kind, "1")
    text = api.get(f"{kind}/{document['Id']}").text
    assert text == sandbox.company.raw(document["Id"])
    assert text in api.get(kind).text
    assert json.loads(text)["CustomerName"] == "Köparen AB"
    assert sandbox.company.documents(kind)[0]["Id"] == document["Id"]


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize("kind", KINDS)
def test_a_reference_is_set_by_putting_everything_back(sandbox: Sandbox, api: Caller, kind: str) -> None:
    """Nothing else changes but the change stamp; the limit is 100 characters."""
    id_ = sandbox.company.add_document(kind, "1")["Id"]
    name, before = reference(kind), json.loads(sandbox.company.raw(id_))
    after = api.overlay(kind, id_, **{name: "Eva Ek"})
    expected = before | {name: "Eva Ek"}
    stamp = {"ModifiedUtc": after.json["ModifiedUtc"]} if kind in STAMPED else {}
    assert after.json == expected | stamp
    assert api.overlay(kind, id_, **{name: "x" * 101}).fields == {name}


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize("kind", STAMPED)
def test_a_change_moves_modifiedutc(sandbox: Sandbox, api: Caller, kind: str) -> None:
    """And the document is found by it."""
    document = sandbox.company.add_document(kind, "1")
    after = api.overlay(kind, document["Id"]).json
    assert after["ModifiedUtc"] > document["ModifiedUtc"]
    found = api.get(kind, _filter=f"ModifiedUtc ge {after['ModifiedUtc']}").rows
    assert [row["Id"] for row in found] == [document["Id"]]


@pytest.mark.usefixtures("customer")
def test_invoice_drafts_carry_no_change_stamp(sandbox: Sandbox, api: Caller) -> None:
    """So they cannot be asked for by it."""
    sandbox.company.add_invoice_draft("1")
    assert "ModifiedUtc" not in api.get("customerinvoicedrafts").rows[0]
    assert api.get("customerinvoicedrafts", _filter="ModifiedUtc ge 2026-01-01").code == (400, 6000)


def test_documents_are_found_by_their_customer(sandbox: Sandbox, api: Caller, customer: str) -> None:
    """By its id, with or without quotes, and by status."""
    sandbox.company.add_customer(CustomerNumber="2")
    order = sandbox.company.add_order("1", Status=2)
    sandbox.company.add_order("2", Status=3)
    for text in (f"CustomerId eq {customer.upper()}", f"CustomerId eq '{customer}'", "Status eq 2", "Status lt 3"):
        assert [row["Id"] for row in api.get("orders", _filter=text).rows] == [order["Id"]]


def test_a_status_may_be_negative_in_a_filter(api: Caller) -> None:
    """It is a number like any other."""
    assert api.get("orders", _filter="Status gt -1").rows == []


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize(
    ("kind", "status"),
    [("orders", 3), ("orders", 4), ("quotes", 2), ("quotes", 3), ("quotes", 4)],
)
def test_a_closed_document_refuses_changes(sandbox: Sandbox, api: Caller, kind: str, status: int) -> None:
    """Shipped, invoiced, approved and converted ones answer 4002, and 4001 to DELETE."""
    document = sandbox.company.add_document(kind, "1", Status=status)
    assert api.overlay(kind, document["Id"]).code == (400, 4002)
    assert api.delete(f"{kind}/{document['Id']}").code == (400, 4001)


@pytest.mark.usefixtures("customer")
def test_an_order_cannot_be_invoiced_by_put(sandbox: Sandbox, api: Caller) -> None:
    """There is an address of its own for that; out of range is refused as such."""
    order = sandbox.company.add_order("1", Status=1)["Id"]
    assert api.overlay("orders", order, Status=4).code == (400, 4002)
    assert api.overlay("orders", order, Status=5).fields == {"Status"}
    assert api.overlay("orders", order, Status=None).fields == {"Status"}
    assert api.overlay("orders", order, Status=2).json["Status"] == 2


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize("kind", KINDS)
def test_an_open_document_can_be_deleted(sandbox: Sandbox, api: Caller, kind: str) -> None:
    """Afterwards it is not found."""
    id_ = sandbox.company.add_document(kind, "1")["Id"]
    assert api.delete(f"{kind}/{id_}").status == 200
    assert api.get(f"{kind}/{id_}").code == (404, 3000)
    assert put_missing(api, kind).code == (404, 3000)


def put_missing(api: Caller, kind: str) -> Reply:
    return api.put(f"{kind}/{uuid4()}", {})


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_created_with_what_its_customer_says(
    sandbox: Sandbox, api: Caller, customer: str, kind: str
) -> None:
    """Empty address lines are filled; orders and quotes get a number, drafts none."""
    reply = api.post(kind, REQUIRED[kind] | {"CustomerId": customer})
    assert reply.status == 201
    made = reply.json
    assert (made["InvoiceAddress1"], made["DeliveryCity"]) == ("Ängsvägen 1", "Umeå")
    assert made["CustomerNumber"] == "1"
    assert made.get("Number") == {"orders": 1, "quotes": 1}.get(kind)
    assert made["FutureFlag"] is True
    assert reply.text == sandbox.company.raw(made["Id"])


@pytest.mark.usefixtures("customer")
def test_a_draft_of_an_order_has_no_number(sandbox: Sandbox) -> None:
    """Nor has a quote in status draft (measured)."""
    assert sandbox.company.add_order("1", Status=1)["Number"] is None
    assert sandbox.company.add_quote("1", Status=0)["Number"] is None
    assert sandbox.company.add_quote_draft("1")["Number"] is None
    assert sandbox.company.add_order("1", Number=77)["Number"] == 77


def test_a_document_needs_an_existing_customer(api: Caller) -> None:
    """3000 for one that is not there, 2000 for none."""
    body = REQUIRED["orders"] | {"CustomerId": str(uuid4())}
    assert api.post("orders", body).code == (400, 3000)
    assert api.post("orders", REQUIRED["orders"]).fields == {"CustomerId"}


def test_rows_are_replaced_and_checked(api: Caller, customer: str) -> None:
    """Known rows keep their id and read-only values, new ones get an id, others go."""
    row = {"LineNumber": 1, "IsTextRow": True, "Text": "Rad", "IsWorkCost": False}
    row["EligibleForReverseChargeOnVat"] = False
    person = {"Ssn": "19800101-9802", "Amount": 1}
    body = REQUIRED["orders"] | {"CustomerId": customer, "Rows": [row, row], "Persons": [person]}
    order = api.post("orders", body).json
    first, second = order["Rows"]
    assert first["Id"] != second["Id"]
    after = api.overlay("orders", order["Id"], Rows=[second | {"VatRate": 9}, row]).json
    assert after["Rows"][0] == second
    assert after["Rows"][1]["Id"] not in (first["Id"], second["Id"])
    assert after["Persons"][0]["Id"] == order["Persons"][0]["Id"]
    wrong = api.overlay("orders", order["Id"], Rows=[row | {"Text": "x" * 2001}])
    assert wrong.fields == {"Rows.Text"}
    wrong = api.overlay("orders", order["Id"], Persons=[{"Ssn": 5}])
    assert wrong.fields == {"Persons.Ssn"}


def test_put_replaces_what_is_omitted_by_nothing(sandbox: Sandbox, api: Caller, customer: str) -> None:
    """Writable texts become null, address lines come from the customer, future keys are lost."""
    order = sandbox.company.add_order("1", YourReference="Nils", InvoiceAddress1="Annan väg 2")
    after = api.put(f"orders/{order['Id']}", REQUIRED["orders"] | {"CustomerId": customer}).json
    assert after["YourReference"] is None
    assert after["InvoiceAddress1"] == "Ängsvägen 1"
    assert after["FutureFlag"] is None
    assert after["Number"] == order["Number"]


def test_terms_stay_with_the_document(sandbox: Sandbox, api: Caller, customer: str) -> None:
    """An order's by id, a quote's as a copy whose id can be chosen."""
    ten = sandbox.company.terms[2]
    order = sandbox.company.add_order("1", TermsOfPaymentId=ten["Id"])
    assert api.overlay("orders", order["Id"]).json["TermsOfPaymentId"] == ten["Id"]
    body = REQUIRED["quotes"] | {"CustomerId": customer, "TermsOfPayment": {"Id": ten["Id"]}}
    assert api.post("quotes", body).json["TermsOfPayment"] == ten


@pytest.mark.usefixtures("customer")
def test_reverse_charge_on_a_draft_comes_from_the_customer(sandbox: Sandbox, api: Caller) -> None:
    """Sent true, it comes back false (measured)."""
    draft = sandbox.company.add_invoice_draft("1")
    name = "ReverseChargeOnConstructionServices"
    after = api.overlay("customerinvoicedrafts", draft["Id"], **{name: True})
    assert after.json[name] is False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("position", "expected"),
    [("keep", None), ("company_default", "Kontoret"), ("user_name", "Eva Ekonomsson")],
)
def test_an_empty_reference_stays_or_is_filled(
    sandbox: Sandbox, api: Caller, customer: str, kind: str, position: Position, expected: str | None
) -> None:
    """On POST and PUT; a reference that was sent is never touched."""
    sandbox.switches = replace(sandbox.switches, empty_our_reference=position)
    name = reference(kind)
    made = api.post(kind, REQUIRED[kind] | {"CustomerId": customer}).json
    assert made[name] == expected
    assert api.overlay(kind, made["Id"], **{name: "Nils"}).json[name] == "Nils"
    assert api.overlay(kind, made["Id"], **{name: None}).json[name] == expected


@pytest.mark.usefixtures("customer")
def test_unknown_keys_on_documents_can_be_refused(sandbox: Sandbox, api: Caller) -> None:
    """The server's own future key is accepted."""
    sandbox.switches = replace(sandbox.switches, unknown_keys="reject")
    order = sandbox.company.add_order("1")["Id"]
    assert api.overlay("orders", order).json["FutureFlag"] is True
    assert api.overlay("orders", order, Hat=1).fields == {"Hat"}


@pytest.mark.usefixtures("customer")
def test_a_document_can_move_its_customers_stamp(sandbox: Sandbox) -> None:
    """A switch: whether invoicing counts as a change of the customer is unknown."""
    before = sandbox.company.customer("1")["ChangedUtc"]
    sandbox.company.add_order("1")
    assert sandbox.company.customer("1")["ChangedUtc"] == before
    sandbox.switches = replace(sandbox.switches, changed_by_document=True)
    sandbox.company.add_order("1")
    assert sandbox.company.customer("1")["ChangedUtc"] > before
