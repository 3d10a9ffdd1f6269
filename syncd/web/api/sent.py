"""What requests hold, read once. Nothing is guessed: a text is a text, and a name that is not known is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, create_model, model_validator

from syncd.engine.questions import CHOICES
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.contacts import CONTACT_COLUMNS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.facilities import FACILITY_COLUMNS
from syncd.register.fields import FIELDS
from syncd.register.items import ITEM_COLUMNS
from syncd.register.orders import ORDER_COLUMNS
from syncd.register.protocols import PROTOCOL_COLUMNS
from syncd.register.vocabulary import COST_CENTER, LETTERS, ORDER_NUMBER
from syncd.services.conflicts import WITH_VALUE, Reply
from syncd.services.register.users import USER_FIELDS
from syncd.values.units import UNITS

if TYPE_CHECKING:
    from syncd.register.catalogues import Catalogue
    from syncd.register.fields import Field as Known
    from syncd.register.fields import Value

_LONGEST = 20_000
"""Texts are judged by the register, which says it better; this keeps what is hopeless from getting there."""

_MOST = 1000

Text = Annotated[str, Field(max_length=_LONGEST)]
Word = Annotated[str, Field(max_length=200)]
Words = Annotated[list[Word], Field(max_length=_MOST)]
Numeral = int | float | Text


ANSWERS = sorted({answer for answers in CHOICES.values() for answer in answers})
"""Every answer to any conflict."""

PLAIN = [answer for answer in ANSWERS if answer not in WITH_VALUE]
"""Those that take no value."""


def one_of(words: Collection[str]) -> Callable[[str], str]:
    """Return what refuses every other word, without saying it."""

    def check(word: str) -> str:
        if word not in words:
            raise ValueError(f"should be one of {', '.join(words)}")
        return word

    return check


_KINDS_OF_CONFLICTS, _UNITS = list(CHOICES), list(UNITS)
ConflictKind = Annotated[
    str, AfterValidator(one_of(_KINDS_OF_CONFLICTS)), WithJsonSchema({"type": "string", "enum": _KINDS_OF_CONFLICTS})
]
UnitName = Annotated[str, AfterValidator(one_of(_UNITS)), WithJsonSchema({"type": "string", "enum": _UNITS})]


class Body(BaseModel):
    """A request of a known shape."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, allow_inf_nan=False)


class Fields(BaseModel):
    """Fields by name. Those that are left out stay as they are; null and empty text empty a field."""

    model_config = ConfigDict(extra="allow", strict=True, hide_input_in_errors=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, Numeral | bool | None]

    def typed(self) -> dict[str, Value]:
        """Return what was sent as the register takes it: as if a person had typed it."""
        return {name: _typed(value) for name, value in self.model_dump(exclude_unset=True).items()}


def _typed(value: Any) -> Value:  # noqa: ANN401 - whatever the shape lets through
    match value:
        case bool() | str() | None:
            return value
        case list():
            return ",".join(value)
        case _:
            return format(Decimal(repr(value)), "f")


_KINDS: Mapping[str, Any] = {"flag": bool, "percent": Numeral, "decimal": Numeral}


def _shape(name: str, about: str, known: Mapping[str, Known], required: tuple[str, ...] = (), **more: Any) -> Any:  # noqa: ANN401 - a type
    """Make the shape of a request out of the register's vocabulary."""
    kinds = {field.name: _KINDS.get(field.kind, Text) for field in known.values()}
    fields = {field: (kind, ...) if field in required else (kind | None, None) for field, kind in kinds.items()}
    definitions: dict[str, Any] = {**fields, **more}
    return create_model(name, __base__=Fields, __doc__=about, **definitions)


_CUSTOMER = {**FIELDS, COST_CENTER.name: COST_CENTER, ORDER_NUMBER.name: ORDER_NUMBER}
_CHOSEN: dict[str, Any] = {LETTERS: (Words | None, None)}
_OWN = "The group's own fields are named `custom.KEY`."

NewCustomer = _shape(
    "NewCustomer",
    f"A customer to add. Without a number it gets the next one, where the group gives numbers. {_OWN}",
    _CUSTOMER,
    ("name",),
    **_CHOSEN,
)
CustomerChanges = _shape("CustomerChanges", f"Fields of a customer to change. {_OWN}", _CUSTOMER, **_CHOSEN)
ContactFields = _shape("ContactFields", "Fields of a contact.", CONTACT_COLUMNS)
FacilityFields = _shape("FacilityFields", "Fields of a facility.", FACILITY_COLUMNS)


