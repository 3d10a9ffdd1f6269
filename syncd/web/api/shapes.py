"""The shapes of the register's JSON in both directions, for the API's document and for reading what is sent.

Answers are made by ``syncd.services``, as those of the command line are; here it is said how they look.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, create_model

from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS, Catalogue
from syncd.register.contacts import CONTACT_COLUMNS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.facilities import FACILITY_COLUMNS
from syncd.register.fields import FIELDS
from syncd.register.fields import Field as Known
from syncd.register.orders import ORDER_COLUMNS
from syncd.register.vocabulary import COST_CENTER, ORDER_NUMBER

Text = str | None


class Shape(BaseModel):
    """What an answer holds."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class OneProblem(Shape):
    """One thing to put right."""

    field: str
    code: str
    message: str
    remedy: Text


class Problem(Shape):
    """What went wrong (RFC 9457). `code` is stable; `field` is the one field concerned, `errors` names all of them."""

    title: str
    status: int
    code: str
    detail: str
    message: str
    remedy: Text
    field: Text
    errors: list[OneProblem]


class Assigned(Shape):
    """A user assigned to a customer; the first one is responsible."""

    login: str
    name: str
    responsible: bool


class Link(Shape):
    """Where a customer stands in an accounting system."""

    connection: str
    remote_id: str
    number: Text
    state: Literal["linked", "ended", "waiting"]


class Article(Shape):
    """An article placed on a customer, or copied to an order."""

    kind: str
    article: str
    text: Text
    quantity: Text
    unit: Text
    price: Text


def _held(known: Known) -> Any:  # noqa: ANN401 - a type
    """How a field's value looks in an answer."""
    kinds = {"flag": bool, "percent": float}
    kind = kinds.get(known.kind, str)
    return (kind, ...) if known.required else (kind | None, ...)


def _shape(name: str, about: str, fields: dict[str, Any], base: type[BaseModel] = Shape) -> type[BaseModel]:
    made: type[BaseModel] = create_model(name, __base__=base, __doc__=about, **fields)
    return made


Contact = _shape("Contact", "Somebody to reach at a customer.", {n: _held(f) for n, f in CONTACT_COLUMNS.items()})
Facility = _shape("Facility", "A place where work is done.", {n: _held(f) for n, f in FACILITY_COLUMNS.items()})


class _Customer(BaseModel):
    """A customer as `syncd customer show --json` prints it; the group's own fields are named `custom.KEY`."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str | bool | None]


Customer: Any = _shape(
    "Customer",
    str(_Customer.__doc__),
    {
        **{name: _held(known) for name, known in FIELDS.items()},
        COST_CENTER.name: (Text, None),
        ORDER_NUMBER.name: (Text, None),
        "display_name": (str, ...),
        "discount_letters": (list[str], ...),
        "contacts": (list[Contact], ...),  # type: ignore[valid-type]  # made above
        "facilities": (list[Facility], ...),  # type: ignore[valid-type]  # same
        "items": (list[Article], ...),
        "assigned": (list[Assigned], ...),
        "links": (list[Link], ...),
    },
    _Customer,
)


class Customers(Shape):
    """A page of customers; `next` is the cursor of the one after it."""

    customers: list[Customer]
    next: Text


class HistoryLine(Shape):
    """One thing that happened to a customer."""

    when: str
    who: str
    run: int | None
    kind: str
    field: Text
    before: Any
    after: Any


class Made(Shape):
    """What somebody is told of a customer they added and may not see."""

    number: str


class Reassigned(Shape):
    """How many customers were meant, and how many assignments came or went."""

    customers: int
    changed: int


class ListedContact(Contact):  # type: ignore[valid-type,misc]  # made above
    """A contact, with its place in the list: its address."""

    place: int


class ListedFacility(Facility):  # type: ignore[valid-type,misc]  # same
    """A facility, with its place in the list: its address."""

    place: int


class ListedItem(Article):
    """An article placed on a customer, with its place in the list: its address."""

    place: int


class File(Shape):
    """A file of a customer. It is fetched, and deleted, under its id."""

    id: int
    name: str
    media_type: str
    size: int
    added_at: str
    added_by: str


def _entry(name: str, catalogue: Catalogue) -> Any:  # noqa: ANN401 - a type
    fields = {field: _held(known) for field, known in catalogue.fields.items()}
    about = f"{catalogue.called.capitalize()}. A retired one stays where it is used and is not offered any more."
    return _shape(name, about, {**fields, "retired": (bool, ...)})


ArticleEntry = _entry("ArticleEntry", ARTICLES)
DiscountLetter = _entry("DiscountLetter", DISCOUNT_LETTERS)
CustomField = _entry("CustomField", CUSTOM_FIELDS)


class User(Shape):
    """A person of the company, or of a customer; `permissions` of an administrator say nothing more."""

    login: str
    name: str
    email: Text
    phone: Text
    employee_number: Text
    administrator: bool
    permissions: list[str]
    active: bool
    email_notices: bool
    customer: Text


class Technician(Shape):
    """A technician that an order was placed on."""

    login: str
    name: str
    responsible: bool


class Sending(Shape):
    """What was sent to a contact of the customer, when, and what became of it."""

    name: Text
    address: str
    protocol: Text
    work_order: bool
    by: str
    queued_at: str
    state: Literal["waiting", "sent", "given_up", "dropped"]
    sent_at: Text


Order: Any = _shape(
    "Order",
    "An order, error report or quotation, as `syncd order show --json` prints it.",
    {
        "number": (str, ...),
        "kind": (Literal["order", "error_report", "quotation"], ...),
        **{name: (Text, ... if name not in {COST_CENTER.name, ORDER_NUMBER.name} else None) for name in ORDER_COLUMNS},
        "customer_number": (str, ...),
        "customer_name": (str, ...),
        "display_name": (str, ...),
        "technicians": (list[Technician], ...),
        "articles": (list[Article], ...),
        "sent": (list[Sending], ...),
        "created_at": (str, ...),
        "created_by": (str, ...),
    },
)


class Orders(Shape):
    """A page of orders; `next` is the cursor of the one after it."""

    orders: list[Order]
    next: int | None


class Row(Shape):
    """A row of a service protocol: an article of its order, or a text."""

    text: str
    article: Text
    quantity: Text
    unit: Text


class Author(Shape):
    """The technician of a service protocol."""

    login: Text
    name: str


class Protocol(Shape):
    """A service protocol, as `syncd protocol show --json` prints it."""

    number: str
    order: str
    customer_number: str
    customer_name: str
    date: str
    technician: Author | None
    text: Text
    rows: list[Row]
    sent: list[Sending]
    created_at: str
    created_by: str


class Protocols(Shape):
    """A page of service protocols; `next` is the cursor of the one after it."""

    protocols: list[Protocol]
    next: int | None


class Letter(Shape):
    """What a contact would be sent; `sent_before`: the very same was."""

    name: Text
    address: str
    protocol: bool
    work_order: bool
    sent_before: bool


class Mailing(Shape):
    """Who would be sent what."""

    letters: list[Letter]
