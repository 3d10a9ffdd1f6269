"""Filling the register and the simulated company with what ``sides`` invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.ports.people import NewUser
from syncd.ports.records import Author
from syncd.register.customer import draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.demo.inventing import Invented
    from syncd.demo.sides import Sides
    from syncd.sandbox import Company
    from syncd.store.uow import Store, UnitOfWork

    Advance = Callable[[float, float], object]

TECHNICIANS = {"lisa": "Lisa Öberg", "omar": "Omar Haddad", "par": "Pär Sjögren"}
ADMINISTRATOR = "demo"

_CHUNK = 500
_DOCUMENT_EVERY = 2
_MOST_DOCUMENTS = 40
_TYPED_BY_A_PERSON = "Ring Eva före leverans"
_TERMS = "30 dagar netto"


def fill_register(store: Store, group_id: int, sides: Sides, advance: Advance) -> None:
    """Add technicians and customers to the register, each customer with a technician."""
    with store.work() as work:
        ids = [work.users.add(group_id, NewUser(login, name)).id for login, name in TECHNICIANS.items()]
        for start in range(0, len(sides.here), _CHUNK):
            _add(work, group_id, sides.here[start : start + _CHUNK], ids)
            advance(start, len(sides.here))
        work.commit()


def _add(work: UnitOfWork, group_id: int, some: list[Invented], technicians: list[int]) -> None:
    by = Author(ADMINISTRATOR)
    drafts = [draft(_fields(one)) for one in some]
    rows = [({**new.fields, "number": new.number}, new.defaulted) for new in drafts]
    for place, added in enumerate(work.customers.insert_many(group_id, rows, by)):
        work.customers.assign(added.id, [technicians[place % len(technicians)]], by)


def _fields(one: Invented) -> dict[str, str | bool | None]:
    return {
        "number": one.number,
        "name": one.name,
        "type": "private" if one.private else "company",
        "organisation_number": one.identity,
        "phone": one.phone,
        "mobile": one.mobile,
        "email": one.email,
        "invoice_line1": one.street,
        "invoice_postal_code": one.postal_code,
        "invoice_city": one.city,
        "invoice_country": "SE",
        "contact_name": one.contact,
        "terms_of_payment": _TERMS,
        "currency": "SEK",
    }


def fill_company(company: Company, sides: Sides, advance: Advance) -> None:
    """Enter customers and open documents in the accounting program."""
    company.settings["Name"] = "Värmebolaget i Norr AB"
    for place, one in enumerate(sides.there):
        company.add_customer(**_properties(one))
        advance(place, len(sides.there))
    for place, number in enumerate(sides.agreeing[: _MOST_DOCUMENTS * _DOCUMENT_EVERY : _DOCUMENT_EVERY]):
        _enter_document(company, place, number)


def _properties(one: Invented) -> dict[str, Any]:
    """The customer as the bookkeeper typed it: the same phone number looks different here."""
    return {
        "CustomerNumber": one.number,
        "Name": one.name,
        "IsPrivatePerson": one.private,
        "CorporateIdentityNumber": one.identity,
        "Telephone": _international(one.phone),
        "MobilePhone": _international(one.mobile) or None,
        "EmailAddress": one.email or None,
        "InvoiceAddress1": one.street,
        "InvoicePostalCode": one.postal_code,
        "InvoiceCity": one.city,
        "ContactPersonName": one.contact,
    }


def _international(phone: str) -> str:
    return f"+46 {phone.removeprefix('0').replace('-', ' ')}" if phone else ""


def _enter_document(company: Company, place: int, number: str) -> None:
    """Orders, drafts and quotes in turn; some with a reference that somebody typed."""
    typed = _TYPED_BY_A_PERSON if place % 3 == 2 else None  # noqa: PLR2004  every third
    match place % 4:
        case 0:
            company.add_order(number, OurReference=typed)
        case 1:
            company.add_invoice_draft(number, OurReference=typed)
        case 2:
            company.add_quote(number, CompanyReference=typed)
        case _:
            company.add_quote_draft(number, CompanyReference=typed)
