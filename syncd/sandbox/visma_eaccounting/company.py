"""A company and the people who work in it: edits that do not come through the API.

People are not held to the API's rules: they can leave a number out or give it twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from syncd.sandbox.visma_eaccounting import customer_fields
from syncd.sandbox.visma_eaccounting.books import (
    CUSTOMERS,
    DOCUMENTS,
    INVOICE_DRAFTS,
    ORDERS,
    QUOTE_DRAFTS,
    QUOTES,
    Books,
    NoSuchRecordError,
)
from syncd.sandbox.visma_eaccounting.fields import ZERO
from syncd.sandbox.visma_eaccounting.paper import (
    DOCUMENT_DATE,
    DUE_DATE,
    new_document,
    number_document,
    touch_customer,
)

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.fields import Fields
    from syncd.sandbox.visma_eaccounting.records import Record

ORDER_ONGOING = 2
QUOTE_ONGOING = 1


def empty_customer(company: Books) -> Fields:
    """A customer of whom nothing is known."""
    fields = {prop.name: prop.empty() for prop in customer_fields.CUSTOMER}
    fields["DirectDebitCustomerSettings"] = customer_fields.no_direct_debit()
    fields["CurrencyCode"] = company.settings["CurrencyCode"]
    return fields | {"Iban": "", "IsDirectDebitEnabled": False, "IsFutureInvoiceDateAllowed": True}


def is_labels_only(fields: Fields) -> bool:
    """Whether an edit touches labels and nothing else."""
    return set(fields) == {"CustomerLabels"}


class Company(Books):
    """One company; every method is something a person does in the program."""

    def add_customer(self, **fields: Any) -> Fields:  # noqa: ANN401  JSON values
        """Enter a customer; what is not given gets a sensible value, ``None`` stays null."""
        with self.lock:
            customer = empty_customer(self) | self._likely_customer()
            if self.world.switches.add_future_fields:
                customer |= customer_fields.future()
            if "CustomerNumber" not in fields:
                fields["CustomerNumber"] = self.next_number()
            customer |= fields
            self._nest_terms(customer, fields)
            self.store(CUSTOMERS, customer, stamp="ChangedUtc" not in fields)
            return customer

    def edit_customer(self, number_or_id: str, **fields: Any) -> Fields:  # noqa: ANN401
        """Change some fields of a customer."""
        with self.lock:
            customer = self._customer(number_or_id).fields() | fields
            self._nest_terms(customer, fields)
            quiet = is_labels_only(fields) and not self.world.switches.changed_by_label_edit
            self.store(CUSTOMERS, customer, stamp=not quiet and "ChangedUtc" not in fields)
            return customer

    def delete_customer(self, number_or_id: str) -> None:
        """Remove a customer; documents are not looked at."""
        with self.lock:
            self.records[CUSTOMERS].drop(self._customer(number_or_id).id)

    def customer(self, number_or_id: str) -> Fields:
        """A customer as it stands."""
        return self._customer(number_or_id).fields()

    def customers(self) -> list[Fields]:
        """All customers as they stand, oldest first."""
        return [record.fields() for record in self.records[CUSTOMERS]]

    def raw(self, number_or_id: str) -> str:
        """The exact text that a GET of the customer or document would answer."""
        with self.lock:
            document = self._find_document(number_or_id)
            return document[1].text if document else self._customer(number_or_id).text

    def add_order(self, customer: str, **fields: Any) -> Fields:  # noqa: ANN401
        """Enter an order, ongoing and numbered unless said otherwise."""
        start = {"OrderDate": DOCUMENT_DATE, "Status": ORDER_ONGOING}
        start["CurrencyCode"] = self.settings["CurrencyCode"]
        return self._add(ORDERS, customer, start, fields)

    def add_invoice_draft(self, customer: str, **fields: Any) -> Fields:  # noqa: ANN401
        """Enter an invoice draft."""
        start = {"InvoiceDate": DOCUMENT_DATE, "DueDate": DUE_DATE}
        start["InvoiceCurrencyCode"] = self.settings["CurrencyCode"]
        return self._add(INVOICE_DRAFTS, customer, start, fields)

    def add_quote(self, customer: str, **fields: Any) -> Fields:  # noqa: ANN401
        """Enter a quote, ongoing and numbered unless said otherwise."""
        return self._add(QUOTES, customer, {"Status": QUOTE_ONGOING}, fields)

    def add_quote_draft(self, customer: str, **fields: Any) -> Fields:  # noqa: ANN401
        """Enter a quote draft, which has no number yet."""
        return self._add(QUOTE_DRAFTS, customer, {"Status": 0}, fields)

    def add_document(self, kind: str, customer: str, **fields: Any) -> Fields:  # noqa: ANN401
        """Enter a document of a kind named as in the API."""
        add = {
            ORDERS: self.add_order,
            INVOICE_DRAFTS: self.add_invoice_draft,
            QUOTES: self.add_quote,
            QUOTE_DRAFTS: self.add_quote_draft,
        }
        return add[kind](customer, **fields)

    def document(self, id_: str) -> Fields:
        """A document as it stands."""
        return self._document(id_)[1].fields()

    def documents(self, kind: str) -> list[Fields]:
        """All documents of a kind, named as in the API: orders, quotedrafts ..."""
        return [record.fields() for record in self.records[kind]]

    def edit_document(self, id_: str, **fields: Any) -> Fields:  # noqa: ANN401
        """Change some fields of a document."""
        with self.lock:
            kind, record = self._document(id_)
            document = record.fields() | fields
            self.store(kind, document, stamp="ModifiedUtc" not in fields)
            return document

    def delete_document(self, id_: str) -> None:
        """Remove a document; an invoice draft that is booked also leaves the drafts."""
        with self.lock:
            kind, record = self._document(id_)
            self.records[kind].drop(record.id)

    def _likely_customer(self) -> Fields:
        return {
            "Id": str(uuid4()),
            "Name": "Kunden AB",
            "InvoiceCity": "Stockholm",
            "InvoicePostalCode": "111 22",
            "InvoiceCountryCode": self.settings["CountryCode"],
            "TermsOfPaymentId": self.settings["TermsOfPaymentId"],
            "IsActive": True,
            "UnpaidInvoicesAmount": ZERO,
        }

    def _nest_terms(self, customer: Fields, given: Fields) -> None:
        if "TermsOfPayment" not in given:
            customer["TermsOfPayment"] = self.term(customer["TermsOfPaymentId"]) or {}

    def _customer(self, number_or_id: str) -> Record:
        records = self.records[CUSTOMERS]
        record = records.get(number_or_id)
        found = [record] if record else records.find(number_or_id)
        if not found:
            raise NoSuchRecordError("customer", number_or_id)
        return found[0]

    def _find_document(self, id_: str) -> tuple[str, Record] | None:
        found = ((kind, self.records[kind].get(id_)) for kind in DOCUMENTS)
        return next(((kind, record) for kind, record in found if record), None)

    def _document(self, id_: str) -> tuple[str, Record]:
        found = self._find_document(id_)
        if found is None:
            raise NoSuchRecordError("document", id_)
        return found

    def _add(self, kind: str, customer: str, start: Fields, fields: Fields) -> Fields:
        with self.lock:
            document = new_document(self, kind, self._customer(customer).fields()) | start
            document |= fields
            number_document(self, kind, document, fields)
            self.store(kind, document, stamp="ModifiedUtc" not in fields)
            touch_customer(self, document["CustomerId"])
            return document
