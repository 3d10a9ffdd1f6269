"""``/customers``: what the API does and refuses (facts §5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, assert_never
from uuid import uuid4

from syncd.sandbox.visma_eaccounting import errors, validation
from syncd.sandbox.visma_eaccounting.books import CUSTOMERS
from syncd.sandbox.visma_eaccounting.company import empty_customer
from syncd.sandbox.visma_eaccounting.customer_fields import (
    CUSTOMER,
    LABEL,
    future,
    no_direct_debit,
)
from syncd.sandbox.visma_eaccounting.errors import ApiError, InvalidError

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.company import Company
    from syncd.sandbox.visma_eaccounting.fields import Fields
    from syncd.sandbox.visma_eaccounting.records import Record

EU = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
SOLO = 4
MOST_ADDRESSES = 5
NOT_IN_SOLO = ("CustomerLabels", "DiscountAgreementId", "SalesPriceListId")
_VAT_NUMBER = re.compile(r"[A-Za-z]{2}[A-Za-z0-9]{8,12}")
_NOT_DIGIT = re.compile(r"\D")


def stored(company: Company, id_: str) -> Record:
    """The customer with this id, or the refusal for a missing one."""
    record = company.records[CUSTOMERS].get(id_.lower())
    if record is None:
        status = company.world.switches.missing_status
        raise ApiError(status, errors.NOT_FOUND, "ResourceNotFoundException - Customer not found.")
    return record


def create(company: Company, body: Fields) -> str:
    """POST: a number is generated when none is given; a duplicate is refused (4000)."""
    _check(company, body, {})
    fields = empty_customer(company)
    fields |= validation.replaced(CUSTOMER, body, {}, company.world.switches)
    fields["Id"] = str(uuid4())
    fields["Iban"] = fields["Iban"] or ""
    fields["IsDirectDebitEnabled"] = bool(fields["IsDirectDebitEnabled"])
    if company.world.switches.add_future_fields:
        fields |= {name: body.get(name, value) for name, value in future().items()}
    _complete(company, fields, body, {})
    fields["CustomerNumber"] = fields["CustomerNumber"] or company.next_number()
    _check_unique(company, fields)
    return company.store(CUSTOMERS, fields).text


def replace(company: Company, id_: str, body: Fields) -> str:
    """PUT: the whole customer is replaced by what is sent (facts §5.3, measured)."""
    before = stored(company, id_).fields()
    _check(company, body, before)
    fields = validation.replaced(CUSTOMER, body, before, company.world.switches)
    _complete(company, fields, body, before)
    fields["CustomerNumber"] = _number_after(company, body, before)
    _check_unique(company, fields)
    changed = fields != before
    stamp = changed or company.world.switches.changed_by_equal_put
    return company.store(CUSTOMERS, fields, stamp=stamp).text


def delete(company: Company, id_: str) -> None:
    """DELETE: only without linked documents (else 4001); nothing tells of it afterwards."""
    record = stored(company, id_)
    if company.has_documents(record.id):
        raise ApiError(400, errors.NOT_DELETABLE)
    company.records[CUSTOMERS].drop(record.id)


def _number_after(company: Company, body: Fields, before: Fields) -> str | None:
    """What the number becomes by a PUT: sent, omitted or altered (facts §5.2, unknown)."""
    switches = company.world.switches
    sent, had = body.get("CustomerNumber"), before["CustomerNumber"]
    if not sent:
        return _number_omitted(company, had)
    if sent == had or switches.renumber_by_put == "allow":
        return str(sent)
    if switches.renumber_by_put == "reject":
        raise ApiError(400, errors.NOT_ALLOWED_NOW)
    return str(had)


def _number_omitted(company: Company, had: str | None) -> str | None:
    match company.world.switches.omitted_customer_number:
        case "keep":
            return had
        case "null":
            return None
        case "renumber":
            return company.next_number()
        case "reject":
            raise InvalidError.one("CustomerNumber", "The CustomerNumber field is required.")
        case position:
            assert_never(position)


def _check(company: Company, body: Fields, before: Fields) -> None:
    switches = company.world.switches
    validation.check(CUSTOMER, body, switches)
    known = before or (future() if switches.add_future_fields else {})
    validation.check_unknown(CUSTOMER, body, known, switches)
    for label in body.get("CustomerLabels") or []:
        validation.check(LABEL, label, switches, "CustomerLabels.")
    _check_together(body)
    _check_vat(company, body)
    _check_solo(company, body)
    _check_terms(company, body["TermsOfPaymentId"])


def _check_together(body: Fields) -> None:
    """Rules that tie properties to each other (facts §5.1, §5.2)."""
    if body.get("ReverseChargeOnConstructionServices") and not body.get("VatNumber"):
        text = "VatNumber can not be null or empty when using ReverseChargeOnConstructionServices"
        raise InvalidError.one("VatNumber", text)
    if body.get("ForceBookkeepVat") and body.get("InvoiceCountryCode") in EU:
        raise ApiError(400, errors.FORCED_VAT)
    needed = ("DeliveryCity", "DeliveryCountryCode", "DeliveryPostalCode")
    if body.get("DeliveryBasedVat") and not all(body.get(name) for name in needed):
        raise InvalidError.one("DeliveryBasedVat", f"DeliveryBasedVat needs {', '.join(needed)}.")
    copies = body.get("EmailAddresses") or []
    if len(copies) > MOST_ADDRESSES or not all(isinstance(one, str) for one in copies):
        raise InvalidError.one("EmailAddresses", "A maximum of 5 email addresses can be provided.")
    if copies and not body.get("EmailAddress"):
        raise InvalidError.one("EmailAddress", "EmailAddresses require EmailAddress.")


def _check_vat(company: Company, body: Fields) -> None:
    """VAT numbers are checked with VIES on every POST and PUT (facts §5.2)."""
    number = body.get("VatNumber")
    if not number:
        return
    mode = company.world.switches.vies
    if mode == "down":
        raise ApiError(400, errors.EXTERNAL)
    if mode == "reject" or not _VAT_NUMBER.fullmatch(number):
        raise ApiError(400, errors.VAT_NUMBER)


def _check_solo(company: Company, body: Fields) -> None:
    if not company.world.switches.solo_rule or company.settings["ProductVariant"] != SOLO:
        return
    found = [errors.field_error(name, f"{name} is not available in Solo.") for name in NOT_IN_SOLO if body.get(name)]
    if found:
        raise InvalidError(*found)


def _check_terms(company: Company, id_: object) -> None:
    term = company.term(id_)
    if term is None:
        text = "ResourceNotFoundException - Terms of payment not found."
        raise ApiError(400, errors.NOT_FOUND, text)
    if not term["AvailableForSales"]:
        raise ApiError(400, errors.NOT_ALLOWED_NOW)


def _check_unique(company: Company, fields: Fields) -> None:
    """One customer per number, and per organisation number where the switch says so."""
    records = company.records[CUSTOMERS]
    number = fields["CustomerNumber"]
    taken = [one for one in records.find(number) if one.id != fields["Id"]]
    if number and taken:
        _refuse_duplicate(company, f"A customer with number {number} exists already.")
    organisation = _digits(fields["CorporateIdentityNumber"])
    if not organisation or not company.world.switches.unique_org_number:
        return
    place = records.places["CorporateIdentityNumber"]
    same = (one for one in records if _digits(one.values[place]) == organisation)
    if any(one.id != fields["Id"] for one in same):
        _refuse_duplicate(company, "A customer with this CorporateIdentityNumber exists already.")


def _refuse_duplicate(company: Company, text: str) -> None:
    status = company.world.switches.duplicate_status
    raise ApiError(status, errors.DUPLICATE, f"ConflictException - {text}")


def _digits(text: str | None) -> str:
    return _NOT_DIGIT.sub("", text or "")


def _complete(company: Company, fields: Fields, body: Fields, before: Fields) -> None:
    """Fill in what the server derives: nested terms, currency, labels' ids, direct debit."""
    switches = company.world.switches
    fields["CurrencyCode"] = fields["CurrencyCode"] or company.settings["CurrencyCode"]
    if not (switches.terms_verbatim and body.get("TermsOfPayment")):
        fields["TermsOfPayment"] = company.term(fields["TermsOfPaymentId"])
    sent = body.get("DirectDebitCustomerSettings") or {}
    known = no_direct_debit()
    fields["DirectDebitCustomerSettings"] = known | {name: value for name, value in sent.items() if name in known}
    fields["CustomerLabels"] = _labels(body, before, keep=switches.omitted_labels == "keep")


def _labels(body: Fields, before: Fields, *, keep: bool) -> list[Any]:
    sent = body.get("CustomerLabels")
    if sent is None:
        return list(before.get("CustomerLabels") or []) if keep else []
    return [
        {
            "Id": label.get("Id") or str(uuid4()),
            "Name": label["Name"],
            "Description": label.get("Description"),
        }
        for label in sent
    ]
