"""Service protocols and work orders in words, as they are mailed to a customer's contacts (R-06)."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.register.identity import mask
from syncd.register.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syncd.ports.protocols import ProtocolInfo
    from syncd.register.language import Language
    from syncd.register.protocols import Receiver
    from syncd.services.register.orders import OrderView

_WIDTH = 76

_PROTOCOL = Text("Service protocol {number}", "Serviceprotokoll {number}")
_WORK_ORDER = Text("Work order {number}", "Arbetsorder {number}")
_AND = Text(" and ", " och ")
_CUSTOMER = Text("Customer: {number} {name}", "Kund: {number} {name}")
_FACILITY = Text("Facility: {facility}", "Anläggning: {facility}")
_OWN_NUMBER = Text("Your order number: {number}", "Ert ordernummer: {number}")
_DATE = Text("Date: {date}", "Datum: {date}")
_TECHNICIAN = Text("Technician: {name}", "Tekniker: {name}")
_STATUS = Text("Status: {status}", "Status: {status}")
_STATUSES = {
    "new": Text("new", "ny"),
    "ongoing": Text("ongoing", "pågår"),
    "done": Text("done", "utförd"),
    "cancelled": Text("cancelled", "avbruten"),
}
_FOOT = Text(
    "{group} sends you this because you are a contact for such documents.",
    "{group} skickar detta för att du är kontaktperson för sådana dokument.",
)


@dataclass(frozen=True, slots=True)
class Documents:
    """What is sent about an order."""

    order: OrderView
    protocol: ProtocolInfo | None


def subject(to: Receiver, documents: Documents, group: str, language: Language) -> str:
    """Say which documents these are, and whose."""
    return f"{group}: {_AND.to(language).join(_titles(to, documents, language))}"


def body(to: Receiver, documents: Documents, group: str, language: Language) -> str:
    """Write the documents that this contact is to be sent, one after the other."""
    parts = list(_parts(to, documents, language))
    return mask("\n\n".join([*parts, f"-- \n{_FOOT.to(language).format(group=group)}"])) + "\n"


def _titles(to: Receiver, documents: Documents, language: Language) -> Iterator[str]:
    if to.protocol and documents.protocol is not None:
        yield _PROTOCOL.to(language).format(number=documents.protocol.number)
    if to.work_order:
        yield _WORK_ORDER.to(language).format(number=documents.order.order.number)


def _parts(to: Receiver, documents: Documents, language: Language) -> Iterator[str]:
    if to.protocol and documents.protocol is not None:
        yield _protocol(documents.protocol, documents.order, language)
    if to.work_order:
        yield _work_order(documents.order, language)


def _protocol(protocol: ProtocolInfo, order: OrderView, language: Language) -> str:
    written = protocol.written
    heading = _PROTOCOL.to(language).format(number=protocol.number)
    facts = [*_whose(order, language), _DATE.to(language).format(date=written.date)]
    if written.technician:
        facts.append(_TECHNICIAN.to(language).format(name=written.technician))
    rows = [_row(row.text, row.quantity, row.unit) for row in written.rows]
    return _page(heading, facts, written.text, rows)


def _work_order(order: OrderView, language: Language) -> str:
    fields = order.fields
    heading = f"{_WORK_ORDER.to(language).format(number=order.order.number)}: {fields['title']}"
    status = _STATUSES[str(fields["status"])].to(language)
    facts = [*_whose(order, language), _DATE.to(language).format(date=fields["date"])]
    facts.append(_STATUS.to(language).format(status=status))
    facts += [_TECHNICIAN.to(language).format(name=one.name) for one in order.technicians[:1]]
    rows = [_row(line.text, line.quantity, line.unit) for line in order.articles]
    text = fields.get("description")
    return _page(heading, facts, None if text is None else str(text), rows)


def _whose(order: OrderView, language: Language) -> Iterator[str]:
    customer, fields = order.customer, order.fields
    yield _CUSTOMER.to(language).format(number=customer.number, name=customer.name)
    if fields.get("facility"):
        yield _FACILITY.to(language).format(facility=fields["facility"])
    if fields.get("customer_order_number"):
        yield _OWN_NUMBER.to(language).format(number=fields["customer_order_number"])


def _row(text: str, quantity: str | None, unit: str | None) -> str:
    amount = " ".join(part for part in (quantity, unit) if part)
    return f"- {text}, {amount}" if amount else f"- {text}"


def _page(heading: str, facts: Iterable[str], text: str | None, rows: Iterable[str]) -> str:
    parts = [f"{heading}\n{'=' * len(heading)}", "\n".join(facts), _filled(text), "\n".join(rows)]
    return "\n\n".join(part for part in parts if part)


def _filled(text: str | None) -> str:
    """Lines stay lines, long ones are wrapped."""
    lines = (text or "").splitlines()
    return "\n".join(textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False) for line in lines)
