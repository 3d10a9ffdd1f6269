"""The languages of the console: which one somebody reads, its texts, its dates and numbers.

The texts are in one gettext catalogue, read as it is written; English stands in the code and the templates.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from decimal import InvalidOperation
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from syncd.register.language import LANGUAGES, Language
from syncd.register.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterable

CATALOGUES = Path(__file__).parent / "locale"
NAMES: dict[Language, str] = {"en": "English", "sv": "Svenska"}
DEFAULT: Language = "en"

_COUNTRY = {"en": "en_GB", "sv": "sv_SE"}
_MOST_WISHES = 20


def _(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is shown."""
    return text


def n_(one: str, more: str) -> tuple[str, str]:
    """As ``_``, for a text that is said of one or of more."""
    return one, more


@cache
def catalogue(language: Language) -> NullTranslations:
    """The texts of a language."""
    if language == DEFAULT:
        return NullTranslations()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


@cache
def locale(language: Language) -> Locale:
    """How a language writes dates and numbers."""
    return Locale.parse(_COUNTRY[language])


def known(name: str | None) -> Language | None:
    """The language of this name, if the console speaks it."""
    return next((language for language in LANGUAGES if language == name), None)


def wished(header: str) -> Language | None:
    """The first language of ``Accept-Language``, by weight, that the console speaks."""
    wishes = [_weighed(wish) for wish in header.split(",")[:_MOST_WISHES]]
    for _weight, name in sorted(wishes, key=lambda wish: -wish[0]):
        language = known(name.strip().lower().partition("-")[0])
        if language is not None and _weight > 0:
            return language
    return None


def _weighed(wish: str) -> tuple[float, str]:
    name, _semicolon, weight = wish.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), name
    except ValueError:
        return 0.0, name


class Words:
    """A reader's language and clock."""

    def __init__(self, language: Language, clock: str = "UTC") -> None:
        self.language = language
        self.texts = catalogue(language)
        self.locale = locale(language)
        self._zone = _zone(clock)

    def say(self, text: str, **values: object) -> str:
        """A marked text in the reader's language, its places filled in."""
        said = self.texts.ugettext(text)
        return said % values if values else said

    def count(self, one: str, more: str, number: int, **values: object) -> str:
        """As ``say``, for one or for more; ``%(num)s`` is the number as people write it."""
        return self.texts.ungettext(one, more, number) % {"num": self.number(number), **values}

    def number(self, number: float) -> str:
        """A number with its digits grouped."""
        return numbers.format_decimal(number, locale=self.locale)

    def amount(self, text: str) -> str:
        """A number as the register holds it, with all its decimals."""
        try:
            return numbers.format_decimal(text, locale=self.locale, decimal_quantization=False)
        except InvalidOperation:
            return text

    def day(self, text: str) -> str:
        """A date as the register holds it."""
        try:
            return dates.format_date(date.fromisoformat(text), "d MMM y", locale=self.locale)
        except ValueError:
            return text

    def list(self, parts: Iterable[str]) -> str:
        """Parts of a sentence, one after the other."""
        return ", ".join(parts)

    def moment(self, stamp: str) -> str:
        """A date and a time of day on the company's clock."""
        return dates.format_datetime(_moment(stamp), "d MMM y HH:mm", tzinfo=self._zone, locale=self.locale)

    def clock(self, stamp: str, now: datetime) -> str:
        """A time of day, with its date unless that is today."""
        there = _moment(stamp).astimezone(self._zone)
        form = "HH:mm" if there.date() == now.astimezone(self._zone).date() else "d MMM HH:mm"
        return dates.format_datetime(there, form, tzinfo=self._zone, locale=self.locale)

    def since(self, stamp: str, now: datetime) -> str:
        """How long ago, roughly."""
        passed = min(_moment(stamp) - now, now - now)
        if abs(passed.total_seconds()) < 60:  # noqa: PLR2004 - a minute
            return self.say("just now")
        return dates.format_timedelta(passed, add_direction=True, locale=self.locale, threshold=1)


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


def _zone(name: str) -> tzinfo:
    try:
        return zone(name)
    except ValueError:
        return UTC
