"""A likely Swedish customer register, the same for the same seed. Nobody in it exists."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.company import Company
    from syncd.sandbox.visma_eaccounting.fields import Fields

FIRST = (
    *("Åsa", "Örjan", "Märta", "Björn", "Eva", "Göran", "Lars", "Sofia"),
    *("Nils", "Ida", "Håkan", "Malin", "Olof", "Karin", "Per"),
)
LAST = (
    *("Öberg", "Ängström", "Lindqvist", "Åkesson", "Nyström", "Sjöberg"),
    *("Ek", "Björk", "Häggström", "Dahl", "Wallén"),
)
TRADES = (
    *("Bygg", "VVS", "El", "Måleri", "Plåt", "Tak", "Golv", "Mark"),
    *("Städ", "Fastighet", "Trädgård", "Glas", "Kakel", "Snickeri"),
)
FORMS = ("AB", "AB", "AB", "HB", "Ekonomisk förening")
STREETS = (
    *("Storgatan", "Kungsgatan", "Björkvägen", "Ängsvägen"),
    *("Hamngatan", "Åsgatan", "Ringvägen", "Skolgatan"),
)
PLACES = (
    *(("Stockholm", "111 22"), ("Göteborg", "411 03"), ("Malmö", "211 20")),
    *(("Västerås", "722 11"), ("Örebro", "702 10"), ("Umeå", "903 26")),
    *(("Luleå", "972 31"), ("Jönköping", "55315"), ("Växjö", "352 30")),
)
PHONES = ("08-{a:03d} {b:02d} {c:02d}", "0{d}-{a:03d}{b:02d}{c:02d}", "+46 70 {a:03d} {b:02d} {c:02d}")
MOBILES = ("070-{a:03d} {b:02d} {c:02d}", "+4673{a:03d}{b:02d}{c:02d}", "0046-76-{a:03d}{b:02d}{c:02d}")
FIRST_NUMBER = 1001
PRIVATE_SHARE, INACTIVE_SHARE, DOCUMENT_SHARE, TERMS_SHARE = 0.3, 0.05, 0.15, 0.2
REFERENCES = (None, None, "Eva Ekonomsson", "Kontoret", "Olle Ordersson")
LUHN_BASE = 10
LARGEST_DIGIT = 9


def populate(company: Company, customers: int, seed: int = 1) -> None:
    """Fill a company with customers and some documents."""
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose
    start = max(FIRST_NUMBER, int(company.settings["NextCustomerNumber"]))
    for number in range(start, start + customers):
        fields = _customer(chance, company)
        company.add_customer(CustomerNumber=str(number), **fields)
        if chance.random() < DOCUMENT_SHARE:
            _documents(chance, company, str(number))
    company.settings["NextCustomerNumber"] = start + customers


def _customer(chance: random.Random, company: Company) -> Fields:
    private = chance.random() < PRIVATE_SHARE
    first, last = chance.choice(FIRST), chance.choice(LAST)
    name = f"{first} {last}" if private else _company_name(chance, last)
    terms = company.terms[:3] if chance.random() < TERMS_SHARE else company.terms[:1]
    return {
        "Id": str(UUID(int=chance.getrandbits(128), version=4)),
        "Name": name,
        "IsPrivatePerson": private,
        "IsActive": chance.random() >= INACTIVE_SHARE,
        "CorporateIdentityNumber": _personal_number(chance) if private else _org_number(chance),
        "TermsOfPaymentId": chance.choice(terms)["Id"],
        **_address(chance),
        **_reachable(chance, first, last, private=private),
    }


def _company_name(chance: random.Random, last: str) -> str:
    return f"{last}s {chance.choice(TRADES)} {chance.choice(FORMS)}"


def _address(chance: random.Random) -> Fields:
    city, code = chance.choice(PLACES)
    return {
        "InvoiceAddress1": f"{chance.choice(STREETS)} {chance.randint(1, 120)}",
        "InvoiceAddress2": chance.choice((None, None, None, f"Lgh {chance.randint(1001, 1504)}")),
        "InvoicePostalCode": code,
        "InvoiceCity": city,
        "InvoiceCountryCode": "SE",
    }


def _reachable(chance: random.Random, first: str, last: str, *, private: bool) -> Fields:
    mail = f"{_ascii(first)}.{_ascii(last)}{chance.randint(1, 999)}@example.com"
    contact = f"{chance.choice(FIRST)} {last}"
    return {
        "EmailAddress": chance.choice((mail, mail, mail.title(), None)),
        "Telephone": chance.choice((_phone(chance, PHONES), None)),
        "MobilePhone": chance.choice((_phone(chance, MOBILES), _phone(chance, MOBILES), None)),
        "ContactPersonName": None if private else contact,
        "ContactPersonPhone": None if private else _phone(chance, MOBILES),
    }


def _ascii(text: str) -> str:
    return text.lower().translate(str.maketrans("åäöé", "aaoe"))


def _phone(chance: random.Random, forms: tuple[str, ...]) -> str:
    form = chance.choice(forms)
    a, b, c = chance.randint(100, 999), chance.randint(0, 99), chance.randint(0, 99)
    return form.format(a=a, b=b, c=c, d=chance.choice((11, 31, 40, 46, 90)))


def _documents(chance: random.Random, company: Company, number: str) -> None:
    chosen = {"OurReference": chance.choice(REFERENCES)}
    quoted = {"CompanyReference": chance.choice(REFERENCES)}
    match chance.randrange(4):
        case 0:
            company.add_order(number, Status=chance.choice((1, 2, 2, 3, 4)), **chosen)
        case 1:
            company.add_invoice_draft(number, **chosen)
        case 2:
            company.add_quote(number, Status=chance.choice((1, 1, 2)), **quoted)
        case _:
            company.add_quote_draft(number, **quoted)


def _org_number(chance: random.Random) -> str:
    digits = f"{chance.choice((55, 96, 76))}{chance.randint(20, 99)}{chance.randint(0, 99999):05d}"
    digits += check_digit(digits)
    return chance.choice((f"{digits[:6]}-{digits[6:]}", digits))


def _personal_number(chance: random.Random) -> str:
    """A number of the tax agency's test series: serial 980 to 999 is given to nobody."""
    date = f"{chance.randint(40, 99):02d}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    digits = f"{date}{chance.randint(980, 999)}"
    digits += check_digit(digits)
    return chance.choice((f"{date}-{digits[6:]}", f"19{date}-{digits[6:]}", digits))


def check_digit(digits: str) -> str:
    """The Luhn digit that follows these digits."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    total = sum(number - LARGEST_DIGIT if number > LARGEST_DIGIT else number for number in doubled)
    return str(-total % LUHN_BASE)
