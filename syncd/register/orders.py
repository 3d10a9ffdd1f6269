"""Orders, error reports and quotations of a customer: what they hold, what makes one (R-12, R-13, R-19, R-23)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from syncd.errors import NotFoundError, RefusedError
from syncd.register.clean import clean_all
from syncd.register.fields import Field
from syncd.register.items import ItemKind
from syncd.register.problems import InvalidFieldsError, Problem
from syncd.register.vocabulary import COST_CENTER, ORDER_NUMBER, refuse_switched_off, switched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from syncd.register.fields import Value
    from syncd.register.items import ArticleLine
    from syncd.register.settings import GroupSettings


class OrderKind(StrEnum):
    """What is added to a customer."""

    ORDER = "order"
    ERROR_REPORT = "error_report"
    QUOTATION = "quotation"


class OrderType(StrEnum):
    """What an order is about; it decides which of the customer's articles it begins with."""

    WORK = "work"
    SERVICE = "service"
    SALES = "sales"


class OrderStatus(StrEnum):
    """How far it has come."""

    NEW = "new"
    ONGOING = "ongoing"
    DONE = "done"
    CANCELLED = "cancelled"


ORDER_COLUMNS: dict[str, Field] = {
    column.name: column
    for column in (
        Field("title", required=True),
        Field("type", "choice", choices=tuple(OrderType), required=True),
        Field("status", "choice", choices=tuple(OrderStatus), required=True),
        Field("date", "date", limit=10, required=True),
        COST_CENTER,
        ORDER_NUMBER,
        Field("facility"),
        Field("description", limit=10_000, lines=True),
    )
}
"""The fields of an order that somebody types."""

_BEGINS_WITH = {OrderType.WORK: ItemKind.WORK_ORDER, OrderType.SERVICE: ItemKind.SERVICE}
_PLACED_ON_TECHNICIANS = frozenset({OrderKind.ORDER, OrderKind.ERROR_REPORT})


class DeactivatedCustomerError(RefusedError):
    """What was done for the customer stays; nothing new is added (R-13, R-15)."""

    code = "deactivated_customer"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Customer {number} is deactivated, so nothing new can be added to it.",
            remedy=f"Reactivate it first: syncd customer reactivate {number}",
        )


class HasOrdersError(RefusedError):
    """A customer with orders is part of the books of the work done (R-16)."""

    code = "has_orders"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Customer {number} has orders, error reports or quotations and cannot be deleted.",
            remedy=f"Deactivate it instead: syncd customer deactivate {number}",
        )


class UnknownOrderError(NotFoundError):
    """The same words whether the order does not exist or may not be seen."""

    code = "unknown_order"

    def __init__(self) -> None:
        super().__init__("There is no such order.", remedy="`syncd order list` shows all of them.")


@dataclass(frozen=True, slots=True)
class OrderedFor:
    """The customer that something is added to, as far as it matters here."""

    number: str
    active: bool
    fields: Mapping[str, Value]
    facilities: Sequence[str]


def new_order(
    kind: OrderKind, typed: Mapping[str, Value], customer: OrderedFor, settings: GroupSettings, today: date
) -> dict[str, Value]:
    """Check what somebody adds to a customer; report everything wrong with it at once.

    Cost center and order number are the customer's own unless others are typed.
    """
    if not customer.active:
        raise DeactivatedCustomerError(customer.number)
    refuse_switched_off(typed, settings, ())
    defaults = {"type": OrderType.WORK, "status": OrderStatus.NEW, "date": today.isoformat(), "title": None}
    own = {name: customer.fields.get(name) for name, shown in switched(settings).items() if shown}
    given = {name: value for name, value in typed.items() if value or name not in {*defaults, *own}}
    cleaned = clean_all({**_plain(defaults), **own, **given}, known=ORDER_COLUMNS)
    if kind is not OrderKind.ORDER:
        cleaned["type"] = None
    problems = [*_wrong_type(kind, given), *_wrong_number(kind, cleaned, settings), *_wrong_facility(cleaned, customer)]
    if problems:
        raise InvalidFieldsError(problems)
    return cleaned


def changed_order(
    kind: OrderKind, typed: Mapping[str, Value], customer: OrderedFor, settings: GroupSettings
) -> dict[str, Value]:
    """Check what somebody changes of an order; what it copied when it was made stays."""
    refuse_switched_off(typed, settings, ())
    cleaned = clean_all(typed, known=ORDER_COLUMNS)
    problems = [*_wrong_type(kind, typed), *_wrong_facility(cleaned, customer)]
    if ORDER_NUMBER.name in cleaned:
        problems += _wrong_number(kind, cleaned, settings)
    if problems:
        raise InvalidFieldsError(problems)
    return cleaned


def begins_with(order_type: Value, lines: Iterable[ArticleLine]) -> list[ArticleLine]:
    """Return the customer's articles that a new order copies (R-09); what has no type is no order and copies none."""
    if order_type is None:
        return []
    wanted = _BEGINS_WITH.get(OrderType(str(order_type)))
    return [line for line in lines if line.kind == wanted]


def is_placed_on_technicians(kind: OrderKind) -> bool:
    """Whether what is added goes to the customer's technicians by itself (R-19)."""
    return kind in _PLACED_ON_TECHNICIANS


def _plain(defaults: Mapping[str, str | None]) -> dict[str, Value]:
    return {name: None if value is None else str(value) for name, value in defaults.items()}


def _wrong_type(kind: OrderKind, typed: Mapping[str, Value]) -> list[Problem]:
    if kind is OrderKind.ORDER or not typed.get("type"):
        return []
    return [Problem("type", "belongs to orders alone", "Leave it out.")]


def _wrong_number(kind: OrderKind, cleaned: Mapping[str, Value], settings: GroupSettings) -> list[Problem]:
    if kind is not OrderKind.ORDER or not settings.require_order_number or cleaned.get(ORDER_NUMBER.name):
        return []
    return [Problem(ORDER_NUMBER.name, "is required on orders", "Ask the customer for its order number.")]


def _wrong_facility(cleaned: Mapping[str, Value], customer: OrderedFor) -> list[Problem]:
    name = cleaned.get("facility")
    if not name or name in customer.facilities:
        return []
    known = ", ".join(customer.facilities)
    remedy = f"One of: {known}." if known else "Add it to the customer first: syncd facility add"
    return [Problem("facility", "is none of the customer's", remedy)]
