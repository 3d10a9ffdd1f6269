"""Notices in words, for mails and lists. Customers are told by number: a mail is read by more than its receiver."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.register.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.register.language import Language

MOST_NUMBERS = 1000
_WIDTH = 76

_ONE = {
    "assigned": Text("Customer {number} was assigned to you", "Kund {number} har tilldelats dig"),
    "unassigned": Text("Customer {number} is no longer assigned to you", "Kund {number} är inte längre tilldelad dig"),
    "order": Text("New order for customer {number}", "Ny order för kund {number}"),
    "error_report": Text("New error report for customer {number}", "Ny felanmälan för kund {number}"),
}
_MANY = {
    "assigned": Text("{count} customers were assigned to you", "{count} kunder har tilldelats dig"),
    "unassigned": Text(
        "{count} customers are no longer assigned to you", "{count} kunder är inte längre tilldelade dig"
    ),
    "order": Text("New orders for {count} customers", "Nya order för {count} kunder"),
    "error_report": Text("New error reports for {count} customers", "Nya felanmälningar för {count} kunder"),
}
_UNNAMED = {
    "assigned": Text("A customer was assigned to you", "En kund har tilldelats dig"),
    "unassigned": Text("A customer is no longer assigned to you", "En kund är inte längre tilldelad dig"),
    "order": Text("New order for a customer of yours", "Ny order för en av dina kunder"),
    "error_report": Text("New error report for a customer of yours", "Ny felanmälan för en av dina kunder"),
}
"""For somebody who may see no customers."""

_CUSTOMERS = Text("Customers: ", "Kunder: ")
_MORE = Text(" and {count} more", " och {count} till")
_BY = Text("Done by: {who}", "Gjort av: {who}")
_ABOUT = Text("It is about: {about}", "Det gäller: {about}")
_FOOT = Text(
    "This is a message from syncd for {group}. An administrator can switch such mails off for you.",
    "Det här är ett meddelande från syncd för {group}. En administratör kan stänga av sådana mejl för dig.",
)

KINDS = tuple(_ONE)
"""What users can be told of."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What is told: ``count`` customers, of which ``numbers`` names at most ``MOST_NUMBERS``, or none."""

    kind: str
    numbers: Sequence[str]
    count: int
    who: str = ""
    about: str | None = None


def headline(what: Happened, language: Language) -> str:
    """Say in a few words what happened: the subject of a mail, a line of a list."""
    if what.count == 1:
        texts, number = (_ONE, what.numbers[0]) if what.numbers else (_UNNAMED, "")
        return texts[what.kind].to(language).format(number=number)
    return _MANY[what.kind].to(language).format(count=what.count)


def body(what: Happened, group: str, language: Language) -> str:
    """Write the text of a mail."""
    parts = [
        f"{headline(what, language)}.",
        _list(what, language) if what.count > 1 and what.numbers else "",
        _ABOUT.to(language).format(about=what.about) if what.about else "",
        _BY.to(language).format(who=what.who),
        f"-- \n{_FOOT.to(language).format(group=group)}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _list(what: Happened, language: Language) -> str:
    left = what.count - len(what.numbers)
    more = _MORE.to(language).format(count=left) if left > 0 else ""
    return textwrap.fill(_CUSTOMERS.to(language) + ", ".join(what.numbers) + more, _WIDTH)
