"""Orders, error reports and quotations as services see them. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.ports.records import Author
    from syncd.register.fields import Value
    from syncd.register.items import ArticleLine

SORTS = (
    *("number", "kind", "type", "title", "status", "date", "cost_center", "customer_order_number"),
    *("customer", "technician"),
)
"""The headings that a list of orders can be sorted by; a leading dash turns it round.

``technician`` is the responsible one that an order was placed on; who has none comes last.
"""


@dataclass(frozen=True, slots=True)
class OrderTechnician:
    """A technician as the order was placed on: later assignments do not change it (R-19)."""

    login: str
    name: str
    responsible: bool


@dataclass(frozen=True, slots=True)
class NewOrder:
    """Something to add to a customer, with what it copies from it."""

    customer_id: int
    kind: str
    fields: Mapping[str, Value]
    technicians: Sequence[OrderTechnician] = ()
    articles: Sequence[ArticleLine] = ()


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """An order, error report or quotation. ``fields`` holds what somebody typed."""

    id: int
    customer_id: int
    number: str
    kind: str
    fields: Mapping[str, Value]
    created_at: str
    created_by: str


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """What a list of orders asks for; None leaves a question open. A leading dash turns the order round.

    ``after`` is the last number of the page before, in a list that is sorted by number.
    """

    customer_id: int | None = None
    kind: str | None = None
    type: str | None = None
    status: str | None = None
    sort: str = "-number"
    limit: int | None = None
    offset: int = 0
    after: int | None = None


class OrdersPort(Protocol):
    """What was ordered, reported and offered. Every change leaves a line in the customer's history."""

    def add(self, group_id: int, order: NewOrder, by: Author) -> OrderInfo:
        """Add an order with the next number of the group."""
        ...

    def find(self, group_id: int, number: str) -> OrderInfo | None:
        """Read an order by number."""
        ...

    def by_id(self, order_ids: Iterable[int]) -> list[OrderInfo]:
        """Read orders by id."""
        ...

    def hold(self, order_id: int) -> OrderInfo:
        """Read an order and keep it from everybody else until the transaction ends."""
        ...

    def write(self, order: OrderInfo, changes: Mapping[str, Value], by: Author) -> OrderInfo:
        """Change fields of an order."""
        ...

    def page(self, group_id: int, query: OrderQuery) -> list[OrderInfo]:
        """A page of what the query finds."""
        ...

    def count(self, group_id: int, query: OrderQuery) -> int:
        """How many the query finds."""
        ...

    def any_of(self, customer_id: int) -> bool:
        """Whether anything was ever ordered, reported or offered for the customer."""
        ...

    def technicians(self, order_ids: Iterable[int]) -> dict[int, list[OrderTechnician]]:
        """Read whom orders were placed on, the responsible one first."""
        ...

    def articles(self, order_ids: Iterable[int]) -> dict[int, list[ArticleLine]]:
        """Read what orders copied from their customer."""
        ...
