"""Customer numbers: text as written, unique, within the group's lengths, the next one given (R-01 to R-04)."""

from __future__ import annotations

import re
import unicodedata
from itertools import count
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.problems import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 64
"""No group can allow numbers longer than this."""

_NUMERIC = re.compile(rf"[0-9]{{1,{LONGEST}}}")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_SPACES = re.compile(r"\s+")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


class NumberNotAllowedError(InvalidValueError):
    """The number breaks the group's rules for customer numbers."""

    code = "number_not_allowed"

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__("number", reason, remedy)


class NumberTakenError(RefusedError):
    """Another customer has the number; ``holder`` only for those who may see that customer."""

    code = "number_taken"

    def __init__(self, number: str, holder: str | None = None) -> None:
        named = f" by {holder}" if holder else ""
        super().__init__(f"Customer number {number} is taken{named}.", remedy="Choose another number, or auto.")
        self.number = number


def check_number(text: str, *, minimum: int = 1, maximum: int = LONGEST) -> str:
    """Return the number trimmed and otherwise as written; refuse one outside the lengths."""
    number = text.strip()
    if not number:
        raise NumberNotAllowedError(reason="is empty", remedy="Type a customer number.")
    if has_unprintable(number):
        raise NumberNotAllowedError(reason="holds an unprintable character", remedy="Type the number by hand.")
    if len(number) < minimum:
        raise _wrong_length(number, f"at least {minimum}", "min")
    if len(number) > maximum:
        raise _wrong_length(number, f"at most {maximum}", "max")
    return number


def outside(numbers: Iterable[str], *, minimum: int, maximum: int) -> tuple[str, ...]:
    """Return the numbers that a change of the lengths leaves outside them; they stay valid."""
    return tuple(number for number in numbers if not minimum <= len(number.strip()) <= maximum)


def numeric(number: str) -> int | None:
    """Return the number as an integer, or None where it is more than digits."""
    text = number.strip()
    return int(text) if _NUMERIC.fullmatch(text) else None


def highest(numbers: Iterable[str]) -> int:
    """Return the highest numeric number, 0 where there is none."""
    return max((value for value in map(numeric, numbers) if value is not None), default=0)


def next_number(
    taken: Iterable[str] | int,
    *,
    minimum: int = 1,
    maximum: int = LONGEST,
    reserved: Iterable[str] = (),
) -> str:
    """Return the next number above the highest numeric one, padded, past the reserved ones.

    ``taken`` is every number of the register, or the highest numeric one where that is known.
    """
    above = taken if isinstance(taken, int) else highest(taken)
    skipped = set(map(numeric, reserved))
    value = next(value for value in count(above + 1) if value not in skipped)
    number = str(value).zfill(minimum)
    if len(number) > maximum:
        raise NumberNotAllowedError(
            reason=f"cannot be given: the next has {len(number)} characters, at most {maximum} are allowed",
            remedy="Type a free number, or have customer_number_max_length raised.",
        )
    return number


def look_alike(number: str) -> str:
    """Return a key that is equal for numbers people mix up: leading zeros, letter case, spaces."""
    return _LEADING_ZEROS.sub("", _SPACES.sub("", number)).casefold()


def has_unprintable(text: str) -> bool:
    """Whether the text holds a control character or half a character."""
    return any(unicodedata.category(char) in _UNPRINTABLE for char in text)


def _wrong_length(number: str, bound: str, edge: str) -> NumberNotAllowedError:
    return NumberNotAllowedError(
        reason=f"has {len(number)} characters, {bound} are allowed",
        remedy=f"Choose another number, or have customer_number_{edge}_length changed.",
    )
