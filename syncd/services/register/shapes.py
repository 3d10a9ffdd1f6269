"""JSON shapes of the register, as scripts rely on them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from syncd.services.register.masking import masked, masked_fields

if TYPE_CHECKING:
    from syncd.ports.api_tokens import ApiToken
    from syncd.ports.customers import HistoryEntry
    from syncd.ports.people import UserInfo
    from syncd.ports.protocols import Sending
    from syncd.register.catalogues import Catalogue, Entry
    from syncd.register.contacts import Contact
    from syncd.register.fields import Value
    from syncd.register.items import ArticleLine
    from syncd.services.register.orders import OrderView
    from syncd.services.register.protocols import ProtocolView
    from syncd.services.register.reading import CustomerView


def customer(view: CustomerView, *, personal: bool = False) -> dict[str, Any]:
    """Return a customer; personal identity numbers are masked unless ``personal``."""
    fields = view.fields if personal else masked_fields(view.fields)
    around = {
        "contacts": [contact(one) for one in view.contacts],
        "facilities": [asdict(one) for one in view.facilities],
        "items": [item(one) for one in view.items],
    }
    return {
        **{name: _json(name, value) for name, value in fields.items()},
        "display_name": view.display_name if personal else masked("name", view.display_name),
        "discount_letters": list(view.letters),
        **(around if personal else masked(None, around)),
        "assigned": [{"login": a.login, "name": a.name, "responsible": a.responsible} for a in view.assigned],
        "links": [
            {"connection": link.connection, "remote_id": link.remote_id, "number": link.number, "state": link.state}
            for link in view.links
        ],
    }


def contact(one: Contact) -> dict[str, Any]:
    """Return a contact."""
    return asdict(one)


def item(line: ArticleLine) -> dict[str, Any]:
    """Return an article placed on a customer, or copied to an order."""
    return asdict(line)


def order(view: OrderView) -> dict[str, Any]:
    """Return an order, error report or quotation."""
    return {
        "number": view.order.number,
        "kind": view.order.kind,
        **masked_fields(view.fields),
        "customer_number": view.customer.number,
        "customer_name": masked("name", view.customer.name),
        "display_name": masked("name", view.display_name),
        "technicians": [asdict(one) for one in view.technicians],
        "articles": [asdict(one) for one in view.articles],
        "sent": [sending(one) for one in view.sent],
        "created_at": view.order.created_at,
        "created_by": view.order.created_by,
    }


def sending(one: Sending) -> dict[str, Any]:
    """Return what was sent to a contact. ``protocol`` is None where it was the work order alone."""
    return {**asdict(one), "name": masked("name", one.name)}


def protocol(view: ProtocolView) -> dict[str, Any]:
    """Return a service protocol."""
    written = view.protocol.written
    return {
        "number": view.protocol.number,
        "order": view.protocol.order_number,
        "customer_number": view.order.customer.number,
        "customer_name": masked("name", view.order.customer.name),
        "date": written.date,
        "technician": {"login": written.login, "name": written.technician} if written.technician else None,
        "text": masked("text", written.text),
        "rows": [{**asdict(row), "text": masked("text", row.text)} for row in written.rows],
        "sent": [sending(one) for one in view.sent],
        "created_at": view.protocol.created_at,
        "created_by": view.protocol.created_by,
    }


def catalogue_entry(catalogue: Catalogue, entry: Entry) -> dict[str, Any]:
    """Return an entry of a catalogue."""
    values = {name: _json(name, entry.values.get(name)) for name in catalogue.fields if name != catalogue.key}
    return {catalogue.key: entry.key, **values, "retired": entry.retired}


def entry(line: HistoryEntry, *, personal: bool = False) -> dict[str, Any]:
    """Return a line of a customer's history."""
    values = {name: _json(line.field or "", getattr(line, name)) for name in ("before", "after")}
    if not personal:
        values = {name: masked(line.field, value) for name, value in values.items()}
    return {"when": line.at, "who": line.who, "run": line.run_id, "kind": line.kind, "field": line.field, **values}


def user(person: UserInfo) -> dict[str, Any]:
    """Return a user."""
    return {
        "login": person.login,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "employee_number": person.employee_number,
        "administrator": person.administrator,
        "permissions": sorted(person.permissions),
        "active": person.active,
        "email_notices": person.email_notices,
        "customer": person.customer_number,
    }


def api_token(token: ApiToken) -> dict[str, Any]:
    """Return an API token: everything but the token itself."""
    return {
        "name": token.name,
        "user": token.login,
        "begins_with": f"syncd_{token.handle}",
        "scope": None if token.scope is None else list(token.scope),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }


def _json(name: str, value: Value | Any) -> Any:
    """A percentage is a number in JSON; everything else is as stored."""
    if name in {"discount_percentage", "percentage"} and isinstance(value, str):
        number = float(value)
        return int(number) if number.is_integer() else number
    return value
