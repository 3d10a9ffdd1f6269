"""Service protocols, and what was sent to customers, as services see them. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from syncd.ports.orders import OrderInfo
    from syncd.ports.records import Author
    from syncd.register.protocols import Row

SORTS = ("number", "order", "date", "technician")
"""The headings that a list of protocols can be sorted by; a leading dash turns it round."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a protocol says. The technician as the user was called then."""

    date: str
    login: str | None
    technician: str | None
    text: str | None
    rows: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class ProtocolInfo:
    """A service protocol as stored."""

    id: int
    customer_id: int
    order_id: int
    order_number: str
    number: str
    written: Written
    created_at: str
    created_by: str


@dataclass(frozen=True, slots=True)
class ProtocolQuery:
    """What a list of protocols asks for; None leaves a question open.

    ``after`` is the last number of the page before, in a list that is sorted by number.
    """

    customer_id: int | None = None
    order_id: int | None = None
    sort: str = "-number"
    limit: int | None = None
    offset: int = 0
    after: int | None = None


@dataclass(frozen=True, slots=True)
class NewSending:
    """Something to be sent to somebody at the customer. The same ``key`` is sent once."""

    key: str
    name: str | None
    address: str
    protocol_id: int | None
    work_order: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent to whom, when, and what became of it: ``waiting``, ``sent``, ``given_up`` or ``dropped``."""

    name: str | None
    address: str
    protocol: str | None
    work_order: bool
    by: str
    queued_at: str
    state: str
    sent_at: str | None


class ProtocolsPort(Protocol):
    """Service protocols of orders, and what was sent. Every change leaves a line in the customer's history."""

    def add(self, group_id: int, order: OrderInfo, written: Written, by: Author) -> ProtocolInfo:
        """Add a protocol to an order, with the next number of the group."""
        ...

    def find(self, group_id: int, number: str) -> ProtocolInfo | None:
        """Read a protocol by number."""
        ...

    def hold(self, group_id: int, protocol: ProtocolInfo) -> ProtocolInfo:
        """Read a protocol anew and keep it from everybody else until the transaction ends."""
        ...

    def write(self, group_id: int, protocol: ProtocolInfo, written: Written, by: Author) -> ProtocolInfo:
        """Store what it says now."""
        ...

    def page(self, group_id: int, query: ProtocolQuery) -> list[ProtocolInfo]:
        """A page of what the query finds."""
        ...

    def count(self, group_id: int, query: ProtocolQuery) -> int:
        """How many the query finds."""
        ...

    def sent(self, order_ids: Iterable[int]) -> dict[int, list[Sending]]:
        """What was sent about orders, oldest first."""
        ...

    def known(self, order_id: int, keys: Iterable[str]) -> set[str]:
        """Those of these keys that something was sent under; whoever sends the same order waits for this one."""
        ...

    def send(self, group_id: int, order: OrderInfo, sendings: Sequence[NewSending], by: Author) -> None:
        """Remember what is sent, in the transaction that queues it."""
        ...
