"""Organisation numbers and personal identity numbers: checked when typed, masked when shown (R-07).

A Swedish personal identity number begins with a birth date, of which a coordination number shows
the day plus 60; an organisation number has 20 or more where that date has its month.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from stdnum.se import orgnr

from syncd.register.problems import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATED = re.compile(r"(SE\W{0,3})?(\d(?:\W{0,3}\d)*)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SEPARATORS = re.compile(r"[ .+–-]")
_SWEDISH = re.compile(r"(16|18|19|20)?([0-9]{6})([0-9]{4})")
_FOREIGN = re.compile(r"(?=.*[0-9])[0-9A-Za-z][0-9A-Za-z ./+-]*")

_COMPANY_CENTURY = "16"
_CENTURIES = (_COMPANY_CENTURY, "18", "19", "20")
_VAT_END = "01"
_COORDINATION = 60
_LAST_DAY = 31
_LAST_MONTH = 12
_CORE = 10


def is_personal(text: str) -> bool:
    """Whether the text holds something that reads as a personal identity number."""
    return any(True for _ in _secret_positions(text))


def is_masked(text: str) -> bool:
    """Whether the text was copied from a place where personal numbers are masked."""
    return "*" in text


def mask(text: str) -> str:
    """Hide the last four digits of every personal identity number; leave everything else."""
    secret = set(_secret_positions(text))
    if not secret:
        return text
    return "".join("*" if at in secret else char for at, char in enumerate(text))


def check_identity(text: str, *, country: str | None = None, field: str = "organisation_number") -> str:
    """Return the number as typed, trimmed; refuse one that cannot exist. Elsewhere only its form."""
    text = text.strip()
    refuse_mask(field, text)
    if country is None or country.upper() == "SE":
        _check_swedish(field, text)
    elif not _FOREIGN.fullmatch(text):
        raise InvalidValueError(field, "is not a registration number", "Use letters, digits, spaces, dashes and dots.")
    return text


def refuse_mask(field: str, text: str) -> None:
    """A masked number must never replace the real one."""
    if is_masked(text):
        raise InvalidValueError(
            field,
            "holds a mask (*) instead of the number",
            "Leave the field out to keep the stored number, or type the whole number.",
        )


def _check_swedish(field: str, text: str) -> None:
    typed = _SWEDISH.fullmatch(_SEPARATORS.sub("", text))
    if typed is None:
        raise InvalidValueError(field, "does not have 10 or 12 digits", "Write it as NNNNNN-NNNN, or give the country.")
    century, birth, last = typed[1], typed[2], typed[3]
    if not orgnr.is_valid(birth + last):
        raise InvalidValueError(field, "has a wrong check digit", "Compare it with the original.")
    if not _may_exist(century, birth):
        raise InvalidValueError(field, "begins with a date that does not exist", "Compare it with the original.")


def _may_exist(century: str | None, birth: str) -> bool:
    """Companies have no date; twelve digits without the companies' 16 are a person's."""
    if century == _COMPANY_CENTURY:
        return True
    if century is None and not 1 <= int(birth[2:4]) <= _LAST_MONTH:
        return True
    return _is_date(century or "20", birth)


def _is_date(century: str, birth: str) -> bool:
    day = int(birth[4:])
    day -= _COORDINATION if day > _COORDINATION else 0
    try:
        date(int(century + birth[:2]), int(birth[2:4]), day)
    except ValueError:
        return False
    return True


def _secret_positions(text: str) -> Iterator[int]:
    """Where the last four digits of personal numbers stand, however the number is separated."""
    for run in _SEPARATED.finditer(text):
        places = [run.start(2) + digit.start() for digit in _DIGIT.finditer(run[2])]
        digits = "".join(str(int(text[place])) for place in places)
        for start in _starts(digits, swedish_vat=bool(run[1]) and digits.endswith(_VAT_END)):
            if _reads_as_birth(digits[start : start + 6]):
                yield from places[start + 6 : start + _CORE]


def _starts(digits: str, *, swedish_vat: bool) -> tuple[int, ...]:
    """Where the ten digits of a person may begin: after a century, before a VAT number's end."""
    century = digits.startswith(_CENTURIES)
    match len(digits):
        case 10:
            return (0,)
        case 12:
            return (0,) * digits.endswith(_VAT_END) + (2,) * (century and not swedish_vat)
        case 14:
            return (2,) * (century and digits.endswith(_VAT_END))
        case _:
            return ()


def _reads_as_birth(birth: str) -> bool:
    month, day = int(birth[2:4]), int(birth[4:])
    day -= _COORDINATION if day > _COORDINATION else 0
    return 1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY
