"""Swedish customers that nobody has: the same ones every time. Nobody in here exists.

Personal identity numbers are of the tax agency's test series (serial 980 to 999 is given to nobody).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from stdnum import luhn

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEED = 556
_FIRST_NUMBER = 1001
_PRIVATE_EVERY = 3

_FIRST = ("Åsa", "Örjan", "Märta", "Björn", "Göran", "Sofia", "Håkan", "Malin", "Olof", "Karin", "Ängla", "Jörgen")
_LAST = ("Öberg", "Ängström", "Lindqvist", "Åkesson", "Nyström", "Sjöberg", "Ek", "Björk", "Häggström", "Dahl")
_TRADES = ("Bygg", "VVS", "El", "Måleri", "Plåt", "Tak", "Golv", "Fastighet", "Trädgård", "Kök", "Snickeri")
_FORMS = ("AB", "AB", "AB", "HB", "Ekonomisk förening")
_STREETS = ("Storgatan", "Kungsgatan", "Björkvägen", "Ängsvägen", "Hamngatan", "Åsgatan", "Skolgatan")
_PLACES = (
    ("Stockholm", "111 22", "08"),
    ("Göteborg", "411 03", "031"),
    ("Malmö", "211 20", "040"),
    ("Västerås", "722 11", "021"),
    ("Örebro", "702 10", "019"),
    ("Umeå", "903 26", "090"),
    ("Växjö", "352 30", "0470"),
)
_PLAIN = str.maketrans("åäöÅÄÖ", "aaoAAO")


@dataclass(frozen=True, slots=True)
class Invented:
    """One customer, as both sides would write it if they agreed."""

    number: str
    name: str
    private: bool
    identity: str
    phone: str
    mobile: str
    email: str
    street: str
    postal_code: str
    city: str
    contact: str | None


def invented() -> Iterator[Invented]:
    """Customers, one after the other, without end."""
    chance = random.Random(_SEED)  # noqa: S311  the same story every time
    serial = 0
    while True:
        yield _customer(chance, serial)
        serial += 1


def _customer(chance: random.Random, serial: int) -> Invented:
    private = serial % _PRIVATE_EVERY == _PRIVATE_EVERY - 1
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    city, postal_code, area = chance.choice(_PLACES)
    company = f"{last}s {chance.choice(_TRADES)} {chance.choice(_FORMS)}"
    return Invented(
        number=str(_FIRST_NUMBER + serial),
        name=f"{first} {last}" if private else company,
        private=private,
        identity=personal_number(serial) if private else organisation_number(serial),
        phone=f"{area}-{chance.randint(100, 999)} {chance.randint(10, 99)} {chance.randint(10, 99)}",
        mobile=f"070-{chance.randint(100, 999)} {chance.randint(10, 99)} {chance.randint(10, 99)}",
        email=f"{first}.{last}{serial}@example.com".lower().translate(_PLAIN),
        street=f"{chance.choice(_STREETS)} {chance.randint(1, 120)}",
        postal_code=postal_code,
        city=city,
        contact=None if private else f"{first} {last}",
    )


def organisation_number(serial: int) -> str:
    """A company's number with a right check digit, another one for each serial."""
    digits = f"5590{serial * 7919 % 100_000:05d}"
    return f"{digits[:6]}-{digits[6:]}{luhn.calc_check_digit(digits)}"


def personal_number(serial: int) -> str:
    """A test number with a right check digit, another one for each serial."""
    birth = date(1950, 1, 1) + timedelta(days=serial * 37 % 18_000)
    digits = f"{birth:%y%m%d}{980 + serial // 18_000 % 20}"
    return f"{digits[:6]}-{digits[6:]}{luhn.calc_check_digit(digits)}"
