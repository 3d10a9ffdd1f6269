"""Orders, invoice drafts, quotes and quote drafts through the API (facts §6, §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from syncd.sandbox.visma_eaccounting import errors, validation
from syncd.sandbox.visma_eaccounting.books import (
    CUSTOMERS,
    ORDERS,
    QUOTE_DRAFTS,
    QUOTES,
    ROWS,
    TABLES,
)
from syncd.sandbox.visma_eaccounting.errors import ApiError
from syncd.sandbox.visma_eaccounting.paper import (
    about_customer,
    from_customer,
    new_document,
    number_document,
    touch_customer,
)
from syncd.sandbox.visma_eaccounting.row_fields import PERSON

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.company import Company
    from syncd.sandbox.visma_eaccounting.fields import Fields, Property
    from syncd.sandbox.visma_eaccounting.records import Record

CLOSED = {ORDERS: (3, 4), QUOTES: (2, 3, 4)}
"""Shipped and invoiced orders; approved, invoiced and ordered quotes."""
INVOICED = 4
REFERENCE = {QUOTES: "CompanyReference", QUOTE_DRAFTS: "CompanyReference"}


def reference_of(kind: str) -> str:
    """What "our reference" is called on this kind of document (facts §6)."""
    return REFERENCE.get(kind, "OurReference")


def stored(company: Company, kind: str, id_: str) -> Record:
    """The document with this id, or the refusal for a missing one."""
    record = company.records[kind].get(id_.lower())
    if record is None:
        raise ApiError(company.world.switches.missing_status, errors.NOT_FOUND)
    return record


def create(company: Company, kind: str, body: Fields) -> str:
    """POST: what is null is filled from the customer."""
    _check(company, kind, body, {})
    customer = _customer(company, body["CustomerId"])
    start = new_document(company, kind, customer)
    known = {prop.name for prop in TABLES[kind]}
    if kind == QUOTES:
        start["Status"] = 1
    document = _after(company, kind, body, start)
    document |= {name: body.get(name, start[name]) for name in start if name not in known}
    number_document(company, kind, document, {})
    text = company.store(kind, document).text
    touch_customer(company, document["CustomerId"])
    return text


def replace(company: Company, kind: str, id_: str, body: Fields) -> str:
    """PUT: writable properties are replaced; what is closed refuses (4002)."""
    before = stored(company, kind, id_).fields()
    _refuse_closed(kind, before)
    _check(company, kind, body, before)
    if kind == ORDERS and body["Status"] == INVOICED:
        raise ApiError(400, errors.NOT_ALLOWED_NOW)
    return company.store(kind, _after(company, kind, body, before)).text


def delete(company: Company, kind: str, id_: str) -> None:
    """DELETE: shipped or invoiced orders and accepted quotes stay (4001)."""
    record = stored(company, kind, id_)
    if record.fields().get("Status") in CLOSED.get(kind, ()):
        raise ApiError(400, errors.NOT_DELETABLE)
    company.records[kind].drop(record.id)


def _refuse_closed(kind: str, document: Fields) -> None:
    if document.get("Status") in CLOSED.get(kind, ()):
        raise ApiError(400, errors.NOT_ALLOWED_NOW)


def _check(company: Company, kind: str, body: Fields, before: Fields) -> None:
    switches = company.world.switches
    validation.check(TABLES[kind], body, switches)
    validation.check_unknown(TABLES[kind], body, before or {"FutureFlag": None}, switches)
    for row in body.get("Rows") or []:
        validation.check(ROWS[kind], row, switches, "Rows.")
    for person in body.get("Persons") or []:
        validation.check(PERSON, person, switches, "Persons.")


def _customer(company: Company, id_: str) -> Fields:
    record = company.records[CUSTOMERS].get(id_.lower())
    if record is None:
        text = "ResourceNotFoundException - Customer not found."
        raise ApiError(400, errors.NOT_FOUND, text)
    return record.fields()


def _after(company: Company, kind: str, body: Fields, before: Fields) -> Fields:
    switches = company.world.switches
    customer = _customer(company, body["CustomerId"])
    document = validation.replaced(TABLES[kind], body, before, switches)
    copies = about_customer(company, kind, customer)
    if document.get("TermsOfPaymentId"):
        copies.pop("TermsOfPaymentId", None)
    chosen = company.term((body.get("TermsOfPayment") or {}).get("Id"))
    if chosen and "TermsOfPayment" in copies:
        copies["TermsOfPayment"] = chosen
    document |= copies
    for prop in TABLES[kind]:
        if prop.from_customer and not prop.read_only and document[prop.name] is None:
            document[prop.name] = from_customer(prop.name, customer)
    document["Rows"] = _lines(ROWS[kind], body.get("Rows"), before["Rows"], switches)
    document["Persons"] = _lines(PERSON, body.get("Persons"), before["Persons"], switches)
    document["ContributionMargin"] = before["ContributionMargin"]
    _fill_reference(company, kind, document)
    return document


def _lines(table: tuple[Property, ...], sent: Any, before: Any, switches: Any) -> list[Fields]:  # noqa: ANN401
    known = {line.get("Id"): line for line in before or []}
    return [_line(table, line, known.get(line.get("Id"), {}), switches) for line in sent or []]


def _line(table: tuple[Property, ...], line: Fields, before: Fields, switches: Any) -> Fields:  # noqa: ANN401
    after = validation.replaced(table, line, before, switches)
    after["Id"] = before.get("Id") or str(uuid4())
    if "ContributionMargin" in after:
        after["ContributionMargin"] = {"Amount": None, "Percentage": None}
    return after


def _fill_reference(company: Company, kind: str, document: Fields) -> None:
    """An empty reference stays, or gets the company's or the user's (facts §6, unknown)."""
    name = reference_of(kind)
    mode = company.world.switches.empty_our_reference
    if document[name] or mode == "keep":
        return
    if mode == "company_default":
        document[name] = company.settings["OurReference"]
    else:
        user = company.users[0]
        document[name] = f"{user['FirstName']} {user['LastName']}"
