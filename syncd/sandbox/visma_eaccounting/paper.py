"""How a document is made: what it takes from its customer, and when it gets a number."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from syncd.sandbox.visma_eaccounting.books import (
    CUSTOMERS,
    INVOICE_DRAFTS,
    ORDERS,
    QUOTE_DRAFTS,
    QUOTES,
    TABLES,
)

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.books import Books
    from syncd.sandbox.visma_eaccounting.fields import Fields

DOCUMENT_DATE = "2026-01-15T00:00:00Z"
DUE_DATE = "2026-02-14T00:00:00Z"


def new_document(company: Books, kind: str, customer: Fields) -> Fields:
    """A document that holds nothing but what its customer says."""
    fields: Fields = {prop.name: prop.empty() for prop in TABLES[kind]}
    fields |= about_customer(company, kind, customer)
    for prop in TABLES[kind]:
        if prop.from_customer:
            fields[prop.name] = from_customer(prop.name, customer)
        elif prop.name == "ContributionMargin":
            fields[prop.name] = {"Amount": None, "Percentage": None}
        elif prop.name in ("QuoteDate", "DueDate"):
            fields[prop.name] = DOCUMENT_DATE if prop.name == "QuoteDate" else DUE_DATE
    fields |= {"Id": str(uuid4()), "CreatedUtc": company.world.clock.server_time()}
    if company.world.switches.add_future_fields:
        fields["FutureFlag"] = True
    return fields


def about_customer(company: Books, kind: str, customer: Fields) -> Fields:
    """The read-only copies that a document holds of its customer."""
    copies = {
        "CustomerId": customer["Id"],
        "CustomerNumber": customer["CustomerNumber"],
        "CustomerName": customer["Name"],
        "CustomerIsPrivatePerson": customer["IsPrivatePerson"],
    }
    if kind == INVOICE_DRAFTS:  # derived, whatever is sent (facts §8, measured)
        name = "ReverseChargeOnConstructionServices"
        copies[name] = customer[name]
    if kind in (QUOTES, QUOTE_DRAFTS):
        copies["TermsOfPayment"] = company.term(customer["TermsOfPaymentId"]) or {}
        copies["CurrencyCode"] = customer["CurrencyCode"]
    else:
        copies["TermsOfPaymentId"] = customer["TermsOfPaymentId"]
    return copies


def from_customer(name: str, customer: Fields) -> object:
    """The value an address line of a document takes from the customer."""
    value: object = customer["Name" if name == "InvoiceCustomerName" else name]
    return value


def number_document(company: Books, kind: str, document: Fields, given: Fields) -> None:
    """Number an order or quote; drafts have none (facts §8, measured)."""
    setting = {ORDERS: "NextOrderNumber", QUOTES: "NextQuoteNumber"}.get(kind)
    is_draft = document.get("Status") == (1 if kind == ORDERS else 0)
    if setting and "Number" not in given and not is_draft:
        document["Number"] = company.running(setting)


def touch_customer(company: Books, id_: str) -> None:
    """Let a new document move its customer's change stamp, if the switch says so."""
    record = company.records[CUSTOMERS].get(id_)
    if record and company.world.switches.changed_by_document:
        company.store(CUSTOMERS, record.fields())