NewOrder = _shape(
    "NewOrder",
    "An order, error report or quotation to add to a customer.",
    ORDER_COLUMNS,
    ("title",),
    kind=(Literal["order", "error_report", "quotation"], ...),
)


OrderChanges = _shape("OrderChanges", "Fields of an order, error report or quotation to change.", ORDER_COLUMNS)
ItemFields = _shape("ItemFields", "An article placed on a customer.", ITEM_COLUMNS)
NewProtocol = _shape(
    "NewProtocol",
    "A service protocol to write on an order; `rows` follow the articles of the order.",
    PROTOCOL_COLUMNS,
    rows=(Annotated[list[Text], Field(max_length=_MOST)] | None, None),
)
ProtocolChanges = _shape("ProtocolChanges", "Fields of a service protocol to change.", PROTOCOL_COLUMNS)


def _new(name: str, catalogue: Catalogue) -> Any:  # noqa: ANN401 - a type
    required = tuple(one.name for one in catalogue.fields.values() if one.required)
    return _shape(name, f"{catalogue.called.capitalize()} to add.", catalogue.fields, required)


def _changed(name: str, catalogue: Catalogue) -> Any:  # noqa: ANN401 - a type
    known = {name: one for name, one in catalogue.fields.items() if name not in catalogue.fixed}
    return _shape(name, f"Fields of {catalogue.called} to change.", known)


NewArticle, ArticleChanges = _new("NewArticle", ARTICLES), _changed("ArticleChanges", ARTICLES)
NewLetter, LetterChanges = _new("NewLetter", DISCOUNT_LETTERS), _changed("LetterChanges", DISCOUNT_LETTERS)
NewCustomField = _new("NewCustomField", CUSTOM_FIELDS)
CustomFieldChanges = _changed("CustomFieldChanges", CUSTOM_FIELDS)

UserChanges = _shape("UserChanges", "Fields of a user to change.", USER_FIELDS)


class NewUser(Body):
    """Somebody to add: of the company, or of a customer. They cannot log in before they are given a password."""

    login: Word
    name: Word
    email: Word | None = None
    phone: Word | None = None
    employee_number: Word | None = None
    customer: Word | None = Field(None, description="A customer number: a customer user of that customer.")


class Permissions(Body):
    """Rights by name."""

    permissions: Words


class Renumbering(Body):
    """The number that a customer is to have."""

    number: Word


class People(Body):
    """Users by login, and everybody of teams."""

    logins: Words = []
    teams: Words = []


class Reassignment(People):
    """The same for many customers: those named, or all that the filters of the address find."""

    customers: Words = []
    all: bool = Field(default=False, description="Every customer that the filters find; without filters, every one.")


class Answer(Body):
    """An answer to a conflict: one of its choices; `value` where the answer takes one, an object for a group."""

    answer: Annotated[str, AfterValidator(one_of(ANSWERS)), WithJsonSchema({"type": "string", "enum": ANSWERS})]
    value: Text | dict[Word, Text | None] | None = None

    def reply(self) -> Reply:
        """Return it as a service takes it."""
        text = json.dumps(self.value) if isinstance(self.value, dict) else self.value
        return Reply(self.answer, text)


class Answers(Body):
    """One answer to every open conflict that the filters find; only answers without a value."""

    answer: Annotated[str, AfterValidator(one_of(PLAIN)), WithJsonSchema({"type": "string", "enum": PLAIN})]
    connection: Word | None = None
    kind: ConflictKind | None = None
    customer: Word | None = Field(None, description="A customer number.")
    field: UnitName | None = None


class Undoing(Body):
    """What to take back: everything that a run wrote, or what it wrote of one customer."""

    customer: Word | None = None
    dry_run: bool = Field(default=False, description="Show what would be taken back, write nothing.")


class Sending(Body):
    """Which protocol to send, and whether what was sent before is sent again."""

    protocol: Word | None = None
    again: bool = False


class Trigger(Body):
    """What to run: what changed, everything (`full`), or one customer."""

    full: bool = False
    customer: Word | None = None
    dry_run: bool = Field(default=False, description="Show the plan, write nothing.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.full and self.customer is not None:
            raise ValueError("full and customer exclude each other")
        return self
