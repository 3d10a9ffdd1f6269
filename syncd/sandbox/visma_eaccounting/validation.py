"""Is the body acceptable, and what will be stored? The same rules for every resource.

PUT replaces (facts §5.3, measured): an omitted property becomes null, false, zero or an
empty list; only those that say so keep their stored value; read-only ones are ignored.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from syncd.sandbox.visma_eaccounting.dates import is_date
from syncd.sandbox.visma_eaccounting.errors import InvalidError, field_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from syncd.sandbox.visma_eaccounting.fields import Fields, Property
    from syncd.sandbox.visma_eaccounting.switches import Switches

DECIMALS = 4  # of a share
INT32 = 2**31 - 1
DAY = len("YYYY-MM-DD")
VALUE_TYPES = ("bool", "int", "number", "share", "uuid", "date")  # null is no value of theirs
NAMES = {
    "bool": "System.Boolean",
    "int": "System.Int32",
    "uuid": "System.Guid",
    "number": "System.Double",
    "share": "System.Double",
    "date": "System.DateTime",
    "text": "System.String",
    "list": "System.Collections.Generic.List",
    "uuids": "System.Collections.Generic.List",
    "object": "System.Object",
}


def is_uuid(value: object) -> bool:
    """Whether the value is a GUID as text."""
    try:
        UUID(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= INT32


TYPES: dict[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": _is_int,
    "number": _is_number,
    "share": _is_number,
    "uuid": is_uuid,
    "date": lambda value: isinstance(value, str) and is_date(value),
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
    "uuids": lambda value: isinstance(value, list),
}


def _limits(prop: Property, value: Any) -> Iterator[str]:  # noqa: ANN401  a JSON value
    if prop.type == "text" and prop.length and len(value) > prop.length:
        yield (f"The field {prop.name} must be a string with a maximum length of {prop.length}.")
    if prop.low is not None and prop.high is not None and not prop.low <= value <= prop.high:
        yield f"The field {prop.name} must be between {prop.low} and {prop.high}."
    if prop.type == "share":
        if not 0 <= value <= 1:
            yield f"The field {prop.name} must be between 0 and 1."
        elif isinstance(value, Decimal) and -int(value.normalize().as_tuple().exponent) > DECIMALS:
            yield f"The field {prop.name} can have {DECIMALS} decimals."


def _is_missing(prop: Property, value: object, switches: Switches) -> bool:
    if prop.type in ("bool", "int") and not prop.low:
        return value is None and switches.missing_bool == "reject"
    if isinstance(value, str) and not switches.required_accepts_empty:
        return not value.strip()
    return value is None


def _problems(prop: Property, body: Fields, switches: Switches) -> Iterator[str]:
    value = body.get(prop.name)
    if prop.required and _is_missing(prop, value, switches):
        yield f"The {prop.name} field is required."
    elif value is not None and not TYPES[prop.type](value):
        yield (f"The JSON value could not be converted to {NAMES[prop.type]}. Path: $.{prop.name}")
    elif value is None and prop.name in body and prop.type in VALUE_TYPES and not prop.nullable:
        yield f"The JSON value null could not be converted to {NAMES[prop.type]}."
    elif value is not None:
        yield from _limits(prop, value)


def check(table: tuple[Property, ...], body: object, switches: Switches, prefix: str = "") -> None:
    """Refuse the body with 400, 2000 and every field at fault."""
    if not isinstance(body, dict):
        raise InvalidError.one(prefix or "$", "A JSON object is expected.")
    found = [
        field_error(prefix + prop.name, text)
        for prop in table
        if not prop.read_only
        for text in _problems(prop, body, switches)
    ]
    if found:
        raise InvalidError(*found)


def check_unknown(table: tuple[Property, ...], body: Fields, stored: Fields, switches: Switches) -> None:
    """Refuse keys that neither the schema nor the stored record knows, if told to."""
    if switches.unknown_keys != "reject":
        return
    known = {prop.name for prop in table} | stored.keys()
    strange = [field_error(name, f"{name} is unknown.") for name in body if name not in known]
    if strange:
        raise InvalidError(*strange)


def replaced(table: tuple[Property, ...], body: Fields, stored: Fields, switches: Switches) -> Fields:
    """What is stored after a POST (nothing stored yet) or a PUT of this body."""
    after = {prop.name: _after(prop, body, stored, switches) for prop in table}
    strange = [name for name in stored if name not in after]
    if switches.unknown_keys == "keep":
        strange += [name for name in body if name not in after and name not in stored]
    return after | {name: body.get(name) for name in strange}


def _after(prop: Property, body: Fields, stored: Fields, switches: Switches) -> Any:  # noqa: ANN401
    sent = None if prop.read_only else body.get(prop.name)
    if sent is None:
        keeps = prop.read_only or prop.kept
        return stored.get(prop.name, prop.empty()) if keeps else prop.empty()
    if prop.type == "date" and len(sent) == DAY:  # a date alone is taken (facts §3.5), a time is answered
        return f"{sent}T00:00:00Z"
    return sent.strip() if switches.trim_text and isinstance(sent, str) else sent
