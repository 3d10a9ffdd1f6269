"""How each kind of text must look. A check takes trimmed, non-empty text and returns what is stored."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from stdnum.se import vat

from syncd.register.countries import code_of
from syncd.register.identity import check_identity, refuse_mask
from syncd.register.numbers import check_number
from syncd.register.problems import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.register.fields import Field

    Check = Callable[[Field, str, str | None], str]

FLAGS = {
    **dict.fromkeys(("true", "yes", "ja", "1", "on"), True),
    **dict.fromkeys(("false", "no", "nej", "0", "off"), False),
}
"""What people write for yes and no."""

TYPES = {
    **dict.fromkeys(("company", "företag"), "company"),
    **dict.fromkeys(("private", "privat", "privatperson"), "private"),
}
"""What people write for the type of a customer."""

_VAT = re.compile(r"[A-Z]{2}[0-9A-Z]{2,13}")
_VAT_SEPARATORS = re.compile(r"[ .-]")
_PHONE = re.compile(r"(?=.*[0-9])[0-9 \u00a0+()./,;:#*x–-]+")
_URL = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]+")
_PERCENT = re.compile(r"([0-9]{1,20})(?:[.,]([0-9]{1,20}))?\s*%?")
_DECIMAL = re.compile(r"([+-]?)([0-9]{1,15}|[0-9]{1,3}(?:[ \u00a0][0-9]{3}){1,4})(?:[.,]([0-9]{1,6}))?")
_BLANKS = str.maketrans("", "", " \u00a0")
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_SHOWN_CHOICES = 20
_LANGUAGE = 2
_DECIMALS = 2
_WHOLE = 100


def _text(_field: Field, text: str, _country: str | None) -> str:
    return text


def _number(_field: Field, text: str, _country: str | None) -> str:
    return check_number(text)


def _type(field: Field, text: str, _country: str | None) -> str:
    if text.casefold() not in TYPES:
        raise InvalidValueError(field.name, "is not a known type", "Write company or private.")
    return TYPES[text.casefold()]


def _identity(field: Field, text: str, country: str | None) -> str:
    return check_identity(text, country=country, field=field.name)


def _vat(field: Field, text: str, _country: str | None) -> str:
    refuse_mask(field.name, text)
    plain = _VAT_SEPARATORS.sub("", text).upper()
    if not _VAT.fullmatch(plain):
        raise InvalidValueError(
            field.name,
            "is not a VAT number",
            "Write the country's two letters and the number, such as SE and twelve digits.",
        )
    if plain.startswith("SE") and not vat.is_valid(plain):
        raise InvalidValueError(
            field.name,
            "is not a Swedish VAT number",
            "Write SE, the ten digits of the organisation number, and 01.",
        )
    return text


def _email(field: Field, text: str, _country: str | None) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - costly, and few commands type one

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        # Without the cause: its words quote the address.
        raise InvalidValueError(field.name, "is not an e-mail address", "Write it as name@company.se.") from None
    return text


def _phone(field: Field, text: str, _country: str | None) -> str:
    if not _PHONE.fullmatch(text):
        raise InvalidValueError(field.name, "is not a phone number", "Use digits, spaces, dashes, brackets and +.")
    return text


def _url(field: Field, text: str, _country: str | None) -> str:
    if not _URL.fullmatch(text):
        raise InvalidValueError(field.name, "is not a web address", "Write it as www.company.se or https://company.se.")
    return text


def _code(field: Field, text: str, _country: str | None) -> str:
    if len(text) != field.limit or not _LETTERS.fullmatch(text):
        raise InvalidValueError(field.name, f"is not a code of {field.limit} letters", "Write it such as sv or SEK.")
    return text.lower() if field.limit == _LANGUAGE else text.upper()


def _country(field: Field, text: str, _country: str | None) -> str:
    code = code_of(text)
    if code is None:
        raise InvalidValueError(field.name, "is not a country code", "Write two letters, such as SE, NO, DK, FI or GB.")
    return code


def _percent(field: Field, text: str, _country: str | None) -> str:
    typed = _PERCENT.fullmatch(text)
    if typed is None:
        raise InvalidValueError(field.name, "is not a percentage", "Write it as 12.5.")
    decimals = (typed[2] or "").rstrip("0")
    if len(decimals) > _DECIMALS:
        raise InvalidValueError(
            field.name,
            f"has {len(decimals)} decimals, at most {_DECIMALS} are allowed",
            "Choose a value with fewer decimals; nothing was rounded.",
        )
    value = Decimal(f"{int(typed[1])}.{decimals or 0}")
    if value > _WHOLE:
        raise InvalidValueError(field.name, "is above 100", "Write a value from 0 to 100.")
    return f"{int(typed[1])}.{decimals}" if decimals else f"{int(typed[1])}"


def _key(field: Field, text: str, _country: str | None) -> str:
    if "," in text:
        raise InvalidValueError(field.name, "holds a comma", "Leave the comma out: it parts several of them.")
    return text


def _decimal(field: Field, text: str, _country: str | None) -> str:
    typed = _DECIMAL.fullmatch(text)
    if typed is None:
        raise InvalidValueError(field.name, "is not a number", "Write it as 1250 or 12.5.")
    whole, decimals = int(typed[2].translate(_BLANKS)), (typed[3] or "").rstrip("0")
    value = f"{whole}.{decimals}" if decimals else f"{whole}"
    return f"-{value}" if typed[1] == "-" and value != "0" else value


def _date(field: Field, text: str, _country: str | None) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidValueError(field.name, "is not a date", "Write it as 2026-11-30.") from None


def _choice(field: Field, text: str, _country: str | None) -> str:
    chosen = next((choice for choice in field.choices if choice.casefold() == text.casefold()), None)
    if chosen is None:
        offered = ", ".join(field.choices[:_SHOWN_CHOICES]) + (" ..." if len(field.choices) > _SHOWN_CHOICES else "")
        raise InvalidValueError(
            field.name,
            "names something that cannot be chosen",
            f"One of: {offered}." if offered else "There is nothing to choose from yet.",
        )
    return chosen


def _choices(field: Field, text: str, country: str | None) -> str:
    typed = [part.strip() for part in text.split(",")]
    return ", ".join(dict.fromkeys(_choice(field, part, country) for part in typed if part))


def _slug(field: Field, text: str, _country: str | None) -> str:
    if not _SLUG.fullmatch(text):
        raise InvalidValueError(
            field.name, "is not a short name", "Use small letters a-z, digits and underscores, a letter first."
        )
    return text


CHECKS: Mapping[str, Check] = {
    "text": _text,
    "number": _number,
    "type": _type,
    "identity": _identity,
    "vat": _vat,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "code": _code,
    "country": _country,
    "percent": _percent,
    "key": _key,
    "decimal": _decimal,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "slug": _slug,
}
"""The check of every kind but yes/no."""
