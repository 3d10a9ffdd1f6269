"""What the engine looks at: the two sides of a customer, what both last agreed on, and what people answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from syncd.register.fields import Value

if TYPE_CHECKING:
    from syncd.values.records import RemoteRecord

Shown = Value | Mapping[str, Value]
"""A value as a conflict shows it: one value, or a group's members by name."""


class Agreed(NamedTuple):
    """The base of one field, per side: usually one value, two where accounting altered what was sent (S-25).

    A tuple, since there are some thirty of them to a customer.
    """

    register: Value
    accounting: Value


@dataclass(frozen=True, slots=True)
class Local:
    """A customer of the register. ``fields`` holds every field; ``defaulted`` names those no person touched (S-29)."""

    id: int
    version: int
    fields: Mapping[str, Value]
    defaulted: frozenset[str] = frozenset()

    @property
    def number(self) -> str:
        """The customer number."""
        return str(self.fields["number"])

    @property
    def name(self) -> str:
        """The customer's name."""
        return str(self.fields["name"])


@dataclass(frozen=True, slots=True)
class Link:
    """A pair held by remote id, with its base by field.

    ``undone`` names units that an undo put back on one side, each with the run that was undone: no policy and no
    direction judges them until a person answers or both sides agree (S-56).
    """

    id: int
    remote_id: str
    customer_id: int
    base: Mapping[str, Agreed] = field(default_factory=dict)
    undone: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """A link that ended, with why, and the base it had (S-16)."""

    remote_id: str
    customer_id: int
    reason: str
    base: Mapping[str, Agreed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noted:
    """What syncd remembers of a document: the text it wrote there, what stood there before, how it was last judged."""

    written: str | None = None
    earlier: str | None = None
    judged: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an administrator decided on a conflict, and what he saw when he did (S-82)."""

    conflict_id: int
    kind: str
    field: str | None
    word: str
    value: Shown = None
    seen_register: Shown = None
    seen_accounting: Shown = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A write that the vendor refused, as the conflict that tells of it: its kind, its field and the vendor's words."""

    kind: str
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One customer as far as known: either side may be missing; no link means never paired.

    ``answers`` are decisions not yet carried out; ``refused`` holds the digests of writes the vendor refused, with
    its words (``rejected``): the same write is not sent again. ``known_as`` is the key and number under which a report
    tells of a customer that neither side has any more. ``sent_by`` is the run that sent the customer without an
    answer: ``remote`` may be what it made. ``copy_of`` is the customer of whom ``remote`` may be one record too many.
    """

    local: Local | None = None
    remote: RemoteRecord | None = None
    link: Link | None = None
    answers: tuple[Answer, ...] = ()
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    known_as: tuple[str, str | None] = ("none", None)
    sent_by: int | None = None
    copy_of: str | None = None

    def answer(self, kind: str, unit: str | None = None) -> Answer | None:
        """The decision on this question, if there is one."""
        return next((a for a in self.answers if a.kind == kind and a.field == unit), None)

    @property
    def number(self) -> str | None:
        """The number people know the customer by: the register's, else accounting's."""
        if self.local is not None:
            return self.local.number
        return self.remote.number if self.remote is not None else self.known_as[1]

    @property
    def name(self) -> str | None:
        """The name people know the customer by."""
        if self.local is not None:
            return self.local.name
        return str(self.remote.fields.get("name") or "") or None if self.remote is not None else None

    @property
    def key(self) -> str:
        """A stable key: by customer where there is one, else by remote customer."""
        if self.local is not None:
            return f"customer:{self.local.id}"
        if self.link is not None:
            return f"customer:{self.link.customer_id}"
        return f"remote:{self.remote.remote_id}" if self.remote is not None else self.known_as[0]
