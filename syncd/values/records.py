"""Records as the accounting system shows them, already in our words, beside the vendor's untouched text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.register.fields import Value


@dataclass(frozen=True, slots=True)
class RemoteRecord:
    """A remote customer: canonical ``fields``, the vendor's own text ``raw`` and its change stamp ``version``.

    A field that is missing from ``fields`` was absent from the vendor's answer (unknown); one holding None is empty.
    ``unfit`` names fields whose value arrived in a form that the register cannot hold, with the reason. ``mark`` is
    the record's fingerprint where the mirror knows it already.
    """

    remote_id: str
    fields: Mapping[str, Value]
    raw: str
    version: str | None = None
    unfit: Mapping[str, str] = field(default_factory=dict)
    mark: str | None = field(default=None, compare=False)

    @property
    def number(self) -> str | None:
        """The customer number, trimmed; None where the vendor shows none."""
        value = self.fields.get("number")
        return value.strip() or None if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be read: set aside and reported, never guessed (``reasons`` name fields, not values)."""

    remote_id: str | None
    number: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer as a listing shows it, not read yet: a text that is known already tells nothing new.

    ``remote_id`` is None where it shows none that could be used; ``value`` is whatever the connector reads it by.
    """

    remote_id: str | None
    raw: str = field(repr=False)
    value: object = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a customer listing. ``server_time`` is the vendor's clock, ``total`` the count it claims.

    No customer stands on two pages of one listing.
    """

    rows: tuple[Listed, ...]
    server_time: str
    total: int


@dataclass(frozen=True, slots=True)
class RemoteDocument:
    """An order, draft or quote: only what *our reference* needs. ``is_open``: may still be written (S-31)."""

    feed: str
    remote_id: str
    customer_id: str
    reference: str | None
    is_open: bool
    raw: str
    version: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page of a document feed."""

    documents: tuple[RemoteDocument, ...]
    rejects: tuple[Reject, ...]
    server_time: str
    total: int


@dataclass(frozen=True, slots=True)
class Company:
    """The accounting company behind a token: checked at every run (S-73)."""

    identity: str
    name: str
    organisation_number: str | None
    country: str | None
    currency: str | None = None
    default_reference: str | None = None
