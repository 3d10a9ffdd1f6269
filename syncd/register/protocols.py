"""Service protocols: what was done on a service order, and who is sent it (R-06, R-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.errors import NotFoundError, RefusedError
from syncd.register.clean import clean_all
from syncd.register.fields import Field
from syncd.register.orders import OrderType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from syncd.register.contacts import Contact
    from syncd.register.fields import Value
    from syncd.register.items import ArticleLine

PROTOCOL_COLUMNS: dict[str, Field] = {
    column.name: column
    for column in (
        Field("date", "date", limit=10, required=True),
        Field("technician", "key", limit=64),
        Field("text", limit=10_000, lines=True),
    )
}
"""The fields of a protocol that somebody types. The technician is a user, by login."""

_ROW = {"row": Field("row", limit=500, required=True)}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a protocol: an article of its order, or a text."""

    text: str
    article: str | None = None
    quantity: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody at the customer who is mailed: the protocol, the work order, or both."""

    address: str
    name: str | None
    protocol: bool
    work_order: bool


class NoServiceOrderError(RefusedError):
    """What is protocolled is a service."""

    code = "no_service_order"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number} is no service order, so it has no protocols.",
            remedy="Add a service order: syncd order add CUSTOMER --kind order TITLE type=service",
        )


class UnknownProtocolError(NotFoundError):
    """The same words whether the protocol does not exist or may not be seen."""

    code = "unknown_protocol"

    def __init__(self) -> None:
        super().__init__("There is no such service protocol.", remedy="`syncd protocol list` shows all of them.")


class NobodyToSendError(RefusedError):
    """No contact of the customer asked for what there is to send."""

    code = "nobody_to_send"

    def __init__(self, customer: str, order: str, *, waits_for_protocol: bool) -> None:
        remedy = f"Mark one: syncd contact set {customer} NAME send_service_protocol=yes"
        message = f"No contact of customer {customer} is to be sent this."
        if waits_for_protocol:
            message = f"Order {order} has no service protocol, and nobody is to be sent the work order."
            remedy = f"Write one: syncd protocol add {order} text=..."
        super().__init__(message, remedy=remedy)


def new_protocol(typed: Mapping[str, Value], today: date) -> dict[str, Value]:
    """Check what somebody writes; without a date it is today's."""
    given = {name: value for name, value in typed.items() if value or name != "date"}
    return clean_all({"date": today.isoformat(), "technician": None, "text": None, **given}, known=PROTOCOL_COLUMNS)


def changed_protocol(typed: Mapping[str, Value]) -> dict[str, Value]:
    """Check what somebody changes."""
    return clean_all(typed, known=PROTOCOL_COLUMNS)


def rows(articles: Iterable[ArticleLine], texts: Iterable[str]) -> tuple[Row, ...]:
    """Return a protocol's rows: what its order holds, then what was typed."""
    copied = [Row(line.text, line.article, line.quantity, line.unit) for line in articles]
    return (*copied, *(Row(str(clean_all({"row": text}, known=_ROW)["row"])) for text in texts))


def is_service(fields: Mapping[str, Value]) -> bool:
    """Whether an order has protocols."""
    return fields.get("type") == OrderType.SERVICE


def receivers(contacts: Iterable[Contact], *, has_protocol: bool) -> tuple[Receiver, ...]:
    """Return who is mailed what: contacts with the flag for it, each address once. Nobody else, ever."""
    found: dict[str, Receiver] = {}
    for one in contacts:
        protocol = one.send_service_protocol and has_protocol
        if one.email is None or not (protocol or one.send_work_orders):
            continue
        known = found.get(one.email.casefold(), Receiver(one.email, one.name, protocol=False, work_order=False))
        found[one.email.casefold()] = Receiver(
            known.address,
            known.name,
            protocol=known.protocol or protocol,
            work_order=known.work_order or one.send_work_orders,
        )
    return tuple(found.values())
