"""Where personal data of a customer lies, and what erasing leaves there.

One list for both: what an export shows is what an erasure takes. A test holds it against all tables, so that a new
table must be named here or be known to hold nothing personal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, case, cast, false, null, or_, select

from syncd.register.history import EventKind
from syncd.store import tables
from syncd.store.customer_search import SEARCH, SearchRow
from syncd.store.sort_keys import LAST
from syncd.store.tables import protocols as sending
from syncd.store.tables import register as more

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement

    from syncd.ports.personal import Subject
    from syncd.store.tables import Base

REMOVED: Mapping[str, Any] = {}
"""What is left of rows that go as a whole."""

NOTHING = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Rows about a customer. ``blanks``: what replaces their values; ``REMOVED``, or None: they hold nothing personal.

    ``derived`` columns are made from others, and a place that is not ``shown`` from other places.
    """

    name: str
    table: type[Base]
    about: Callable[[Subject], ColumnElement[bool]]
    blanks: Mapping[str, Any] | None
    derived: tuple[str, ...] = ()
    shown: bool = True


def _customer(column: Any) -> Callable[[Subject], ColumnElement[bool]]:
    return lambda subject: column == subject.customer_id


def _order(column: Any) -> Callable[[Subject], ColumnElement[bool]]:
    orders = more.Order
    return lambda subject: column.in_(select(orders.id).where(orders.customer_id == subject.customer_id))


def _remote(connection: Any, remote: Any) -> Callable[[Subject], ColumnElement[bool]]:
    """Whether a row is about one of the customer's records in accounting."""
    return lambda subject: or_(
        false(), *(and_(connection == one.connection_id, remote == one.remote_id) for one in subject.remotes)
    )


_conflict_remote = _remote(tables.Conflict.connection_id, tables.Conflict.remote_id)
_intent_remote = _remote(tables.Intent.connection_id, tables.Intent.remote_id)
_documents = _remote(tables.Document.connection_id, tables.Document.remote_customer_id)


def _asked(subject: Subject) -> ColumnElement[bool]:
    return or_(tables.Conflict.customer_id == subject.customer_id, _conflict_remote(subject))


def _reported(subject: Subject) -> ColumnElement[bool]:
    """Report lines name the customer, or its record before the two were linked."""
    lines, runs = tables.RunLine, tables.Run
    remotes = (
        and_(
            lines.subject == f"remote:{one.remote_id}",
            lines.run_id.in_(select(runs.id).where(runs.connection_id == one.connection_id)),
        )
        for one in subject.remotes
    )
    return or_(lines.subject == f"customer:{subject.customer_id}", *remotes)


def intended(subject: Subject) -> ColumnElement[bool]:
    """Writes to the customer's record, and of references to its documents."""
    intents, documents = tables.Intent, tables.Document
    references = and_(
        intents.kind == "reference",
        intents.remote_id.in_(select(documents.remote_id).where(_documents(subject))),
    )
    return or_(intents.customer_id == subject.customer_id, _intent_remote(subject), references)


def _mailed(subject: Subject) -> ColumnElement[bool]:
    """Mails to the customer's contacts. Those to users tell of customers by number."""
    sent = sending.SentDocument
    return tables.Outbox.key.in_(select(sent.key).where(_order(sent.order_id)(subject)))


def _happened(subject: Subject) -> ColumnElement[bool]:
    return and_(tables.History.group_id == subject.group_id, tables.History.customer_id == subject.customer_id)


def _notified(subject: Subject) -> ColumnElement[bool]:
    told = cast(tables.Notification.data, Text)
    return and_(tables.Notification.group_id == subject.group_id, told.contains(f'{{"id": {subject.customer_id}, '))


_TELLS = {
    EventKind.CHANGED,
    EventKind.FILE_ADDED,
    EventKind.FILE_DELETED,
    EventKind.SENT,
    EventKind.USER_ADDED,
    EventKind.USER_CHANGED,
    EventKind.USER_DELETED,
}
_STAYS = [str(kind) for kind in EventKind if kind not in _TELLS]
_NUMBERS = ("number", "active")


