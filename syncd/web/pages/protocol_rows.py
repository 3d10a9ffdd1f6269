"""Service protocols, and what was sent to whom, as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.services.register import shapes
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.ports.protocols import Sending
    from syncd.register.protocols import Receiver
    from syncd.services.register.protocols import ProtocolView
    from syncd.web.pages.words import Words

_STATES = {
    "waiting": _("On its way"),
    "sent": _("Sent"),
    "given_up": _("Could not be sent"),
    "dropped": _("Not sent"),
}


@dataclass(frozen=True, slots=True)
class ProtocolRow:
    """One of a list."""

    number: str
    order: str
    date: str
    technician: str
    text: str
    rows: tuple[str, ...]
    sent: int


def protocol_row(view: ProtocolView, words: Words) -> ProtocolRow:
    """One as a row; personal identity numbers are masked."""
    one = shapes.protocol(view)
    return ProtocolRow(
        number=one["number"],
        order=one["order"],
        date=words.day(one["date"]),
        technician=one["technician"]["name"] if one["technician"] else "",
        text=one["text"] or "",
        rows=tuple(_line(row, words) for row in one["rows"]),
        sent=len(one["sent"]),
    )


def _line(row: dict[str, Any], words: Words) -> str:
    amount = " ".join(part for part in (words.amount(row["quantity"] or ""), row["unit"]) if part)
    return f"{row['text']}, {amount}" if amount else str(row["text"])


@dataclass(frozen=True, slots=True)
class SentRow:
    """What somebody was sent, when, by whom, and what became of it."""

    when: str
    to: str
    what: str
    by: str
    state: str


def sent_rows(sent: Iterable[Sending], words: Words) -> list[SentRow]:
    """What was sent, newest first."""
    return [_sent_row(shapes.sending(one), words) for one in reversed(list(sent))]


def _sent_row(one: dict[str, Any], words: Words) -> SentRow:
    what = [words.say(_("Service protocol %(number)s"), number=one["protocol"])] if one["protocol"] else []
    what += [words.say(_("Work order"))] if one["work_order"] else []
    to = f"{one['name']} <{one['address']}>" if one["name"] else one["address"]
    state = words.say(_STATES[one["state"]])
    return SentRow(one["sent_at"] or one["queued_at"], to, words.list(what), one["by"], state)


def what_is_sent(to: Receiver, words: Words) -> str:
    """Which documents somebody is to be sent."""
    return words.list([words.say(_("Service protocol"))] * to.protocol + [words.say(_("Work order"))] * to.work_order)
