"""What happened to a customer, in words (R-14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.register.history import EventKind
from syncd.services.register import shapes
from syncd.services.register.masking import UNMASKED
from syncd.web.pages.field_words import called
from syncd.web.pages.values import shown
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.ports.customers import HistoryEntry
    from syncd.register.custom_fields import CustomField
    from syncd.web.pages.words import Words

EVENTS: dict[str, str] = {
    EventKind.CREATED: _("Added"),
    EventKind.CHANGED: _("Changed"),
    EventKind.RENUMBERED: _("Renumbered"),
    EventKind.ASSIGNED: _("Assigned"),
    EventKind.UNASSIGNED: _("Unassigned"),
    EventKind.DEACTIVATED: _("Deactivated"),
    EventKind.REACTIVATED: _("Reactivated"),
    EventKind.DELETED: _("Deleted"),
    EventKind.ORDERED: _("Ordered or reported"),
    EventKind.LINKED: _("Linked to accounting"),
    EventKind.UNLINKED: _("No longer linked to accounting"),
    EventKind.USER_ADDED: _("Customer user added"),
    EventKind.USER_CHANGED: _("Customer user changed"),
    EventKind.USER_DELETED: _("Customer user deleted"),
    EventKind.SENT: _("Documents sent"),
    EventKind.FILE_ADDED: _("File attached"),
    EventKind.FILE_DELETED: _("File deleted"),
    EventKind.EXPORTED: _("Everything held was exported"),
    EventKind.ERASED: _("Personal data erased"),
    UNMASKED: _("Whole identity numbers shown"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a history. ``run`` is the sync run that did it, 0 for a person."""

    when: str
    who: str
    run: int
    what: str
    field: str
    before: str
    after: str


def told_entry(entry: HistoryEntry, words: Words, own: Mapping[str, CustomField], *, personal: bool = False) -> Line:
    """A line as it is read; ``own`` are the group's own fields by name."""
    one = shapes.entry(entry, personal=personal)
    return Line(
        when=one["when"],
        who=one["who"],
        run=one["run"] or 0,
        what=words.say(EVENTS[one["kind"]]) if one["kind"] in EVENTS else one["kind"],
        field=_field(one["field"], words, own),
        before=_value(one["field"], one["before"], words, own),
        after=_value(one["field"], one["after"], words, own),
    )


def _field(name: str | None, words: Words, own: Mapping[str, CustomField]) -> str:
    if name is None:
        return ""
    kind, dot, rest = name.partition(".")
    if dot and kind in _ORDERS and "." in rest:
        number, _dot, field = rest.partition(".")
        return f"{words.say(_ORDERS[kind])} {number}: {called(field, words)}"
    if name in own:
        return own[name].label
    return words.say(_ORDERS[name]) if name in _ORDERS else called(name, words)


_ORDERS = {"order": _("Order"), "error_report": _("Error report"), "quotation": _("Quotation")}


def _value(field: str | None, value: object, words: Words, own: Mapping[str, CustomField]) -> str:
    return "" if value is None else shown(field, value, words, kind_of(field, own))


def kind_of(field: str | None, own: Mapping[str, CustomField]) -> str:
    """The kind of a field of the group's own; empty for every other."""
    return own[field].field.kind if field is not None and field in own else ""