def _kept(value: Any, condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return case((condition, value), else_=null())


_EVENT = tables.History.kind.in_(_STAYS)
_LINE = tables.RunLine.field.in_(_NUMBERS)

MIRROR_BLANK: Mapping[str, Any] = {
    "fields": {},
    "unfit": {},
    "raw": NOTHING,
    "raw_mark": NOTHING,
    "fingerprint": NOTHING,
    "organisation_key": None,
    "erased": True,
}
"""A record in accounting of which only id and number are known, and nothing is stored again."""

_SEARCHED = {"text": NOTHING, **{column.name: LAST for column in SEARCH.c if column.name.endswith("_key")}}
"""Who was erased is found by number alone, which is written anew."""

PLACES: tuple[Place, ...] = (
    Place(
        "customer", tables.Customer, _customer(tables.Customer.id),
        {"active": False, "organisation_number": None, "organisation_key": None, "values": {}, "defaulted": []},
        ("organisation_key", "number_value"),
    ),
    Place("users", tables.User, _customer(tables.User.customer_id), REMOVED, ("password_hash",)),
    Place("contacts", tables.Contact, _customer(tables.Contact.customer_id), REMOVED),
    Place("assigned", tables.Assignment, _customer(tables.Assignment.customer_id), REMOVED),
    Place("discount_letters", more.CustomerLetter, _customer(more.CustomerLetter.customer_id), REMOVED),
    Place("items", more.CustomerItem, _customer(more.CustomerItem.customer_id), REMOVED),
    Place("facilities", more.CustomerFacility, _customer(more.CustomerFacility.customer_id), REMOVED),
    Place("files", more.CustomerFile, _customer(more.CustomerFile.customer_id), REMOVED, ("folded",)),
    Place("order_technicians", more.OrderTechnician, _order(more.OrderTechnician.order_id), None),
    Place("order_articles", more.OrderArticle, _order(more.OrderArticle.order_id), {"text": NOTHING}),
    Place(
        "mails", tables.Outbox, _mailed,
        {"address": None, "subject": NOTHING, "body": NOTHING,
         "state": case((tables.Outbox.state == "waiting", "dropped"), else_=tables.Outbox.state)},
    ),
    Place("sent", sending.SentDocument, _order(sending.SentDocument.order_id), {"name": None, "address": NOTHING}),
    Place(
        "protocols", sending.ServiceProtocol, _customer(sending.ServiceProtocol.customer_id),
        {"text": None, "rows": []}, ("technician_key",),
    ),
    Place(
        "orders", more.Order, _customer(more.Order.customer_id),
        {"title": NOTHING, "title_key": NOTHING, "customer_order_number": None, "facility": None, "description": None},
        ("title_key", "technician_key"),
    ),
    Place(
        "history", tables.History, _happened,
        {"before": _kept(tables.History.before, _EVENT), "after": _kept(tables.History.after, _EVENT)},
    ),
    Place("intents", tables.Intent, intended, {"sent": {}}),
    Place("documents", tables.Document, _documents, REMOVED),
    Place("links", tables.Link, _customer(tables.Link.customer_id), {"base": {}, "undone": {}, "fingerprint": NOTHING}),
    Place(
        "mirror", tables.Mirror, _remote(tables.Mirror.connection_id, tables.Mirror.remote_id),
        MIRROR_BLANK,
        ("raw_mark", "fingerprint", "organisation_key"),
    ),
    Place(
        "conflicts", tables.Conflict, _asked,
        {"customer_name": None, "base": null(), "register": null(), "accounting": null(), "resolution": null(),
         "message": NOTHING, "digest": None, "choices": [], "pending": False,
         "status": case((tables.Conflict.status == "open", "closed"), else_=tables.Conflict.status)},
        ("digest",),
    ),
    Place(
        "run_lines", tables.RunLine, _reported,
        {"before": _kept(tables.RunLine.before, _LINE), "after": _kept(tables.RunLine.after, _LINE), "message": None,
         "trace": {"erased": True}},
    ),
    Place("notifications", tables.Notification, _notified, None),
    Place("search", SearchRow, _customer(SearchRow.customer_id), _SEARCHED, shown=False),
)  # fmt: skip
"""In the order in which they are erased: each is found by what the later ones still hold."""

WITHOUT: frozenset[str] = frozenset(
    {
        "groups", "teams", "team_members", "api_tokens", "attempts", "sessions", "wishes",  # people, who are users
        "catalogue_entries",  # what the company sells
        "connections", "tokens", "runs", "queue", "touched", "told",  # numbers, counts and times
        "uploads", "staged_rows",  # on their way into the register: nothing is erased while there are any
        "discarded_contents",  # digests of what is no more
    }
)  # fmt: skip
"""Tables that hold nothing personal of a customer."""
