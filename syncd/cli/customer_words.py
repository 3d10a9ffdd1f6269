"""A customer as people read it: the card, and a row of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.cli.output import print_pairs, print_table, shown
from syncd.register.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LISTED = ("number", "name", "type", "organisation_number", "invoice_city", "phone", "active")
_HEADER = ("number", "name", "type", "discount_letters")
_CONTACT_FLAGS = ("send_service_protocol", "send_work_orders", "accounting")


def print_customers(documents: Sequence[Mapping[str, Any]], own: Mapping[str, str], *, numbered: bool) -> None:
    """Print a list. ``own`` are the custom fields that lists show; ``numbered``: the number stands above the name."""
    names = [name for name in _LISTED if name != "number" or not numbered]
    rows = ([_cell(document, name, numbered=numbered) for name in (*names, *own)] for document in documents)
    print_table((*names, *own.values()), rows)


def print_customer(document: Mapping[str, Any]) -> None:
    """Print a customer's card: the header with letters and custom fields, everything else, and what is around it."""
    around = {"contacts": contact, "facilities": facility, "items": item, "assigned": _assigned, "links": _link}
    own = [name for name in document if name not in FIELDS and name.startswith("custom.")]
    order = dict.fromkeys((*_HEADER, *own, *document))
    told = {name: _told(document[name]) for name in order if name not in around and name != "display_name"}
    known = [(name, value) for name, value in told.items() if value is not None]
    print_pairs(known + [(name, words(one)) for name, words in around.items() for one in document[name]])


def _told(value: Any) -> Any:  # noqa: ANN401 - any JSON
    return (", ".join(value) or None) if isinstance(value, list) else value


def _cell(document: Mapping[str, Any], name: str, *, numbered: bool) -> object:
    if name != "name":
        return document[name]
    number, told = str(document["number"]), str(document["display_name"])
    return f"{number}\n{told.removeprefix(f'{number} ')}" if numbered else told


def contact(one: Mapping[str, Any]) -> str:
    """A contact in a line."""
    known = [str(one[name]) for name in ("name", "role", "phone", "mobile", "email") if one[name]]
    flags = [name.replace("_", " ") for name in _CONTACT_FLAGS if one[name]]
    return ", ".join(known) + (f" ({', '.join(flags)})" if flags else "")


def facility(one: Mapping[str, Any]) -> str:
    """A facility in a line."""
    return ", ".join(str(value) for value in one.values() if value)


def item(one: Mapping[str, Any]) -> str:
    """An item in a line."""
    amount = " ".join(shown(one[name]) for name in ("quantity", "unit") if one[name])
    price = f" at {one['price']}" if one["price"] else ""
    return f"{one['article']} {one['text']}, {amount}{price} ({one['kind'].replace('_', ' ')})"


def _assigned(one: Mapping[str, Any]) -> str:
    return f"{one['name']} ({one['login']}{', responsible' if one['responsible'] else ''})"


def _link(one: Mapping[str, Any]) -> str:
    return f"{one['connection']}: {one['number'] or 'no number'}, {one['state']} ({one['remote_id']})"
