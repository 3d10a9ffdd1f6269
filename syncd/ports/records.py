"""Plain records that cross the wall between the database and the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from syncd.engine.state import Noted
    from syncd.values.records import RemoteDocument


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: a person's login, or a sync run with its connection (whose own work list it does not touch)."""

    who: str
    run_id: int | None = None
    connection_id: int | None = None


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """A connection as stored. ``state`` is ``needs_consent``, ``ready`` or ``needs_attention``.

    ``cursors`` holds the vendor's stamp per feed; ``progress`` what runs leave for the next (totals of the last
    complete read, approvals, the mapping as last run).
    """

    id: int
    group_id: int
    name: str
    system: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    company: Mapping[str, Any] = field(default_factory=dict)
    state: str = "needs_consent"
    attention: Mapping[str, Any] = field(default_factory=dict)
    cursors: Mapping[str, str] = field(default_factory=dict)
    progress: Mapping[str, Any] = field(default_factory=dict)
    run_counter: int = 0

    @property
    def paused(self) -> bool:
        """Whether an administrator paused it (S-72)."""
        return bool(self.settings.get("paused"))


@dataclass(frozen=True, slots=True)
class Touches:
    """What the work list names: customers by id, remote customers by remote id.

    ``entries`` are the entries read, oldest first: each with the customer that it names, if it names one.
    """

    customers: frozenset[int] = frozenset()
    remotes: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    entries: tuple[tuple[int, int | None], ...] = ()

    def but(self, customers: Container[int]) -> tuple[int, ...]:
        """The entries read, without those of these customers."""
        return tuple(entry for entry, customer in self.entries if customer not in customers)


@dataclass(frozen=True, slots=True)
class Half:
    """One unlinked record, as far as matching needs it."""

    id: int | str
    number: str | None
    organisation_key: str | None


CONFLICT_SORTS = ("seen", "number", "name", "kind", "field")
"""The headings that a list of conflicts can be sorted by; a leading dash turns it round."""


@dataclass(frozen=True, slots=True)
class ConflictInfo:
    """A conflict as stored (cli.md, JSON shapes)."""

    id: int
    connection_id: int
    connection: str
    kind: str
    subject: str
    field: str | None
    customer_id: int | None
    remote_id: str | None
    customer_number: str | None
    customer_name: str | None
    base: Any
    register: Any
    accounting: Any
    choices: tuple[str, ...]
    message: str
    status: str
    pending: bool
    first_seen: str
    last_seen: str
    times_seen: int
    resolved_by: str | None
    resolution: Any
    digest: str | None = None
    resolved_at: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingConflict:
    """An open conflict, as far as a digest tells of it. ``answered_at``: when it was answered, if it came back."""

    id: int
    kind: str
    customer_number: str | None
    answered_at: str | None


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run as stored; its lines are read apart. ``undoes`` is what an undo takes back (a run's id, ``references``)."""

    id: int
    connection_id: int
    connection: str
    kind: str
    status: str
    who: str
    trigger: str
    started_at: str
    finished_at: str | None
    error: Mapping[str, Any] | None
    counts: Mapping[str, int]
    requests: int
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Intended:
    """A write that is about to be sent: ``sent`` holds canonical values and whatever settling it will need."""

    kind: str
    sent: Mapping[str, Any]
    customer_id: int | None = None
    remote_id: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class IntentInfo:
    """An open entry of the journal. ``sent`` holds what was sent, by field, and the report's ``lines`` about it."""

    id: int
    run_id: int
    kind: str
    customer_id: int | None
    remote_id: str | None
    number: str | None
    sent: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as last seen, with what syncd remembers of it."""

    document: RemoteDocument
    noted: Noted
