"""What is wrong with typed input: field, reason and remedy, never the value.

RefusedError
├── InvalidValueError        one field
│   └── NumberNotAllowedError   (in numbers)
├── InvalidFieldsError       every problem of a form or a row at once
├── ErasedCustomerError      personal data law took it; nothing is done with it any more
└── NotFoundError
    └── UnknownCustomerError no such customer, or none that the actor may see
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIELD_NAME = re.compile(r"(?!.*[0-9]{3})[A-Za-z][A-Za-z0-9_. -]{0,63}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. ``code`` is stable, ``reason`` and ``remedy`` are for people."""

    field: str
    reason: str
    remedy: str
    code: str = "invalid_value"

    @property
    def message(self) -> str:
        """Field and reason as one sentence."""
        return f"{self.field} {self.reason}."


class InvalidValueError(RefusedError):
    """A field's value cannot be stored as it was typed."""

    code = "invalid_value"

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        self.problem = Problem(field, reason, remedy, self.code)
        super().__init__(self.problem.message, remedy=remedy)


class UnknownFieldError(InvalidValueError):
    """Customers have no field of this name."""

    code = "unknown_field"

    def __init__(self, field: str, closest: str | None) -> None:
        remedy = f"Did you mean {closest}?" if closest else "Look the field names up in the help."
        super().__init__(readable(field), "is not a field", remedy)


class InvalidFieldsError(RefusedError):
    """Everything that is wrong with a form or a row; nothing of it was stored."""

    code = "invalid_fields"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        message = " ".join(problem.message for problem in self.problems)
        remedies = dict.fromkeys(problem.remedy for problem in self.problems)
        super().__init__(message, remedy=" ".join(remedies))


class UnknownCustomerError(NotFoundError):
    """The same words whether the customer does not exist or may not be seen (R-26)."""

    code = "unknown_customer"

    def __init__(self, number: str | None = None) -> None:
        named = f" {number}" if number else ""
        super().__init__(f"There is no customer{named}.", remedy="Check the customer number.")


class ErasedCustomerError(RefusedError):
    """What was erased is not filled in again."""

    code = "erased_customer"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Customer {number} was erased: nothing can be done with it any more.",
            remedy="Add a new customer, with another number.",
        )


def readable(field: str) -> str:
    """Return what was typed for a field's name, if it reads as one: it may be a person's data in the wrong place."""
    return field if _FIELD_NAME.fullmatch(field) else "An unreadable name"
