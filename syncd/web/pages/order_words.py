"""Orders, error reports and quotations as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.register.orders import OrderKind, OrderStatus, OrderType
from syncd.services.register import shapes
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from syncd.services.register.orders import OrderView
    from syncd.web.pages.words import Words

KINDS: dict[str, tuple[str, str, str]] = {
    OrderKind.ORDER: (_("Order"), _("Orders"), _("Add an order")),
    OrderKind.ERROR_REPORT: (_("Error report"), _("Error reports"), _("Add an error report")),
    OrderKind.QUOTATION: (_("Quotation"), _("Quotations"), _("Add a quotation")),
}
"""One, several, and adding one."""

TYPES: dict[str, str] = {
    OrderType.WORK: _("Work order"),
    OrderType.SERVICE: _("Service order"),
    OrderType.SALES: _("Sales order"),
}
STATUSES: dict[str, str] = {
    OrderStatus.NEW: _("New"),
    OrderStatus.ONGOING: _("Ongoing"),
    OrderStatus.DONE: _("Done"),
    OrderStatus.CANCELLED: _("Cancelled"),
}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One of a list."""

    number: str
    kind: str
    type: str
    title: str
    status: str
    date: str
    cost_center: str
    customer_order_number: str
    technicians: str
    customer: str


def order_row(view: OrderView, words: Words) -> OrderRow:
    """One as a row; personal identity numbers are masked."""
    one = shapes.order(view)
    return OrderRow(
        number=one["number"],
        kind=words.say(KINDS[one["kind"]][0]),
        type=words.say(TYPES[one["type"]]) if one.get("type") in TYPES else "",
        title=one.get("title") or "",
        status=words.say(STATUSES[one["status"]]) if one.get("status") in STATUSES else "",
        date=words.day(one.get("date") or ""),
        cost_center=one.get("cost_center") or "",
        customer_order_number=one.get("customer_order_number") or "",
        technicians=words.list(person["name"] for person in one["technicians"]),
        customer=one["display_name"],
    )
