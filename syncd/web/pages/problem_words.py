"""What is wrong with a form, in the reader's language: the register says it in English, in one of these ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.register.numbers import NumberTakenError
from syncd.register.problems import InvalidFieldsError, InvalidValueError, Problem
from syncd.services.register.foreign import LedByAccountingError
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from syncd.errors import SyncdError
    from syncd.web.pages.words import Words

FIXED = frozenset(
    {
        _("is neither yes nor no"),
        _("is a text, not yes or no"),
        _("holds a line break or unprintable character"),
        _("cannot be empty"),
        _("have more than one accounting contact"),
        _("is to be sent protocols or work orders but has no e-mail address"),
        _("is empty"),
        _("is not a known type"),
        _("is not a VAT number"),
        _("is not a Swedish VAT number"),
        _("is not an e-mail address"),
        _("is not a phone number"),
        _("is not a web address"),
        _("is not a country code"),
        _("is not a percentage"),
        _("is above 100"),
        _("holds a comma"),
        _("is not a number"),
        _("is not a date"),
        _("names something that cannot be chosen"),
        _("is not a short name"),
        _("is not a registration number"),
        _("holds a mask (*) instead of the number"),
        _("does not have 10 or 12 digits"),
        _("has a wrong check digit"),
        _("begins with a date that does not exist"),
        _("holds an unprintable character"),
        _("belongs to orders alone"),
        _("is required on orders"),
        _("is none of the customer's"),
        _("is above customer_number_max_length"),
        _("is not a language"),
        _("is not a number of days"),
        _("is not a length"),
        _("is out of range"),
        _("is no time zone"),
        _("is switched off"),
        _("is retired"),
        _("is not a field"),
        _("belong to the type choice alone"),
        _("is missing, and this group gives no numbers by itself"),
        _("Write yes or no."),
        _("Write a text."),
        _("Type it by hand."),
        _("Shorten it; nothing was cut."),
        _("Give it a value."),
        _("Mark one of them, or none."),
        _("Add the address, or switch sending off."),
        _("Fill it in, or remove it."),
        _("Write company or private."),
        _("Write the country's two letters and the number, such as SE and twelve digits."),
        _("Write SE, the ten digits of the organisation number, and 01."),
        _("Write it as name@company.se."),
        _("Use digits, spaces, dashes, brackets and +."),
        _("Write it as www.company.se or https://company.se."),
        _("Write it such as sv or SEK."),
        _("Write two letters, such as SE, NO, DK, FI or GB."),
        _("Write it as 12.5."),
        _("Choose a value with fewer decimals; nothing was rounded."),
        _("Write a value from 0 to 100."),
        _("Leave the comma out: it parts several of them."),
        _("Write it as 1250 or 12.5."),
        _("Write it as 2026-11-30."),
        _("There is nothing to choose from yet."),
        _("Use small letters a-z, digits and underscores, a letter first."),
        _("Use letters, digits, spaces, dashes and dots."),
        _("Leave the field out to keep the stored number, or type the whole number."),
        _("Write it as NNNNNN-NNNN, or give the country."),
        _("Compare it with the original."),
        _("Type a customer number."),
        _("Type the number by hand."),
        _("Leave it out."),
        _("Leave them out."),
        _("Ask the customer for its order number."),
        _("Set both together, the smaller one as the minimum."),
        _("Write UTC, or one such as Europe/Stockholm."),
        _("Write true or false."),
        _("Write them parted by semicolons: yes;no;perhaps."),
        _("Type a number, or switch the setting generate_customer_number on."),
        _("Type a free number, or have customer_number_max_length raised."),
        _("Choose another number, or have customer_number_min_length changed."),
        _("Choose another number, or have customer_number_max_length changed."),
    }
)
"""Everything that is said without a number or a name in it."""

FILLED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (
            r"has (?P<length>\d+) characters, at most (?P<limit>\d+) are allowed",
            _("has %(length)s characters, at most %(limit)s are allowed"),
        ),
        (
            r"has (?P<length>\d+) characters, at least (?P<limit>\d+) are allowed",
            _("has %(length)s characters, at least %(limit)s are needed"),
        ),
        (
            r"cannot be given: the next has (?P<length>\d+) characters, at most (?P<limit>\d+) are allowed",
            _("cannot be given: the next has %(length)s characters, at most %(limit)s are allowed"),
        ),
        (
            r"has (?P<decimals>\d+) decimals, at most (?P<limit>\d+) are allowed",
            _("has %(decimals)s decimals, at most %(limit)s are allowed"),
        ),
        (r"is not a code of (?P<length>\d+) letters", _("is not a code of %(length)s letters")),
        (r"Write a number from (?P<from>\d+) to (?P<to>\d+)\.", _("Write a number from %(from)s to %(to)s.")),
        (r"Write 0 \(never\), or up to (?P<days>\d+) days\.", _("Write 0 (never), or up to %(days)s days.")),
        (r"(?:Write one of|One of): (?P<names>.+)\.", _("One of: %(names)s.")),
    )
)
"""Everything else, with what is filled in."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to put right: which field of the form, and what about it. ``language`` where it is not the reader's."""

    field: str
    text: str
    language: str | None = None
    label: str = ""


def problems_of(error: SyncdError) -> tuple[Problem, ...]:
    """What an error says of single fields; nothing where it is about something else."""
    match error:
        case InvalidFieldsError():
            return error.problems
        case InvalidValueError():
            return (error.problem,)
        case NumberTakenError():
            return (Problem("number", _("is taken"), _("Choose another number.")),)
        case LedByAccountingError():
            return tuple(Problem(name, _("is led by accounting"), _("Change it there.")) for name in error.led)
        case _:
            return ()


def told_of(problem: Problem, words: Words) -> Told:
    """A problem as the reader meets it; a remedy that is a command is of no use here."""
    reason, remedy = said(problem.reason, words), said(problem.remedy, words)
    helps = "" if "syncd " in problem.remedy else f" {remedy[:1].upper()}{remedy[1:]}"
    foreign = words.language != "en" and said(problem.reason, words) == problem.reason
    return Told(problem.field, f"{reason[:1].upper()}{reason[1:]}.{helps}", "en" if foreign else None)


def said(text: str, words: Words) -> str:
    """A reason or a remedy in the reader's language; English where there are no other words."""
    for pattern, marked in FILLED:
        found = pattern.fullmatch(text)
        if found is not None:
            return words.say(marked, **found.groupdict())
    return words.say(text)
