"""Conflicts as values: a question that only a person can answer, with its kinds, choices and words (S-80 to S-82)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from syncd.engine.state import Shown

Kind = Literal[
    "field",
    "identity",
    "possible_duplicate",
    "duplicate_number",
    "does_not_fit",
    "unknown_reference",
    "missing_in_accounting",
    "number_taken",
    "cannot_renumber",
    "rejected",
    "number_not_allowed",
    "no_number",
]

CHOICES: dict[str, tuple[str, ...]] = {
    "field": ("register", "accounting", "value"),
    "identity": ("same", "different"),
    "possible_duplicate": ("link", "create"),
    "duplicate_number": (),
    "does_not_fit": ("accounting_only", "accounting"),
    "unknown_reference": ("skip",),
    "missing_in_accounting": ("create_again", "deactivate", "unlink"),
    "number_taken": ("revert", "unlink"),
    "cannot_renumber": ("revert", "unlink"),
    "rejected": (),
    "number_not_allowed": (),
    "no_number": (),
}
"""What a person may answer, by kind. A kind without choices closes by itself once its cause is mended."""

EXPLAINED: dict[str, str] = {
    "register": "the register's value is written to accounting",
    "accounting": "accounting's value is written to the register",
    "value": "the value you type is written to both sides",
    "same": "they are one customer: link them and compare field by field",
    "different": "they are two customers: leave both alone from now on",
    "link": "they are one customer: link them; then one side's number is asked for",
    "create": "they are two customers: create each on the other side",
    "accounting_only": "the value you type is written to accounting; the register keeps its own",
    "skip": "write no reference for this customer",
    "create_again": "create the customer in accounting again",
    "deactivate": "deactivate the customer in the register and end the link",
    "unlink": "end the link; both sides stay as they are",
    "revert": "put the old number back",
}
"""What each choice does, in plain words."""


@dataclass(frozen=True, slots=True)
class Question:
    """One open question about one customer. ``field`` is a unit's name, None where the whole customer is meant.

    ``digest`` marks the refused write of a ``rejected`` conflict, so that the same write is not sent again.
    """

    kind: Kind
    subject: str
    number: str | None
    name: str | None
    message: str
    field: str | None = None
    base: Shown = None
    register: Shown = None
    accounting: Shown = None
    choices: tuple[str, ...] | None = None
    remote_id: str | None = None
    digest: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """One open conflict per connection, subject, kind and field (S-80)."""
        return (self.subject, self.kind, self.field or "")

    @property
    def offered(self) -> tuple[str, ...]:
        """The answers that this question takes."""
        return CHOICES[self.kind] if self.choices is None else self.choices
